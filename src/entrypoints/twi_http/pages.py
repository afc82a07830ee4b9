"""The routes of the documentation, for people and for programs; they take no token."""

import functools
import json
from collections.abc import Mapping, Sequence

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_http.catalogue import codes
from twi_http.docs import ASSETS, asset, error_page, errors_page, operations_page
from twi_http.errors import NO_ROUTE, Refused
from twi_http.intake import HttpRequest, refuse_query
from twi_http.openapi import document
from twi_http.paths import ERRORS
from twi_http.problems import ERROR_PAGES
from twi_runtime.registry import Entry

HTML = "text/html"


def page_routes(operations: Sequence[AnyOperation], entries: Mapping[str, Entry]) -> list[HTTPRouteHandler]:
    """Make the routes; each page is written when it is first asked for."""
    described = functools.cache(lambda: json.dumps(document(operations), ensure_ascii=False).encode())
    listed = functools.cache(lambda: operations_page(operations))
    coded = functools.cache(lambda: codes(entries.values()))
    index = functools.cache(lambda: errors_page(entries.values()))
    shown = {operation.name for operation in operations}

    @get("/openapi.json")
    async def openapi() -> Response[bytes]:
        return Response(described(), media_type="application/json")

    @get("/docs")
    async def docs() -> Response[bytes]:
        return Response(listed(), media_type=HTML)

    @get(ERRORS)
    async def list_errors(request: HttpRequest) -> Response[bytes]:
        refuse_query(request)
        return Response(coded(), media_type="application/json")

    @get(ERROR_PAGES)
    async def errors() -> Response[bytes]:
        return Response(index(), media_type=HTML)

    @get(f"{ERROR_PAGES}/{{code:str}}")
    async def error(request: HttpRequest) -> Response[bytes]:
        entry = entries.get(str(request.path_params["code"]))
        if entry is None:
            raise Refused(AppError(NO_ROUTE))
        return Response(error_page(entry, shown), media_type=HTML)

    @get("/")
    async def start() -> Redirect:
        return Redirect("/docs")

    return [openapi, docs, list_errors, errors, error, start, *(_asset_route(name) for name in ASSETS)]


def _asset_route(name: str) -> HTTPRouteHandler:
    content = asset(name)

    @get(f"/docs/{name}")
    async def answer() -> Response[bytes]:
        return Response(content, media_type=ASSETS[name])

    return answer
