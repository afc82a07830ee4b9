"""Identification of clients by their tokens, and blocking of those who were refused too often."""

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
    """The clients of the API; counts refusals that precede a call, for each presented token, known or not.

    A request without a token is refused without a query to the storage, so there is nothing to count. Addresses are
    ignored: behind a proxy all clients share one.
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
            Refused: the token is missing, unknown or was refused too often, or the storage failed.
        """
        secret = _presented(request)
        client = digest(secret)
        error = self._refused.blocked(client) if self._refused else None
        if error is not None:
            raise Refused(error)
        token = await find_token(self._app, secret)  # an outage is not the client's fault, and is not counted
        try:
            if token is None:
                raise token_required()
            yield token
        except Refused:
            if self._refused:
                self._refused.note(client)
            raise

    def block(self, request: HttpRequest, error: AppError) -> None:
        """Block a caller that the pipeline has blocked, for as long, so that its token is not looked up meanwhile."""
        seconds = error.params.get("retry_after")
        if self._refused and error.definition in BLOCKED and isinstance(seconds, int):
            self._refused.block(digest(_presented(request)), error, seconds)


def _presented(request: HttpRequest) -> str:
    """Return the secret that a request presents.

    Raises:
        Refused: there is none, more than one, or it is not a bearer token.
    """
    values = request.headers.getall("authorization", [])
    if len(values) != 1:
        raise token_required()
    scheme, _, secret = values[0].partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise token_required()
    return secret.strip()
