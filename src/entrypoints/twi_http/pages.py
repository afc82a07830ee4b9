"""The routes of what people read: the documentation and the OpenAPI document; they take no token."""

import functools
import json
from collections.abc import Sequence

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from twi_core.kernel.handling import AnyOperation
from twi_http.docs import ASSETS, asset, errors_page, operations_page
from twi_http.openapi import document
from twi_http.problems import ERROR_PAGE

HTML = "text/html; charset=utf-8"


def page_routes(operations: Sequence[AnyOperation]) -> list[HTTPRouteHandler]:
    """Make the routes; each page is written when it is first asked for."""
    described = functools.cache(lambda: json.dumps(document(operations), ensure_ascii=False).encode())
    listed = functools.cache(lambda: operations_page(operations))

    @get("/openapi.json")
    async def openapi() -> Response[bytes]:
        return Response(described(), media_type="application/json")

    @get("/docs")
    async def docs() -> Response[bytes]:
        return Response(listed(), media_type=HTML)

    @get(ERROR_PAGE)
    async def errors() -> Response[bytes]:
        return Response(errors_page(), media_type=HTML)

    @get("/")
    async def start() -> Redirect:
        return Redirect("/docs")

    return [openapi, docs, errors, start, *(_asset_route(name) for name in ASSETS)]


def _asset_route(name: str) -> HTTPRouteHandler:
    content = asset(name)

    @get(f"/docs/{name}")
    async def answer() -> Response[bytes]:
        return Response(content, media_type=ASSETS[name])

    return answer
