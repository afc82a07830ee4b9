"""The codes that can answer an operation, by status, as its documentation lists them."""

from collections.abc import Iterator, Mapping
from typing import Final

from twi_core.kernel.commands import MALFORMED
from twi_core.kernel.errors import ErrorCode, registered_errors
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.schemas import OUT_OF_RANGE, WRONG_TYPE
from twi_core.kernel.text import TEXT_TOO_COMPLEX, TEXT_TOO_LONG
from twi_core.permissions.errors import CLOSED_CHANNEL
from twi_core.pipeline.authorise import CLOSED_HERE, NO_GUILD
from twi_core.tokens.errors import GUILD_CLOSED, TOKEN_REQUIRED
from twi_http.errors import BAD_REQUEST, BUSY, TOO_SLOW, WRONG_MEDIA_TYPE, status_of
from twi_runtime.process.drain import STOPPING
from twi_runtime.registry import refusals_of

Refusals = Mapping[int, tuple[ErrorCode, ...]]

TOO_LARGE_STATUS: Final = 413

_OF_BODIES: Final = (
    (400, MALFORMED),
    (400, TEXT_TOO_COMPLEX),
    (400, BAD_REQUEST),
    (status_of(TOO_SLOW), TOO_SLOW),
    (TOO_LARGE_STATUS, TEXT_TOO_LONG),
    (status_of(WRONG_MEDIA_TYPE), WRONG_MEDIA_TYPE),
)
_OF_EVERY_CALL: Final = (TOKEN_REQUIRED, BUSY, STOPPING)
_OF_EVERY_GUILD: Final = (GUILD_CLOSED, WRONG_TYPE, OUT_OF_RANGE)
"""Refusals of the guild in the path."""
_NEVER: Final = frozenset({CLOSED_CHANNEL, CLOSED_HERE, NO_GUILD})
"""What HTTP doesn't offer has no path, the path names the guild, and a request comes from no channel."""


def refusals(operation: AnyOperation) -> Refusals:
    """Return the codes that can answer an operation, by status, both ascending."""
    found: dict[int, set[str]] = {}
    for status, code in (*_OF_BODIES, *((status_of(code), code) for code in _of_call(operation))):
        found.setdefault(status, set()).add(code.code)
    known = registered_errors()
    return {status: tuple(known[code] for code in sorted(codes)) for status, codes in sorted(found.items())}


def _of_call(operation: AnyOperation) -> Iterator[ErrorCode]:
    yield from _OF_EVERY_CALL
    yield from refusals_of(operation) - _NEVER
    if operation.policy.guild:
        yield from _OF_EVERY_GUILD
