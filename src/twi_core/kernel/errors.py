"""Refusals: one registry of error codes, and the error that carries one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias, final

from twi_core.kernel.language import language, number, translated
from twi_core.kernel.wording import PLAIN, Wording


class Kind(StrEnum):
    """The sort of refusal; entrypoints map it to an exit code, a status or a reply."""

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
"""A fact of the case; text in it may come from a user."""


@final
@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One registered error.

    `message`, `hint`, `other_hints` and `otherwise` are templates. In them stands `{title}` for the parameter of that
    name, `{--clear_tag}` for an option as it is written, `{--field}` for the one that the parameter `field` names,
    `{links.list}` for the command of an operation, `{links.search query=title}` for one whose field `query` is the
    parameter `title`, and `{usage}` for the line of the call that was refused, with that `field` among what it is
    given.

    An error may carry one of `other_hints` in place of `hint`. `otherwise` stands in where a hint names a command that
    the entrypoint doesn't offer. For the documentation, `cause` says when it happens, and `example` holds a value for
    each parameter.
    """

    code: str
    kind: Kind
    message: str
    hint: str
    cause: str
    example: Mapping[str, Param] = field(default_factory=dict, compare=False)
    other_hints: tuple[str, ...] = ()
    otherwise: str = ""

    @property
    def operations(self) -> frozenset[str]:
        """Return the operations that its hints name."""
        found = (place for hint in (self.hint, *self.other_hints) for place in _placeholders(hint))
        return frozenset(place.partition(" ")[0] for place in found if _is_operation(place))


USAGE: Final = "usage"
FIELD: Final = "field"
"""The parameter that names a field of the command."""
OPTION: Final = "--"
NAMED: Final = "--field"
SUGGESTIONS: Final = "suggestions"
"""The parameter whose items are listed as alternatives."""
PROBLEMS: Final = "problems"
"""The parameter whose items are sentences, shown on a line each."""
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_PLACEHOLDER: Final = re.compile(r"\{((?:--)?[a-z_]+(?:\.[a-z_]+(?: [a-z_]+=[a-z_]+)*)?)\}")
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
    otherwise: str = "",
) -> ErrorCode:
    """Register a code, once, when its module is imported.

    Raises:
        ValueError: the code is spelt wrongly or registered already; `example` lacks a parameter, or has others; or a
            hint names a command, and nothing stands in where that isn't offered.
    """
    if not _CODE.fullmatch(code):
        raise ValueError(f"an error code reads context.snake_case, not {code!r}")
    if code in _registered:
        raise ValueError(f"the error code {code!r} is registered already")
    made = ErrorCode(code, kind, message, hint, cause, example or {}, other_hints, otherwise)
    templates = (message, hint, *other_hints, otherwise)
    wanted = {name for template in templates for place in _placeholders(template) for name in _params(place)}
    if wrong := wanted ^ set(made.example):
        raise ValueError(f"the example of {code} lacks, or has too many: {', '.join(sorted(wrong))}")
    named = made.operations or any(USAGE in _placeholders(template) for template in (hint, *other_hints))
    if any(map(_is_operation, _placeholders(otherwise))) or bool(named) is not bool(otherwise):
        raise ValueError(f"{code} needs `otherwise`, without a command, if and only if a hint names a command")
    _registered[code] = made
    return made


def registered_errors() -> Mapping[str, ErrorCode]:
    """Return every code that the imported contexts have registered, in the order of the alphabet."""
    return dict(sorted(_registered.items()))


@final
@dataclass(frozen=True, slots=True)
class AppError:
    """A refusal: a registered code, and the facts of the case.

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

    def message(self, wording: Wording = PLAIN) -> str:
        """Return what is wrong, in the language of the call."""
        return self._filled(self.definition.message, wording) or ""

    def hint(self, wording: Wording = PLAIN) -> str:
        """Return what to do next, as it is done at the entrypoint of the wording."""
        hint = self._filled(self.hint_template or self.definition.hint, wording)
        return self._filled(self.definition.otherwise, wording) or "" if hint is None else hint

    def _filled(self, template: str, wording: Wording) -> str | None:
        """Return a template filled in; None where it names a command that isn't offered."""
        shown: dict[str, str | None] = {}
        whole = translated(template)
        for place in _placeholders(whole):
            shown[place] = self._shown(place, wording)
        if None in shown.values():
            return None
        return _PLACEHOLDER.sub(lambda match: shown[match[1]] or "", whole)

    def _shown(self, place: str, wording: Wording) -> str | None:
        if place == USAGE:
            return wording.usage(str(self.params.get(FIELD, "")).partition(".")[0])
        if place == NAMED:
            return wording.option(str(self.params.get(FIELD, "")))
        if place.startswith(OPTION):
            return wording.option(place.removeprefix(OPTION))
        if _is_operation(place):
            operation, *given = place.split(" ")
            pairs = (each.split("=") for each in given)
            return wording.command(operation, {name: str(self.params.get(param, "")) for name, param in pairs})
        value = self.params.get(place)
        if value is None:
            return f"{{{place}}}"
        if isinstance(value, tuple) and place == PROBLEMS:
            return "\n".join(f"- {wording.escape(item)}" for item in value)
        if isinstance(value, tuple):
            quoted = [f"“{wording.escape(item)}”" for item in value]
            return language().either(quoted) if place == SUGGESTIONS else language().listed(quoted)
        return number(value) if type(value) is int else wording.escape(str(value))


def lacks_facts(shown: str) -> bool:
    """Return whether a text of a refusal still has placeholders, since not all facts of the case were there."""
    return bool(_placeholders(shown))


def _placeholders(template: str) -> list[str]:
    return _PLACEHOLDER.findall(template)


def _is_operation(place: str) -> bool:
    return "." in place


def _params(place: str) -> Iterator[str]:
    """Yield the parameters that a placeholder shows."""
    if _is_operation(place):
        yield from (each.partition("=")[2] for each in place.split(" ")[1:])
    elif place == NAMED:
        yield FIELD
    elif place != USAGE and not place.startswith(OPTION):
        yield place
