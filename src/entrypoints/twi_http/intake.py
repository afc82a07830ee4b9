"""Reading of requests: the guild, the body and its types; and looking tokens up."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.types import Receive

from twi_core.application import Application
from twi_core.kernel.commands import JSON_LIMIT, UNKNOWN_FIELD, Command, decode, parse_object
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.faults import Conflict, PortError, TimedOut, Unavailable
from twi_core.kernel.ids import GuildId
from twi_core.kernel.language import text
from twi_core.kernel.outcome import Failure
from twi_core.kernel.parameters import ParameterKind, parameters
from twi_core.kernel.schemas import WRONG_TYPE
from twi_core.kernel.text import TEXT_TOO_LONG
from twi_core.pipeline.guard import TIMED_OUT, UNAVAILABLE
from twi_core.tokens.domain import ApiToken
from twi_core.tokens.errors import GUILD_CLOSED
from twi_http.errors import BAD_REQUEST, TOO_SLOW, WRONG_MEDIA_TYPE, Refused
from twi_http.shield import current_call

HttpRequest: TypeAlias = Request[None, None, State]

BODY_SECONDS: Final = 10.0
"""A body that takes longer to arrive is refused."""

_JSON_TYPES: Final[Mapping[ParameterKind, tuple[type, ...]]] = {
    ParameterKind.BOOLEAN: (bool,),
    ParameterKind.INTEGER: (int,),
    ParameterKind.NUMBER: (int, float),
}


class _Place(Command):
    """The part of the path that names a guild."""

    guild: GuildId


async def find_token(app: Application, secret: str) -> ApiToken | None:
    """Look a token up, retrying once if the storage says that this may help, as the pipeline does for calls.

    Raises:
        Refused: the storage failed.
    """
    context = current_call.get()
    try:
        try:
            return await app.authenticate(secret, context)
        except PortError as error:
            if not error.retry:
                raise
        return await app.authenticate(secret, context)
    except TimedOut as error:
        raise Refused(AppError(TIMED_OUT)) from error
    except (Unavailable, Conflict) as error:
        raise Refused(AppError(UNAVAILABLE)) from error


def context_of(token: ApiToken, guild: GuildId | None) -> CallContext:
    """Return the context of a call; its actor, level and guilds are the token's.

    Raises:
        Refused: the token doesn't work in that guild.
    """
    if guild is not None and guild not in token.guilds:
        raise Refused(AppError(GUILD_CLOSED))
    return replace(current_call.get(), actor=token.actor, guild=guild, asserted_level=token.level)


def guild_of(request: HttpRequest) -> GuildId:
    """Parse the guild's id in the path.

    Raises:
        Refused: it is not an id.
    """
    place = decode(_Place, {"guild": request.path_params["guild"]})
    if isinstance(place, Failure):
        raise Refused(place.failure())
    return place.unwrap().guild


def refuse_query(request: HttpRequest) -> None:
    """Refuse query parameters: the API takes none, so that nothing is given twice or ignored.

    Raises:
        Refused: there is one.
    """
    for name in request.query_params:
        raise Refused(AppError(UNKNOWN_FIELD, {"field": text("The query parameter {name}", name=name[:64])}))


async def read_object(request: HttpRequest, command: type[Command]) -> dict[str, object]:
    """Read the body: one JSON object, or nothing if the command requires nothing.

    Raises:
        Refused: it is too large, too slow, of another type, or not valid JSON.
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:20]) > JSON_LIMIT:
        raise _too_large()
    body = await _read(request.receive)
    if not body and not any(field.is_required() for field in command.model_fields.values()):
        return {}
    if body and not _is_json(request):
        raise Refused(AppError(WRONG_MEDIA_TYPE))
    parsed = parse_object(body)
    if isinstance(parsed, Failure):
        error = parsed.failure()
        raise Refused(error, status=400 if error.kind is Kind.INVALID else None)
    return parsed.unwrap()


def check_types(found: Mapping[str, object], expected: Mapping[str, ParameterKind]) -> None:
    """Refuse texts that commands would accept as numbers or booleans from entrypoints that have only text.

    Raises:
        Refused: a field has the wrong JSON type.
    """
    for name, kind in expected.items():
        value = found.get(name)
        types = _JSON_TYPES[kind]
        items = {f"{name}.{at}": item for at, item in enumerate(value)} if isinstance(value, list) else {name: value}
        for field, item in items.items():
            if item is not None and type(item) not in types:
                raise Refused(AppError(WRONG_TYPE, {"field": field, "reason": _wanted(kind)}))


def expected_types(command: type[Command]) -> Mapping[str, ParameterKind]:
    """Return the fields whose values have a JSON type other than text."""
    return {p.name: p.kind for p in parameters(command) if p.kind in _JSON_TYPES}


def _wanted(kind: ParameterKind) -> str:
    match kind:
        case ParameterKind.BOOLEAN:
            return text("it must be true or false")
        case ParameterKind.INTEGER:
            return text("it must be a whole number")
        case _:
            return text("it must be a number")


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise Refused(AppError(BAD_REQUEST))  # the client has gone
                body += message["body"]
                if len(body) > JSON_LIMIT:
                    raise _too_large()
                if not message["more_body"]:
                    return bytes(body)
    except TimeoutError:
        raise Refused(AppError(TOO_SLOW, {"seconds": round(BODY_SECONDS)}), headers={"Connection": "close"}) from None


def _too_large() -> Refused:
    return Refused(AppError(TEXT_TOO_LONG, {"field": text("The body"), "limit": JSON_LIMIT}), status=413)


def _is_json(request: HttpRequest) -> bool:
    types = request.headers.getall("content-type", [])
    if len(types) != 1 or request.headers.get("content-encoding", "identity") != "identity":
        return False
    media_type, *options = (part.strip().lower() for part in types[0].split(";"))
    return media_type == "application/json" and all(
        option in {"charset=utf-8", 'charset="utf-8"'} for option in options
    )
