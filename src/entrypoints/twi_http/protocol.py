"""HTTP/1.1 on the wire, as uvicorn speaks it with h11, but for requests that are not sound."""

from typing import Final, final

import h11
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from twi_core.kernel.errors import AppError
from twi_http.errors import BAD_REQUEST, Refused
from twi_http.problems import problem
from twi_http.shield import HEADERS

NO_REFERENCE: Final = "-"
"""The reference of what never became a request, and so is not in the log either."""


@final
class ProblemProtocol(H11Protocol):
    """Answer what is not HTTP with a problem and the headers of every response."""

    @override
    def send_400_response(self, msg: str) -> None:
        """Refuse and hang up."""
        answer = problem(Refused(AppError(BAD_REQUEST)), NO_REFERENCE)
        headers = {**HEADERS, "Content-Type": answer.content_type, "Connection": "close"}
        head = h11.Response(status_code=answer.status, headers=list(headers.items()), reason=b"Bad Request")
        for event in (head, h11.Data(data=answer.body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
