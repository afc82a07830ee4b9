"""What surrounds every request: its reference, the headers of every response, and the drain."""

import re
from contextvars import ContextVar
from typing import Final, final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError
from twi_core.kernel.language import language, speak
from twi_core.pipeline.trace import current_reference
from twi_http.errors import BAD_REQUEST, BUSY, Refused
from twi_http.problems import Answer, problem
from twi_http.wording import write_for
from twi_runtime.opening.lifecycle import Runtime
from twi_runtime.process.drain import STOPPING

current_call: Final[ContextVar[CallContext]] = ContextVar("current_call")
"""The context of the request that is being answered; the caller is in it once that is known."""

API: Final = "/api/"
REFERENCE_HEADER: Final = "X-Request-ID"

REQUESTS: Final = 256
"""More concurrent requests than this are refused."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""The headers of every response. There is no CORS header: pages of other sites may read nothing."""

_RANGE: Final = re.compile(r"([\w*-]+)[ \t]*(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?", re.ASCII | re.IGNORECASE)
"""A language and its weight (RFC 9110, section 12.5.4); what is no such thing is no wish."""
_READ: Final = 200
"""Bytes of Accept-Language that are read, up to the last whole language."""
_TRANSLATED: Final = (b"application/problem+json", b"text/html")
"""Types of the answers that are in the language of the request; what programs read is in English."""

HEAD_LIMIT: Final = 16 * 1024
"""A path, query and headers of more bytes together are refused."""


@final
class Shield:
    """The outermost layer of the HTTP application."""

    def __init__(self, inner: ASGIApp, runtime: Runtime) -> None:
        self._inner = inner
        self._runtime = runtime
        self._operations = runtime.app.operations()
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under a new reference; a call of the API counts for the drain."""
        if scope["type"] != ScopeType.HTTP:  # the server is configured to accept nothing else
            return
        app = self._runtime.app
        context = app.context(actor=None, guild=None, languages=_languages(scope), origin=Origin.HTTP)
        speak(app.languages.find(*context.languages))
        write_for(self._operations, None, None)
        current_call.set(context)
        current_reference.set(context.correlation_id)
        if scope["method"] == "HEAD":
            scope["method"] = "GET"  # the server leaves out the body
        sending = _with_headers(send, context.correlation_id)
        refusal = self._refusal(scope)
        if refusal is not None:
            self._runtime.app.recorder.refused(refusal.error, None, context)
            await send_answer(problem(refusal, context.correlation_id), sending)
            return
        self._running += 1
        try:
            if scope["path"].startswith(API):
                async with self._runtime.drain.call():
                    await self._inner(scope, receive, sending)
            else:
                await self._inner(scope, receive, sending)
        finally:
            self._running -= 1

    def _refusal(self, scope: HTTPScope) -> Refused | None:
        """Return why a request is refused unread, or None."""
        if _size(scope) > HEAD_LIMIT:  # the server itself measures only heads that arrive in pieces
            return Refused(AppError(BAD_REQUEST), status=431)
        if self._running >= REQUESTS:
            return Refused(AppError(BUSY))
        if self._runtime.drain.closed and scope["path"].startswith(API):
            return Refused(AppError(STOPPING))
        return None


def _size(scope: HTTPScope) -> int:
    return len(scope["raw_path"]) + len(scope["query_string"]) + sum(len(n) + len(v) for n, v in scope["headers"])


def _languages(scope: HTTPScope) -> tuple[str, ...]:
    """Return the tags of the header Accept-Language, the most wanted first (RFC 9110, section 12.5.4)."""
    header = b",".join(value for name, value in scope["headers"] if name == b"accept-language")
    if len(header) > _READ:
        header = header[: _READ + 1].rpartition(b",")[0]
    found = (_RANGE.fullmatch(part.strip(" \t")) for part in header.decode("latin-1").split(","))
    wanted = [(float(match[2] or 1), match[1]) for match in found if match]
    return tuple(tag for weight, tag in sorted(wanted, key=lambda each: -each[0]) if weight)


async def send_answer(answer: Answer, send: Send) -> None:
    """Send a whole response."""
    headers = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body))} | answer.headers
    await send({"type": "http.response.start", "status": answer.status, "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def _with_headers(send: Send, reference: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            more = HEADERS | {REFERENCE_HEADER: reference}
            if any(name == b"content-type" and value.startswith(_TRANSLATED) for name, value in message["headers"]):
                more["Content-Language"] = language().tag
            message["headers"] = [*message["headers"], *_encoded(more)]
        await send(message)

    return sending


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
