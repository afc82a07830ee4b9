"""Show the facts of a value as Discord's markup: a label and a value on each line, no text without being escaped."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from twi_core.kernel.durations import spoken
from twi_core.kernel.facts import (
    NOTHING,
    Address,
    Block,
    Call,
    Code,
    Fact,
    FactValue,
    Lines,
    Listed,
    Person,
    Phrase,
    Prose,
    Secret,
    often,
)
from twi_core.kernel.ids import ChannelId, RoleId, Snowflake, UserId
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Rate
from twi_discord.replies.markup import address, escape, moment, person, prose
from twi_runtime.plain import plain


def details(facts: Iterable[Fact]) -> str:
    """Return facts as lines, `Label: value`."""
    return "\n".join(f"{label}: {value}" for label, value in labelled(facts))


def labelled(facts: Iterable[Fact]) -> tuple[tuple[str, str], ...]:
    """Return the label and the value of each fact, as an embed's fields take them."""
    return tuple((_line(fact.label[:1].upper() + fact.label[1:]), shown(fact.value)) for fact in facts)


def shown(value: FactValue) -> str:
    """Return a value as markup; a secret is not shown, since others read what stands in a chat."""
    match value:
        case Phrase(parts):
            return "".join(map(shown, parts))
        case Listed(items, otherwise):
            return ", ".join(map(shown, items)) or _line(otherwise)
        case Lines(items, otherwise):
            return "".join(f"\n- {shown(item)}" for item in items) or _line(otherwise)
        case str() | Code(_) | Prose(_) | Block(_) | Address(_) | Secret(_) | Call(_):
            return _text(value)
        case None | int() | datetime() | timedelta() | Person(_) | Rate():
            return _scalar(value)
        case _:
            assert_never(value)


def _scalar(value: int | datetime | timedelta | Person | Rate | None) -> str:
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case Level():
            return value.label
        case Snowflake():
            return _id(value)
        case int():
            return str(value)
        case datetime():
            return moment(value.timestamp())
        case timedelta():
            return spoken(value.total_seconds())
        case Person(user):
            return person(user)
        case Rate():
            return often(value)


def _id(value: Snowflake) -> str:
    match value:
        case UserId():
            return f"<@{value}>"
        case RoleId():
            return f"<@&{value}>"
        case ChannelId():
            return f"<#{value}>"
        case _:
            return _code(str(value))


def _text(value: str | Code | Prose | Block | Address | Secret | Call) -> str:
    match value:
        case str():
            return _line(value)
        case Code(text):
            return _code(text)
        case Prose(text):
            return _prose(text)
        case Block(text):
            return f"```\n{_without_backticks(plain(text, keep_lines=True))}\n```"
        case Address(url, preview):
            return address(url, preview=preview)
        case Secret(_):
            return "not shown in a chat"
        case Call(operation, first, others):
            given = ", ".join(f"{_line(name)} {_code(text)}" for name, text in (first, *others.items()))
            return f"{_code(operation)} with {given}"


def _line(text: str) -> str:
    """Return a text as one line, so that nothing in it looks like another fact."""
    return escape(text).replace("\n", " ")


def _prose(text: str) -> str:
    """Return prose as it is where it is one line, else as a quotation, for the same reason."""
    lines = prose(text, preview=False).split("\n")
    return lines[0] if len(lines) == 1 else "".join(f"\n> {line}" for line in lines)


def _code(text: str) -> str:
    return f"`{_without_backticks(plain(text))}`"


def _without_backticks(text: str) -> str:
    """Return a text that cannot end the code in which it stands."""
    return text.replace("`", "'")
