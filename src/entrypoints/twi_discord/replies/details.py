"""The facts of a value as the fields of an embed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, assert_never

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
)
from twi_core.kernel.ids import ChannelId, RoleId, Snowflake, UserId
from twi_core.kernel.language import translated
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Rate
from twi_discord.replies.markup import (
    Markup,
    address,
    block,
    code,
    escape,
    join,
    number,
    prose,
    say,
    typed,
    visible,
)
from twi_discord.replies.message import Field
from twi_discord.replies.wording import channel, moment, person, rate, role, span

SHORT: Final = 40
"""Characters of a text that may stand beside other facts."""


def details(facts: Iterable[Fact]) -> tuple[Field, ...]:
    """Return each fact as a field, the short ones side by side."""
    return tuple(
        Field(label[:1].upper() + label[1:], shown(fact.value), inline=_is_short(fact.value))
        for fact in facts
        for label in (translated(fact.label),)
    )


def _is_short(value: FactValue) -> bool:
    if isinstance(value, str):
        return len(value) <= SHORT
    return not isinstance(value, Prose | Block | Address | Call | Phrase | Listed | Lines)


def shown(value: FactValue) -> Markup:
    """Return a value as markup; a secret is not shown, since others read what stands in a chat."""
    match value:
        case Phrase(parts):
            return join("", map(shown, parts))
        case Listed(items, otherwise):
            return join(", ", map(shown, items)) or _nothing(otherwise)
        case Lines(items, otherwise):
            return join("\n- ", ("", *map(shown, items))) if items else _nothing(otherwise)
        case str() | Code(_) | Prose(_) | Block(_) | Address(_) | Secret(_) | Call(_):
            return _text(value)
        case None | int() | datetime() | timedelta() | Person(_) | Rate():
            return _scalar(value)
        case _:
            assert_never(value)


def _scalar(value: int | datetime | timedelta | Person | Rate | None) -> Markup:
    match value:
        case None:
            return _nothing(NOTHING)
        case bool():
            return say("yes") if value else say("no")
        case Level():
            return escape(value.shown)
        case Snowflake():
            return _id(value)
        case int():
            return number(value)
        case datetime():
            return moment(value)
        case timedelta():
            return span(value.total_seconds())
        case Person(user):
            return person(user)
        case Rate():
            return rate(value)


def _id(value: Snowflake) -> Markup:
    match value:
        case UserId():
            return person(value)
        case RoleId():
            return role(value)
        case ChannelId():
            return channel(value)
        case _:
            return code(value)


def _text(value: str | Code | Prose | Block | Address | Secret | Call) -> Markup:
    match value:
        case str():
            return _line(value)
        case Code(text):
            return code(text)
        case Prose(text):
            return _prose(text)
        case Block(text):
            return block(text)
        case Address(url, preview):
            return address(url, preview=preview)
        case Secret(_):
            return say("not shown in a chat")
        case Call(operation, given):
            return typed(operation, given) or code(operation)


def _nothing(otherwise: str) -> Markup:
    """Return what stands where there is nothing; only the usual word for that is not translated already."""
    return _line(translated(NOTHING) if otherwise == NOTHING else otherwise)


def _line(text: str) -> Markup:
    """Return a text as one line, so that nothing in it looks like another fact."""
    return join(" ", visible(text).split("\n"))


def _prose(text: str) -> Markup:
    """Return prose as it is where it is one line, else as a quotation, for the same reason."""
    first, *more = (prose(line, preview=False) for line in visible(text).split("\n"))
    return join("\n> ", ("", first, *more)) if more else first
