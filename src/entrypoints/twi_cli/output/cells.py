"""Write the values of facts for a terminal, every text harmless: nothing else writes one there."""

from datetime import UTC, datetime, timedelta
from typing import assert_never

from twi_cli.output.wording import ShellWording
from twi_core.kernel.durations import spoken
from twi_core.kernel.facts import (
    NOTHING,
    Address,
    Block,
    Call,
    Code,
    FactValue,
    Lines,
    Listed,
    Person,
    Phrase,
    Prose,
    Secret,
    often,
)
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Rate
from twi_runtime.plain import plain


def cell(value: FactValue, *, lines: bool = False) -> str:
    """Write a value; with `lines` it may take several, else it takes one."""
    match value:
        case Prose(text) | Block(text):
            return plain(text, keep_lines=lines)
        case Phrase(parts):
            return "".join(cell(part, lines=lines) for part in parts)
        case Listed(items, otherwise):
            return ", ".join(map(cell, items)) or plain(otherwise)
        case Lines(items, otherwise):
            return ("\n" if lines else "; ").join(map(cell, items)) or plain(otherwise)
        case str() | Code(_) | Address(_) | Secret(_) | Call(_):
            return plain(_text(value))
        case None | int() | datetime() | timedelta() | Person(_) | Rate():
            return _scalar(value)
        case _:
            assert_never(value)


def moment(at: datetime) -> str:
    """Write a time, in UTC, to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _scalar(value: int | datetime | timedelta | Person | Rate | None) -> str:
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case Level():
            return value.label
        case int():
            return str(value)
        case datetime():
            return moment(value)
        case timedelta():
            return spoken(value.total_seconds())
        case Person(user):
            return "the operator" if user is None else str(user)
        case Rate():
            return often(value)


def _text(value: str | Code | Address | Secret | Call) -> str:
    match value:
        case str():
            return value
        case Code(text) | Secret(text):
            return text
        case Address(url):
            return url
        case Call(operation, given):
            return ShellWording().command(operation, given) or operation
