"""The HTTP application."""

import logging
from collections.abc import Sequence
from typing import Final

from litestar import Litestar, Response
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.pipeline.guard import UNEXPECTED
from twi_http.errors import BAD_REQUEST, NO_ROUTE, WRONG_METHOD, Refused
from twi_http.health import health_routes
from twi_http.intake import HttpRequest
from twi_http.operations import operation_routes
from twi_http.pages import page_routes
from twi_http.paths import offered
from twi_http.problems import problem
from twi_http.shield import Shield, current_call
from twi_runtime.lifecycle import Runtime
from twi_runtime.registry import every_entry

_log: Final = logging.getLogger(__name__)


def build_http(runtime: Runtime, operations: Sequence[AnyOperation] | None = None) -> ASGIApp:
    """Build the application of HTTP; `operations` are those to offer, if not all of the runtime's."""
    served = offered(runtime.app.operations() if operations is None else operations)
    entries = every_entry(runtime.app.operations())
    inner = Litestar(
        [*health_routes(runtime), *operation_routes(runtime.app, served), *page_routes(served, entries)],
        openapi_config=None,
        logging_config=None,
        debug=False,
        exception_handlers={Refused: _on_refused, HTTPException: _on_http, Exception: _on_bug},
    )
    return Shield(inner, runtime)


def _on_refused(_: HttpRequest, refused: Refused) -> Response[bytes]:
    answer = problem(refused, current_call.get().correlation_id)
    _log.info("refused with %d %s", refused.status, refused.error.code)
    return Response(answer.body, status_code=answer.status, media_type=answer.content_type, headers=answer.headers)


def _on_http(request: HttpRequest, error: HTTPException) -> Response[bytes]:
    """Translate what the router refuses."""
    code = {404: NO_ROUTE, 405: WRONG_METHOD}.get(error.status_code, BAD_REQUEST)
    return _on_refused(request, Refused(AppError(code), headers=error.headers))


def _on_bug(request: HttpRequest, error: Exception) -> Response[bytes]:
    _log.error("a bug in the HTTP door", exc_info=error)
    return _on_refused(request, Refused(AppError(UNEXPECTED)))
