"""What the HTTP entrypoint itself refuses, before there is a call."""

from collections.abc import Mapping
from typing import Final

from twi_core.kernel.commands import MALFORMED
from twi_core.kernel.errors import AppError, ErrorCode, Kind, define_error
from twi_core.tokens.errors import TOKEN_REQUIRED

NO_ROUTE: Final = define_error(
    "http.no_route",
    Kind.NOT_FOUND,
    message="There's nothing at this address.",
    hint="See all addresses: /docs",
    cause="The path of the request is misspelt, or belongs to another version.",
)
WRONG_METHOD: Final = define_error(
    "http.wrong_method",
    Kind.INVALID,
    message="This address doesn't take that method.",
    hint="Use a method from the Allow header. Operations use POST.",
    cause="The path exists, but not for the method of the request.",
)
WRONG_MEDIA_TYPE: Final = define_error(
    "http.wrong_media_type",
    Kind.INVALID,
    message="The body isn't sent as plain JSON.",
    hint="Send the header “Content-Type: application/json” and no Content-Encoding.",
    cause="The body has another content type than application/json, another charset than UTF-8, or is compressed.",
)
BAD_REQUEST: Final = define_error(
    "http.bad_request",
    Kind.INVALID,
    message="The request isn't valid HTTP.",
    hint="Check the client: the headers may be larger than 16 KiB, or the request malformed.",
    cause="The bytes received aren't an HTTP request, its head is too large, or the connection broke within the body.",
)
TOO_SLOW: Final = define_error(
    "http.too_slow",
    Kind.TIMEOUT,
    message="The body didn't arrive in time.",
    hint="Send the whole body within {seconds} seconds.",
    cause="The client began a request and didn't finish it.",
    example={"seconds": 10},
)
BUSY: Final = define_error(
    "http.busy",
    Kind.UNAVAILABLE,
    message="The API is answering too many requests at once.",
    hint="Try again in a few seconds.",
    cause="There are more requests at once than the HTTP API can handle.",
)
CANNOT_LISTEN: Final = define_error(
    "http.cannot_listen",
    Kind.UNAVAILABLE,
    message="The HTTP API can't listen on {address}: {reason}.",
    hint="Set another TWI_HTTP_HOST or TWI_HTTP_PORT, or stop what listens there; port 0 takes any free one.",
    cause="The address isn't one of this machine's, or another program uses the port.",
    example={"address": "http://127.0.0.1:8080", "reason": "address already in use"},
)

STATUSES: Final[Mapping[Kind, int]] = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.THROTTLED: 429,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
    Kind.TIMEOUT: 504,
}
"""The status of each kind of refusal."""

_OWN_STATUSES: Final[Mapping[str, int]] = {
    MALFORMED.code: 400,
    BAD_REQUEST.code: 400,
    WRONG_METHOD.code: 405,
    TOO_SLOW.code: 408,
    WRONG_MEDIA_TYPE.code: 415,
}


def status_of(definition: ErrorCode) -> int:
    """Return the status that answers a code unless its refusal has another."""
    return _OWN_STATUSES.get(definition.code, STATUSES[definition.kind])


class Refused(Exception):
    """A refusal that ends a request; `status` replaces the one of its code."""

    def __init__(self, error: AppError, *, status: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error.code)
        self.error = error
        self.status = status or status_of(error.definition)
        self.headers = dict(headers or {})


def token_required() -> Refused:
    """Return the one answer to a missing, malformed, unknown or revoked token."""
    return Refused(AppError(TOKEN_REQUIRED), headers={"WWW-Authenticate": 'Bearer realm="twi"'})
