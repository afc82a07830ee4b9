"""HTTP/1.1 as uvicorn speaks it with h11, except for malformed requests."""

import asyncio
from typing import Final, cast, final

import h11
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from twi_core.kernel.errors import AppError
from twi_core.kernel.language import ENGLISH, speaking
from twi_http.errors import BAD_REQUEST, Refused
from twi_http.problems import problem
from twi_http.shield import HEADERS

HEAD_SECONDS: Final = 10.0
"""A connection whose request line and headers take longer is closed."""
NO_REFERENCE: Final = "-"
"""The reference of what never became a request, and so is not in the log."""


@final
class ProblemProtocol(H11Protocol):
    """A protocol that answers malformed HTTP with a problem and our headers, and limits the wait for a head."""

    _head_timer: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Start waiting for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    @override
    def data_received(self, data: bytes) -> None:
        """Stop waiting once a head is complete; start again at the first byte of the next one."""
        before = cast(RequestResponseCycle | None, self.cycle)  # None before the first request
        idle = before is None or before.response_complete
        super().data_received(data)
        if self.cycle is not before:
            self._stop_waiting()
        elif idle:
            self._wait_for_head()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        if self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    @override
    def send_400_response(self, msg: str) -> None:
        """Refuse the request with our own problem, and close the connection."""
        del msg
        with speaking(ENGLISH):  # what isn't a request asks for no language
            answer = problem(Refused(AppError(BAD_REQUEST)), NO_REFERENCE)
        headers = {**HEADERS, "Content-Type": answer.content_type, "Connection": "close"}
        head = h11.Response(status_code=answer.status, headers=list(headers.items()), reason=b"Bad Request")
        for event in (head, h11.Data(data=answer.body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
