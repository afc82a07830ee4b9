"""One route per operation."""

from collections.abc import Sequence
from typing import Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from twi_core.application import UNKNOWN_OPERATION
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.outcome import Failure
from twi_core.pipeline.authorise import NO_GUILD
from twi_core.pipeline.throttle import last_decision
from twi_http.catalogue import catalogue
from twi_http.clients import Clients
from twi_http.errors import Refused
from twi_http.intake import (
    HttpRequest,
    check_types,
    context_of,
    expected_types,
    guild_of,
    read_object,
    refuse_query,
)
from twi_http.paths import OPERATIONS, path_of
from twi_http.quota import quota_headers
from twi_http.shield import current_call
from twi_http.wording import write_for
from twi_runtime.opening.lifecycle import Runtime

JSON: Final = "application/json"


def operation_routes(runtime: Runtime, operations: Sequence[AnyOperation]) -> list[HTTPRouteHandler]:
    """Build the routes of the operations, of their list, and of misspelt names."""
    clients = Clients(runtime)
    return [
        _list_route(clients, operations),
        *(_route(clients, operation, operations) for operation in operations),
        *_unknown_routes(clients, operations),
    ]


def _route(clients: Clients, operation: AnyOperation, operations: Sequence[AnyOperation]) -> HTTPRouteHandler:
    types = expected_types(operation.command)

    async def answer(request: HttpRequest) -> Response[bytes]:
        async with clients.identified(request) as token:
            context = context_of(token, guild_of(request) if operation.policy.guild else None)
            current_call.set(context)
            write_for(operations, context.guild, operation)
            refuse_query(request)
            fields = await read_object(request, operation.command)
            write_for(operations, context.guild, operation, fields)
            check_types(fields, types)
        last_decision.set(None)
        outcome = await operation.call(fields, context)
        headers = quota_headers(last_decision.get())
        if isinstance(outcome, Failure):
            clients.block(request, outcome.failure())
            raise Refused(outcome.failure(), headers=headers)
        return Response(operation.values.dump_json(outcome.unwrap()), media_type=JSON, headers=headers)

    if operation.policy.guild:
        return post(f"/api/v1/guilds/{{guild:str}}/operations/{operation.name}", status_code=200)(answer)
    return post(path_of(operation), status_code=200)(answer)


def _list_route(clients: Clients, operations: Sequence[AnyOperation]) -> HTTPRouteHandler:
    @get(OPERATIONS)
    async def list_operations(request: HttpRequest) -> Response[bytes]:
        async with clients.identified(request):
            refuse_query(request)
        return Response(catalogue({path_of(operation): operation for operation in operations}), media_type=JSON)

    return list_operations


def _unknown_routes(clients: Clients, operations: Sequence[AnyOperation]) -> list[HTTPRouteHandler]:
    """Build the routes that refuse a misspelt name or a missing guild, instead of “no such address”."""
    in_guilds = {operation.name for operation in operations if operation.policy.guild}

    @post("/api/v1/guilds/{guild:str}/operations/{name:str}", status_code=200)
    async def unknown_in_guild(request: HttpRequest) -> Response[bytes]:
        async with clients.identified(request) as token:
            context_of(token, guild_of(request))
            raise _unknown(str(request.path_params["name"]))

    @post("/api/v1/operations/{name:str}", status_code=200)
    async def unknown(request: HttpRequest) -> Response[bytes]:
        async with clients.identified(request):
            name = str(request.path_params["name"])
            raise Refused(AppError(NO_GUILD)) if name in in_guilds else _unknown(name)

    return [unknown_in_guild, unknown]


def _unknown(name: str) -> Refused:
    return Refused(AppError(UNKNOWN_OPERATION, {"name": name[:100]}))
