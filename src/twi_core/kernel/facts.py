"""The facts of a value: labels and typed values, described once; each entrypoint decides how to show a type.

Labels are translated where they are shown. Values in our words are in the language of the call already.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, LiteralString, TypeAlias, TypeVar, final

from twi_core.kernel.addresses import shown_url
from twi_core.kernel.durations import how_often
from twi_core.kernel.ids import UserId
from twi_core.kernel.language import text, translated
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Rate

V = TypeVar("V")

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")

NOTHING: Final = "none"
"""What stands where there is no value; `nothing` returns it in the language of the call."""


def nothing() -> str:
    """Return the word that stands where there is no value."""
    return text("none")


@final
@dataclass(frozen=True, slots=True)
class Code:
    """A name that people type or compare, such as an operation, a key or a reference."""

    text: str


@final
@dataclass(frozen=True, slots=True)
class Prose:
    """A person's text, which may have several lines."""

    text: str


@final
@dataclass(frozen=True, slots=True)
class Block:
    """A text whose lines are shown as they are, such as a trace or a document."""

    text: str


@final
@dataclass(frozen=True, slots=True)
class Address:
    """A valid web address as `shown_url` returns it; without `preview` no entrypoint shows what it leads to."""

    url: str
    preview: bool = False


@final
@dataclass(frozen=True, slots=True)
class Person:
    """A user who did something; none is the bot's operator."""

    user: UserId | None


@final
@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is shown once, to the caller alone, and never logged."""

    text: str = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class Call:
    """A call that the reader can make next: an operation, and its parameters."""

    operation: str
    given: Mapping[str, str]


@final
@dataclass(frozen=True, slots=True, init=False)
class Phrase:
    """A sentence, or a part of one: values in a row, with nothing between them. `phrase` makes one of a template."""

    parts: "tuple[FactValue, ...]"

    def __init__(self, *parts: "FactValue") -> None:
        object.__setattr__(self, "parts", parts)


@final
@dataclass(frozen=True, slots=True)
class Listed:
    """Values in one line, with commas between them; `otherwise` stands where there are none."""

    items: "tuple[FactValue, ...]"
    otherwise: str = field(default_factory=nothing)


@final
@dataclass(frozen=True, slots=True)
class Lines:
    """Values with a line for each; `otherwise` stands where there are none."""

    items: "tuple[FactValue, ...]"
    otherwise: str = field(default_factory=nothing)


FactValue: TypeAlias = (
    bool
    | int
    | str
    | datetime
    | timedelta
    | Level
    | Rate
    | Code
    | Prose
    | Block
    | Address
    | Person
    | Secret
    | Call
    | Phrase
    | Listed
    | Lines
    | None
)
"""A value of a fact.

A `str` is one line, ours or a user's: entrypoints escape all of them. Of the numbers, an id of Discord's (`UserId`,
`RoleId`, `ChannelId`, `GuildId`) is shown as what it identifies.
"""


@final
@dataclass(frozen=True, slots=True)
class Fact:
    """A value with its label; a `brief` fact is also shown where the thing is one row of many."""

    label: str
    value: FactValue
    brief: bool = True


Describe: TypeAlias = Callable[[V], Iterable[Fact]]
"""A function that describes values of a type."""


def often(rate: Rate) -> str:
    """Return a limit in words: how often, and who is counted together."""
    return text("{often}, for {whose}", often=how_often(rate.amount, rate.per), whose=rate.scope.whose)


def phrase(template: LiteralString, /, **values: "FactValue") -> Phrase:
    """Return a sentence in the language of the call, values in it: `phrase("{when} by {who}", when=…, who=…)`."""
    pieces = _PLACEHOLDER.split(translated(template))
    return Phrase(*(values[piece] if place % 2 else piece for place, piece in enumerate(pieces) if piece))


def content(written: str, *, preview: bool = False) -> Address | Prose:
    """Return what a person wrote as an address if it's a valid one, else as prose."""
    url = shown_url(written)
    return Prose(written) if url is None else Address(url, preview=preview)


@final
class ContextFacts:
    """The facts of a context's values, found by the type of a value.

    A context defines its own as `FACTS` in its module `facts`. A value of a type that it doesn't describe is shown by
    its fields if it's a dataclass, else as the one fact `value`.
    """

    def __init__(self) -> None:
        self._described: dict[type, Describe[Any]] = {}

    def show(self, kind: type[V], describe: Describe[V], /) -> None:
        """Describe the values of a type, once."""
        self._described[kind] = describe

    def describes(self, kind: object, /) -> bool:
        """Return whether values of that type are described."""
        return kind in self._described

    def of(self, value: object, /) -> tuple[Fact, ...]:
        """Return the facts of a value, in the order in which they are shown."""
        describe = self._described.get(type(value))
        return tuple(self._undescribed(value) if describe is None else describe(value))

    def _undescribed(self, value: object) -> Iterator[Fact]:
        if not is_dataclass(value) or isinstance(value, type):
            yield Fact("value", self._value(value))
            return
        for found in fields(value):
            yield Fact(found.name.replace("_", " "), self._value(getattr(value, found.name)))

    def _value(self, value: object) -> FactValue:
        match value:
            case None | bool() | datetime() | timedelta() | Level() | Rate():
                return value
            case Enum():
                return str(value.value)
            case int() | str():
                return value
            case tuple() | list() | frozenset() | set():
                return Listed(tuple(self._value(item) for item in value))
            case Mapping():
                return Listed(tuple(Phrase(self._value(key), "=", self._value(item)) for key, item in value.items()))
            case _ if is_dataclass(value):
                known = (fact for fact in self.of(value) if fact.brief and fact.value is not None)
                return Listed(tuple(Phrase(f"{translated(fact.label)} ", fact.value) for fact in known))
            case _:
                return str(value)
