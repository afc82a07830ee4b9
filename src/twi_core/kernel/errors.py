"""Errors that a person is told: one registry of codes, and the error that carries one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, final


class Kind(StrEnum):
    """Say what sort of refusal a code is; entrypoints map it to an exit code, a status or a reply."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    INTERNAL = "internal"


@final
@dataclass(frozen=True, slots=True)
class ErrorCode:
    """Describe one registered error.

    `message` and `hint` are templates: `{name}` is replaced by the parameter of that name. `cause` says for the
    documentation when it happens.
    """

    code: str
    kind: Kind
    message: str
    hint: str
    cause: str


_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_registered: Final[dict[str, ErrorCode]] = {}


def define_error(code: str, kind: Kind, *, message: str, hint: str, cause: str) -> ErrorCode:
    """Register a code, once, when its module is imported.

    Raises:
        ValueError: the code is spelt wrongly or registered already.
    """
    if not _CODE.fullmatch(code):
        raise ValueError(f"an error code reads context.snake_case, not {code!r}")
    if code in _registered:
        raise ValueError(f"the error code {code!r} is registered already")
    _registered[code] = ErrorCode(code, kind, message, hint, cause)
    return _registered[code]


def registered_errors() -> Mapping[str, ErrorCode]:
    """Give every code that the imported contexts have registered, in the order of the alphabet."""
    return dict(sorted(_registered.items()))


Param = str | int | tuple[str, ...]
"""What an error tells about its case; text in it may come from a user."""

Escape = Callable[[str], str]
"""Make a user's text harmless where it will be shown."""


@final
@dataclass(frozen=True, slots=True)
class AppError:
    """Refuse a call, with a registered code and the facts of the case.

    `hint` replaces the code's own hint where the case allows a better one.
    """

    definition: ErrorCode
    params: Mapping[str, Param] = field(default_factory=dict)
    hint_template: str | None = None

    @property
    def code(self) -> str:
        """Give the registered code, such as `links.not_found`."""
        return self.definition.code

    @property
    def kind(self) -> Kind:
        """Give the sort of refusal."""
        return self.definition.kind

    def message(self, escape: Escape) -> str:
        """Say what is wrong; user text passes through `escape`."""
        return _fill(self.definition.message, self.params, escape)

    def hint(self, escape: Escape) -> str:
        """Say what to do next; user text passes through `escape`."""
        return _fill(self.hint_template or self.definition.hint, self.params, escape)


def _fill(template: str, params: Mapping[str, Param], escape: Escape) -> str:
    def shown(match: re.Match[str]) -> str:
        value = params.get(match[1])
        if isinstance(value, tuple):
            return ", ".join(f"“{escape(item)}”" for item in value)
        return match[0] if value is None else escape(str(value))

    return _PLACEHOLDER.sub(shown, template)
