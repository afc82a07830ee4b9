"""The routes of the documentation, for people and for programs; they take no token."""

import functools
import json
from collections.abc import Callable, Container, Mapping, Sequence
from collections.abc import Set as AbstractSet

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from twi_core.kernel.contexts import AnyContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import ENGLISH, language, speaking
from twi_http.catalogue import codes
from twi_http.docs import ASSETS, asset, context_page, contexts_page, error_page, errors_page
from twi_http.errors import NO_ROUTE, Refused
from twi_http.intake import HttpRequest, refuse_query
from twi_http.openapi import document
from twi_http.paths import DOCS, ERROR_PAGES, ERRORS, by_context
from twi_runtime.registry import Entry

HTML = "text/html"


def page_routes(
    operations: Sequence[AnyOperation], entries: Mapping[str, Entry], contexts: Sequence[AnyContext]
) -> list[HTTPRouteHandler]:
    """Make the routes; what they answer is written once for each language, when it is first requested.

    Raises:
        ValueError: a context has the name of other pages.
    """
    described = functools.cache(lambda: _described(operations, contexts))
    coded = functools.cache(lambda: codes(entries.values()))

    @get("/openapi.json")
    async def openapi() -> Response[bytes]:
        return Response(described(), media_type="application/json")

    @get(ERRORS)
    async def list_errors(request: HttpRequest) -> Response[bytes]:
        refuse_query(request)
        return Response(coded(), media_type="application/json")

    @get("/")
    async def start() -> Redirect:
        return Redirect(DOCS)

    pages = [
        *_context_routes(by_context(operations), {each.name: each.summary for each in contexts}),
        *_error_routes(entries, {o.name for o in operations}),
    ]
    return [openapi, list_errors, start, *pages, *(_asset_route(name) for name in ASSETS)]


def _described(operations: Sequence[AnyOperation], contexts: Sequence[AnyContext]) -> bytes:
    """Write the OpenAPI description, which is in English for everyone: programs are made from it."""
    with speaking(ENGLISH):
        return json.dumps(document(operations, contexts), ensure_ascii=False).encode()


def _context_routes(
    contexts: Mapping[str, Sequence[AnyOperation]], summaries: Mapping[str, str]
) -> list[HTTPRouteHandler]:
    listed = _by_language(lambda _: contexts_page(contexts, summaries))
    written = _by_language(lambda name: context_page(name, contexts, summaries))

    @get(DOCS)
    async def docs() -> Response[bytes]:
        return Response(listed(DOCS), media_type=HTML)

    @get(f"{DOCS}/{{context:str}}")
    async def context(request: HttpRequest) -> Response[bytes]:
        return Response(written(_named(request, "context", contexts)), media_type=HTML)

    return [docs, context]


def _error_routes(entries: Mapping[str, Entry], offered: AbstractSet[str]) -> list[HTTPRouteHandler]:
    listed = _by_language(lambda _: errors_page(entries))
    written = _by_language(lambda code: error_page(entries[code], offered))

    @get(ERROR_PAGES)
    async def errors() -> Response[bytes]:
        return Response(listed(ERROR_PAGES), media_type=HTML)

    @get(f"{ERROR_PAGES}/{{code:str}}")
    async def error(request: HttpRequest) -> Response[bytes]:
        return Response(written(_named(request, "code", entries)), media_type=HTML)

    return [errors, error]


def _by_language(write: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """Return what writes a page by its name, once for each language in which it's requested."""

    @functools.cache
    def written(_: str, name: str) -> bytes:
        return write(name)

    return lambda name: written(language().tag, name)


def _named(request: HttpRequest, parameter: str, known: Container[str]) -> str:
    """Return what a path names.

    Raises:
        Refused: it isn't known.
    """
    name = str(request.path_params[parameter])
    if name not in known:
        raise Refused(AppError(NO_ROUTE))
    return name


def _asset_route(name: str) -> HTTPRouteHandler:
    content = asset(name)

    @get(f"/docs/{name}")
    async def answer() -> Response[bytes]:
        return Response(content, media_type=ASSETS[name])

    return answer
