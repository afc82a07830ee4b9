"""Values of facts as they are written in a terminal, every text harmless: nothing else writes one there."""

from datetime import datetime, timedelta
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
from twi_core.kernel.language import language, number, text, translated
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Rate
from twi_core.kernel.wording import Wording
from twi_runtime.plain import plain


def cell(value: FactValue, *, lines: bool = False, wording: Wording | None = None) -> str:
    """Write a value; with `lines` it may take several, else it takes one.

    `wording` is the one of the call that is answered.
    """
    match value:
        case Prose(prose) | Block(prose):
            return plain(prose, keep_lines=lines)
        case Phrase(parts):
            return "".join(cell(part, lines=lines, wording=wording) for part in parts)
        case Listed(items, otherwise):
            return ", ".join(cell(item, wording=wording) for item in items) or plain(translated(otherwise))
        case Lines(items, otherwise):
            written = (cell(item, wording=wording) for item in items)
            return ("\n" if lines else "; ").join(written) or plain(translated(otherwise))
        case Call(operation, given):
            return (wording or ShellWording()).command(operation, given) or plain(operation)
        case str() | Code(_) | Address(_) | Secret(_):
            return plain(_text(value))
        case None | int() | datetime() | timedelta() | Person(_) | Rate():
            return _scalar(value)
        case _:
            assert_never(value)


def _scalar(value: int | datetime | timedelta | Person | Rate | None) -> str:
    match value:
        case None:
            return translated(NOTHING)
        case bool():
            return text("yes") if value else text("no")
        case Level():
            return value.shown
        case int():
            return number(value) if type(value) is int else str(value)
        case datetime():
            return language().moment(value)
        case timedelta():
            return spoken(value.total_seconds())
        case Person(user):
            return text("the operator") if user is None else str(user)
        case Rate():
            return often(value)


def _text(value: str | Code | Address | Secret) -> str:
    match value:
        case str():
            return value
        case Code(found) | Secret(found):
            return found
        case Address(url):
            return url
