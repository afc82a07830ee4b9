"""Errors that a person is told: one registry of codes, and the error that carries one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias, final


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


Param: TypeAlias = str | int | tuple[str, ...]
"""What an error tells about its case; text in it may come from a user."""


@final
@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One registered error.

    `message`, `hint` and `other_hints` are templates: `{name}` is replaced by the parameter of that name. An error
    may carry one of `other_hints` in place of `hint`. For the documentation, `cause` says when it happens, and
    `example` holds a value for each word in braces.
    """

    code: str
    kind: Kind
    message: str
    hint: str
    cause: str
    example: Mapping[str, Param] = field(default_factory=dict, compare=False)
    other_hints: tuple[str, ...] = ()


_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_registered: Final[dict[str, ErrorCode]] = {}


def define_error(
    code: str,
    kind: Kind,
    *,
    message: str,
    hint: str,
    cause: str,
    example: Mapping[str, Param] | None = None,
    other_hints: tuple[str, ...] = (),
) -> ErrorCode:
    """Register a code, once, when its module is imported.

    Raises:
        ValueError: the code is spelt wrongly or registered already, or `example` lacks a word in braces, or has others.
    """
    if not _CODE.fullmatch(code):
        raise ValueError(f"an error code reads context.snake_case, not {code!r}")
    if code in _registered:
        raise ValueError(f"the error code {code!r} is registered already")
    wanted = {word for template in (message, hint, *other_hints) for word in _PLACEHOLDER.findall(template)}
    if wrong := wanted ^ set(example or ()):
        raise ValueError(f"the example of {code} lacks, or has too many: {', '.join(sorted(wrong))}")
    _registered[code] = ErrorCode(code, kind, message, hint, cause, example or {}, other_hints)
    return _registered[code]


def registered_errors() -> Mapping[str, ErrorCode]:
    """Return every code that the imported contexts have registered, in the order of the alphabet."""
    return dict(sorted(_registered.items()))


Escape = Callable[[str], str]
"""Make a user's text harmless where it will be shown."""


@final
@dataclass(frozen=True, slots=True)
class AppError:
    """Refuse a call, with a registered code and the facts of the case.

    `hint_template` is one of the code's `other_hints`, where the case allows a better one than the usual.

    Raises:
        ValueError: the code has no such hint.
    """

    definition: ErrorCode
    params: Mapping[str, Param] = field(default_factory=dict)
    hint_template: str | None = None

    def __post_init__(self) -> None:
        if self.hint_template is not None and self.hint_template not in self.definition.other_hints:
            raise ValueError(f"{self.definition.code} declares no such hint: {self.hint_template!r}")

    @property
    def code(self) -> str:
        """Return the registered code, such as `links.not_found`."""
        return self.definition.code

    @property
    def kind(self) -> Kind:
        """Return the sort of refusal."""
        return self.definition.kind

    def message(self, escape: Escape) -> str:
        """Return what is wrong; user text passes through `escape`."""
        return _fill(self.definition.message, self.params, escape)

    def hint(self, escape: Escape) -> str:
        """Return what to do next; user text passes through `escape`."""
        return _fill(self.hint_template or self.definition.hint, self.params, escape)


def _fill(template: str, params: Mapping[str, Param], escape: Escape) -> str:
    def shown(match: re.Match[str]) -> str:
        value = params.get(match[1])
        if isinstance(value, tuple):
            return ", ".join(f"“{escape(item)}”" for item in value)
        return match[0] if value is None else escape(str(value))

    return _PLACEHOLDER.sub(shown, template)
