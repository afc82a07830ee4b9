"""Clients, by the tokens that they present; those that were refused too often are blocked at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import final

from twi_core.kernel.errors import AppError
from twi_core.pipeline.block import BLOCKED, RefusedCallers
from twi_core.tokens.domain import ApiToken, digest
from twi_http.errors import Refused, token_required
from twi_http.intake import HttpRequest, find_token
from twi_runtime.opening.lifecycle import Runtime


@final
class Clients:
    """The refusals before a call, counted for each presented token, known or not, by its digest.

    A request without a token is refused without reading the storage, so it isn't counted. Addresses don't count:
    behind a proxy all clients share one.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._app = runtime.app
        self._refused: RefusedCallers[bytes] | None = (
            None if runtime.refusals is None else RefusedCallers(runtime.clock, runtime.refusals)
        )

    @asynccontextmanager
    async def identified(self, request: HttpRequest) -> AsyncIterator[ApiToken]:
        """Yield the token of a request, and count the request if it is refused within the block.

        Raises:
            Refused: there is no token, it's unknown, or it was refused too often; or the storage fails.
        """
        secret = _presented(request)
        client = digest(secret)
        error = self._refused.blocked(client) if self._refused else None
        if error is not None:
            raise Refused(error)
        token = await find_token(self._app, secret)  # an outage isn't the client's fault, and isn't counted
        try:
            if token is None:
                raise token_required()
            yield token
        except Refused:
            if self._refused:
                self._refused.note(client)
            raise

    def heed(self, request: HttpRequest, error: AppError) -> None:
        """Block a client that the pipeline blocks, for as long, without looking its token up again."""
        seconds = error.params.get("retry_after")
        if self._refused and error.definition in BLOCKED and isinstance(seconds, int):
            self._refused.block(digest(_presented(request)), error, seconds)


def _presented(request: HttpRequest) -> str:
    """Return the secret that a request presents.

    Raises:
        Refused: there is none, more than one, or it is not presented as a bearer token.
    """
    given = request.headers.getall("authorization", [])
    if len(given) != 1:
        raise token_required()
    scheme, _, secret = given[0].partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise token_required()
    return secret.strip()
