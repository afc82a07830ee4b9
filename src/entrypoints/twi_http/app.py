"""The HTTP application."""

import logging
from collections.abc import Sequence
from typing import Final

from litestar import Litestar, Response
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, ExceptionHandlersMap

from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.reporting import Recorder
from twi_core.pipeline.guard import reported
from twi_http.errors import BAD_REQUEST, NO_ROUTE, WRONG_METHOD, Refused
from twi_http.health import health_routes
from twi_http.intake import HttpRequest
from twi_http.operations import operation_routes
from twi_http.pages import page_routes
from twi_http.paths import offered
from twi_http.problems import problem
from twi_http.shield import Shield, current_call
from twi_runtime.opening.lifecycle import Runtime
from twi_runtime.registry import every_entry

REQUEST: Final = "http.request"
"""The operation named in the report of a bug in the entrypoint itself."""

_log: Final = logging.getLogger(__name__)


def build_http(runtime: Runtime, operations: Sequence[AnyOperation] | None = None) -> ASGIApp:
    """Build the HTTP application; `operations` limits the operations offered, which default to all of the runtime's."""
    served = offered(runtime.app.operations() if operations is None else operations)
    entries = every_entry(runtime.app.operations())
    inner = Litestar(
        [
            *health_routes(runtime),
            *operation_routes(runtime, served),
            *page_routes(served, entries, runtime.app.contexts),
        ],
        openapi_config=None,
        logging_config=None,
        debug=False,
        exception_handlers=_handlers(runtime.app.recorder),
    )
    return Shield(inner, runtime)


def _handlers(recorder: Recorder) -> ExceptionHandlersMap:
    def on_refused(_: HttpRequest, refused: Refused) -> Response[bytes]:
        call = current_call.get()
        recorder.refused(refused.error, None, call)
        answer = problem(refused, call.correlation_id)
        _log.info("refused with %d %s", refused.status, refused.error.code)
        return Response(answer.body, status_code=answer.status, media_type=answer.content_type, headers=answer.headers)

    def on_http(request: HttpRequest, error: HTTPException) -> Response[bytes]:
        """Translate the router's refusals."""
        code = {404: NO_ROUTE, 405: WRONG_METHOD}.get(error.status_code, BAD_REQUEST)
        return on_refused(request, Refused(AppError(code), headers=error.headers))

    def on_bug(request: HttpRequest, error: Exception) -> Response[bytes]:
        return on_refused(request, Refused(reported(error, REQUEST, current_call.get(), recorder)))

    return {Refused: on_refused, HTTPException: on_http, Exception: on_bug}
