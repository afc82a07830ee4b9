"""Which codes can answer an operation, by status; the documentation of every operation says so."""

from collections.abc import Iterator, Mapping
from typing import Final

from twi_core.access.errors import GUILD_CLOSED, TOKEN_REQUIRED
from twi_core.kernel.commands import MALFORMED, MISSING, UNKNOWN_FIELD
from twi_core.kernel.errors import ErrorCode, Kind, registered_errors
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.paging import INVALID_CURSOR
from twi_core.kernel.permissions import Level
from twi_core.kernel.schemas import OUT_OF_RANGE, WRONG_TYPE
from twi_core.kernel.text import TEXT_TOO_COMPLEX, TEXT_TOO_LONG
from twi_core.permissions.errors import DENIED
from twi_core.pipeline.guard import CONFLICT, TIMED_OUT, UNAVAILABLE, UNEXPECTED
from twi_core.pipeline.throttle import LIMITED
from twi_http.errors import BAD_REQUEST, BUSY, TOO_SLOW, WRONG_MEDIA_TYPE, status_of
from twi_runtime.drain import STOPPING

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
_OF_EVERY_CALL: Final = (TOKEN_REQUIRED, CONFLICT, UNEXPECTED, UNAVAILABLE, BUSY, STOPPING, TIMED_OUT)
_OF_EVERY_COMMAND: Final = (MISSING, UNKNOWN_FIELD, WRONG_TYPE, OUT_OF_RANGE)


def refusals(operation: AnyOperation) -> Refusals:
    """Give the codes that can answer an operation, by status, both ascending."""
    found: dict[int, set[str]] = {}
    for status, code in (*_OF_BODIES, *((status_of(code), code) for code in _of_call(operation))):
        found.setdefault(status, set()).add(code.code)
    known = registered_errors()
    return {status: tuple(known[code] for code in sorted(codes)) for status, codes in sorted(found.items())}


def _of_call(operation: AnyOperation) -> Iterator[ErrorCode]:
    policy = operation.policy
    yield from _OF_EVERY_CALL
    yield from _OF_EVERY_COMMAND
    yield from _of_fields(operation)
    yield from policy.errors
    if policy.guild:
        yield GUILD_CLOSED
    if policy.requires.default > Level.EVERYONE:
        yield DENIED
    if policy.limit is not None:
        yield LIMITED


def _of_fields(operation: AnyOperation) -> Iterator[ErrorCode]:
    """Give what the rules of fields may say: the common codes of input, and the context's own invalid ones."""
    context = operation.name.partition(".")[0]
    for code in registered_errors().values():
        place = code.code.partition(".")[0]
        if code.kind is Kind.INVALID and place in {"input", context} and code not in (MALFORMED, INVALID_CURSOR):
            yield code
