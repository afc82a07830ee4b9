"""One route per operation."""

from collections.abc import Sequence
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from twi_core.application import UNKNOWN_OPERATION, Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.outcome import Failure
from twi_core.pipeline.authorise import NO_GUILD
from twi_core.pipeline.throttle import last_taken
from twi_http.catalogue import catalogue
from twi_http.errors import Refused
from twi_http.intake import (
    HttpRequest,
    check_types,
    context_of,
    expected_types,
    guild_of,
    identify,
    read_object,
    refuse_query,
)
from twi_http.paths import OPERATIONS, path_of
from twi_http.quota import quota_headers
from twi_http.shield import current_call

JSON: Final = "application/json"


def operation_routes(app: Application, operations: Sequence[AnyOperation]) -> list[HTTPRouteHandler]:
    """Make the routes of the operations, of their list, and of misspelt names."""
    return [
        _list_route(app, operations),
        *(_route(app, operation) for operation in operations),
        *_unknown_routes(app, operations),
    ]


def _route(app: Application, operation: AnyOperation) -> HTTPRouteHandler:
    types = expected_types(operation.command)

    async def answer(request: HttpRequest, context: CallContext) -> Response[bytes]:
        current_call.set(context)
        refuse_query(request)
        given = await read_object(request, operation.command)
        check_types(given, types)
        last_taken.set(None)
        outcome = await operation.call(given, context)
        headers = quota_headers(last_taken.get())
        if isinstance(outcome, Failure):
            raise Refused(outcome.failure(), headers=headers)
        return Response(operation.values.dump_json(outcome.unwrap()), media_type=JSON, headers=headers)

    async def in_guild(request: HttpRequest) -> Response[bytes]:
        token = await identify(request, app)
        return await answer(request, context_of(token, guild_of(request)))

    async def anywhere(request: HttpRequest) -> Response[bytes]:
        return await answer(request, context_of(await identify(request, app), None))

    if operation.policy.guild:
        return post(f"/api/v1/guilds/{{guild:str}}/operations/{operation.name}", status_code=200)(in_guild)
    return post(path_of(operation), status_code=200)(anywhere)


def _list_route(app: Application, operations: Sequence[AnyOperation]) -> HTTPRouteHandler:
    @get(OPERATIONS)
    async def list_operations(request: HttpRequest) -> Response[bytes]:
        await identify(request, app)
        refuse_query(request)
        return Response(catalogue({path_of(operation): operation for operation in operations}), media_type=JSON)

    return list_operations


def _unknown_routes(app: Application, operations: Sequence[AnyOperation]) -> list[HTTPRouteHandler]:
    """Tell a misspelt name, or a missing guild, from an address that is none at all."""
    in_guilds = {operation.name for operation in operations if operation.policy.guild}

    @post("/api/v1/guilds/{guild:str}/operations/{name:str}", status_code=200)
    async def unknown_in_guild(request: HttpRequest) -> Response[bytes]:
        context_of(await identify(request, app), guild_of(request))
        raise _unknown(str(request.path_params["name"]))

    @post("/api/v1/operations/{name:str}", status_code=200)
    async def unknown(request: HttpRequest) -> Response[bytes]:
        await identify(request, app)
        name = str(request.path_params["name"])
        raise Refused(AppError(NO_GUILD)) if name in in_guilds else _unknown(name)

    return [unknown_in_guild, unknown]


def _unknown(name: str) -> Refused:
    return Refused(AppError(UNKNOWN_OPERATION, {"name": name[:100]}))
