"""The language of the person who called: every sentence to people is looked up here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final, LiteralString, Protocol, TypeAlias, final


class Language(Protocol):
    """What a language has to say: translations, plural forms, and its rules for numbers, lists and dates."""

    @property
    def tag(self) -> str:
        """Return the BCP 47 tag, such as `en` or `pt-BR`."""
        ...

    def text(self, message: str, /) -> str:
        """Return the translation of a message; placeholders in braces stay. A missing one is the message itself."""
        ...

    def plural(self, one: str, many: str, count: int, /) -> str:
        """Return the translation of a message in the form that goes with a count."""
        ...

    def number(self, value: int, /) -> str:
        """Return a whole number with the separators of the language."""
        ...

    def listed(self, items: Sequence[str], /) -> str:
        """Return items as a list within a sentence: `a, b and c`."""
        ...

    def either(self, items: Sequence[str], /) -> str:
        """Return items to choose from as a list within a sentence: `a, b or c`."""
        ...

    def moment(self, at: datetime, /) -> str:
        """Return a date and time in UTC, to the minute."""
        ...


class Languages(Protocol):
    """The languages that there are catalogues for."""

    def find(self, *wanted: str) -> Language:
        """Return the language of the first tag that there is a catalogue for, English if there is none.

        Tags come from outside and may be anything; `pt-BR` is also answered by a catalogue for `pt`.
        """
        ...


@final
class English:
    """The language that all messages are written in."""

    tag: Final = "en"

    def text(self, message: str, /) -> str:
        """See `Language`."""
        return message

    def plural(self, one: str, many: str, count: int, /) -> str:
        """See `Language`."""
        return one if count == 1 else many

    def number(self, value: int, /) -> str:
        """See `Language`."""
        return f"{value:,}"

    def listed(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))

    def either(self, items: Sequence[str], /) -> str:
        """See `Language`."""
        return " or ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))

    def moment(self, at: datetime, /) -> str:
        """See `Language`; in the order in which dates sort."""
        return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


ENGLISH: Final[Language] = English()


@final
class EnglishOnly:
    """No catalogue: everybody is answered in English."""

    def find(self, *_: str) -> Language:
        """See `Languages`."""
        return ENGLISH


PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
"""What stands in a message for a value."""

_LARGEST: Final = 10**15
"""What is no quantity, such as an id of Discord's, is written as it is."""
_current: Final[ContextVar[Language]] = ContextVar("language", default=ENGLISH)

Value: TypeAlias = str | int
"""What a placeholder stands for; a number is written by the rules of the language."""


def language() -> Language:
    """Return the language of the call that is being answered."""
    return _current.get()


def speak(chosen: Language) -> None:
    """Answer in a language from now on, within the current task or thread."""
    _current.set(chosen)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Answer in a language within the block."""
    token = _current.set(chosen)
    try:
        yield
    finally:
        _current.reset(token)


def text(template: LiteralString, /, **values: Value) -> str:
    """Return a sentence in the language of the call: `text("Links tagged {tag}", tag=tag)`.

    The template is a literal, so that it gets into the catalogues.
    """
    return filled(_current.get().text(template), _written(values))


def plural(one: LiteralString, many: LiteralString, count: int, /, **values: Value) -> str:
    """Return a sentence that depends on a count, which `{count}` stands for: `plural("{count} link", …, links)`."""
    return filled(_current.get().plural(one, many, count), _written({"count": count, **values}))


def translated(registered: str, /) -> str:
    """Return the translation of a text that was registered, such as the summary of a command."""
    return _current.get().text(registered)


def number(value: int, /) -> str:
    """Return a whole number as the language of the call writes it; an id isn't grouped, whatever the language."""
    return _current.get().number(value) if abs(value) < _LARGEST else str(value)


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its placeholders replaced. It raises nothing: what has no value stays, as do stray braces.

    A translation is text from outside, and an answer that can't be worded would leave its caller without one.
    """
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), template)


def _written(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: number(value) if type(value) is int else str(value) for name, value in values.items()}
