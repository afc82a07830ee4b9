"""What the fake's REST API answers when nothing goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tests.wire import payloads
from tests.wire.faults import Answer, refusal
from tests.wire.records import Json, Request
from tests.wire.world import APPLICATION, OPERATOR, World

Route: TypeAlias = "Callable[[Routes, Request, dict[str, str]], Answer]"

_NO_CONTENT: Final = Answer(204)
_DEFERRALS: Final = (5, 6)
_MESSAGE_ANSWERS: Final = (4, 7)
_routes: list[tuple[str, re.Pattern[str], Route]] = []


def _route(method: str, template: str) -> Callable[[Route], Route]:
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))

    def add(function: Route) -> Route:
        _routes.append((method, pattern, function))
        return function

    return add


@dataclass(slots=True)
class Exchange:
    """How far an interaction has come: what it was answered with, and the message that shows it."""

    interaction: Json
    answered_with: int | None = None
    message: Json | None = None


@dataclass(slots=True)
class Routes:
    """The routes that answer requests, and remember them.

    Attributes:
        exchanges: Interactions by token; filled when one is dispatched.
        messages: The bot's messages that exist, by id.
        unserved: Requests for which there is no route: a test that sees one here needs another route.
    """

    world: World
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    messages: dict[str, Json] = field(default_factory=dict)
    unserved: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """Return what Discord would answer."""
        for method, pattern, function in _routes:
            if method == request.method and (found := pattern.fullmatch(request.path)):
                return function(self, request, found.groupdict())
        self.unserved.append(request)
        return refusal(404, 0, "404: Not Found")

    def post(self, channel_id: str, sent: Json) -> Json:
        """Keep a message of the bot and return it."""
        made = payloads.bot_message(self.world.ids.next(), sent, channel_id=channel_id, author=self.world.bot)
        self.messages[made["id"]] = made
        return made

    def exchange(self, token: str) -> Exchange | None:
        """Return the interaction of a token if it was answered, so that the token can be used."""
        found = self.exchanges.get(token)
        return found if found is not None and found.answered_with is not None else None


@_route("GET", "/users/@me")
def _own_user(routes: Routes, _request: Request, _ids: dict[str, str]) -> Answer:
    return Answer(200, routes.world.bot)


@_route("GET", "/oauth2/applications/@me")
def _application(routes: Routes, _request: Request, _ids: dict[str, str]) -> Answer:
    application = payloads.application(APPLICATION, routes.world.users[OPERATOR])
    return Answer(200, application | {"team": routes.world.team})


@_route("GET", "/users/{user}")
def _user(routes: Routes, _request: Request, ids: dict[str, str]) -> Answer:
    found = routes.world.users.get(int(ids["user"]))
    return refusal(404, 10013, "Unknown User") if found is None else Answer(200, found)


@_route("POST", "/users/@me/channels")
def _open_dm(routes: Routes, request: Request, _ids: dict[str, str]) -> Answer:
    user_id = int(request.json["recipient_id"])
    return Answer(200, payloads.dm_channel(routes.world.dm_id(user_id), routes.world.users[user_id]))


@_route("PUT", "/applications/{application}/commands")
@_route("PUT", "/applications/{application}/guilds/{guild}/commands")
def _sync(routes: Routes, request: Request, ids: dict[str, str]) -> Answer:
    scope = ids.get("guild")
    world = routes.world
    kept = {name: entry for name, entry in world.commands.items() if entry.get("guild_id") != scope}
    synced: dict[str, Json] = {}
    for entry in request.json:
        same = {"application_id": str(APPLICATION), "version": "1", "guild_id": scope}
        known = world.commands.get(entry["name"])
        command_id = world.ids.next() if known is None else known["id"]
        synced[entry["name"]] = {"type": 1, "description": "", **entry, **same, "id": command_id}
    world.commands = kept | synced
    return Answer(200, list(synced.values()))


@_route("GET", "/applications/{application}/commands")
@_route("GET", "/applications/{application}/guilds/{guild}/commands")
def _commands(routes: Routes, _request: Request, ids: dict[str, str]) -> Answer:
    scope = ids.get("guild")
    return Answer(200, [entry for entry in routes.world.commands.values() if entry["guild_id"] == scope])


@_route("POST", "/interactions/{interaction}/{token}/callback")
def _callback(routes: Routes, request: Request, ids: dict[str, str]) -> Answer:
    exchange = routes.exchanges.get(ids["token"])
    if exchange is None:
        return refusal(404, 10062, "Unknown interaction")
    if exchange.answered_with is not None:
        return refusal(400, 40060, "Interaction has already been acknowledged.")
    kind = int(request.json["type"])
    exchange.answered_with = kind
    data: Json = request.json.get("data") or {}
    resource: Json = {"type": kind}
    if kind == _MESSAGE_ANSWERS[0] or kind == _DEFERRALS[0]:
        exchange.message = routes.post(exchange.interaction["channel_id"], data)
    elif kind in (*_MESSAGE_ANSWERS, *_DEFERRALS):
        shown: Json = exchange.interaction["message"]
        known = routes.messages.get(shown["id"], shown)
        edited: Json = {**known, **payloads.edited_fields(data)}
        exchange.message = routes.messages[shown["id"]] = edited
    if exchange.message is not None:
        resource["message"] = exchange.message
    if request.query.get("with_response") not in ("1", "true"):
        return _NO_CONTENT
    shown_id = None if exchange.message is None else exchange.message["id"]
    interaction: Json = {"id": ids["interaction"], "type": exchange.interaction["type"]}
    interaction |= {"response_message_loading": kind == _DEFERRALS[0]}
    interaction |= {} if shown_id is None else {"response_message_id": shown_id}
    return Answer(200, {"interaction": interaction, "resource": resource})


@_route("POST", "/webhooks/{application}/{token}")
def _follow_up(routes: Routes, request: Request, ids: dict[str, str]) -> Answer:
    exchange = routes.exchange(ids["token"])
    if exchange is None:
        return refusal(404, 10015, "Unknown Webhook")
    return Answer(200, routes.post(exchange.interaction["channel_id"], request.json))


@_route("PATCH", "/webhooks/{application}/{token}/messages/{message}")
@_route("GET", "/webhooks/{application}/{token}/messages/{message}")
@_route("DELETE", "/webhooks/{application}/{token}/messages/{message}")
def _webhook_message(routes: Routes, request: Request, ids: dict[str, str]) -> Answer:
    exchange = routes.exchange(ids["token"])
    if exchange is None:
        return refusal(404, 10015, "Unknown Webhook")
    shown_id = ids["message"]
    if shown_id == "@original" and exchange.message is not None:
        shown_id = exchange.message["id"]
    return _one_message(routes, request, shown_id)


@_route("PATCH", "/channels/{channel}/messages/{message}")
@_route("GET", "/channels/{channel}/messages/{message}")
@_route("DELETE", "/channels/{channel}/messages/{message}")
def _channel_message(routes: Routes, request: Request, ids: dict[str, str]) -> Answer:
    return _one_message(routes, request, ids["message"])


def _one_message(routes: Routes, request: Request, message_id: str) -> Answer:
    found = routes.messages.get(message_id)
    if found is None:
        return refusal(404, 10008, "Unknown Message")
    if request.method == "DELETE":
        del routes.messages[message_id]
        return _NO_CONTENT
    if request.method == "PATCH":
        found |= {**payloads.edited_fields(request.json), "edited_timestamp": payloads.now()}
    return Answer(200, found)


@_route("POST", "/channels/{channel}/messages")
def _send_message(routes: Routes, request: Request, ids: dict[str, str]) -> Answer:
    if request.json.get("enforce_nonce"):  # The same nonce again is the same message, sent once.
        for made in routes.messages.values():
            if made["channel_id"] == ids["channel"] and made.get("nonce") == request.json["nonce"]:
                return Answer(200, made)
    return Answer(200, routes.post(ids["channel"], request.json))


@_route("POST", "/channels/{channel}/typing")
@_route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
@_route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
@_route("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
@_route("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
def _done(_routes: Routes, _request: Request, _ids: dict[str, str]) -> Answer:
    return _NO_CONTENT


@_route("GET", "/channels/{channel}")
def _channel(routes: Routes, _request: Request, ids: dict[str, str]) -> Answer:
    try:
        return Answer(200, routes.world.channel(int(ids["channel"])))
    except LookupError:
        return refusal(404, 10003, "Unknown Channel")


@_route("GET", "/guilds/{guild}")
def _guild(routes: Routes, _request: Request, ids: dict[str, str]) -> Answer:
    found = routes.world.guilds.get(int(ids["guild"]))
    return refusal(404, 10004, "Unknown Guild") if found is None else Answer(200, found)


@_route("GET", "/guilds/{guild}/members/{user}")
def _member(routes: Routes, _request: Request, ids: dict[str, str]) -> Answer:
    try:
        return Answer(200, routes.world.member(int(ids["guild"]), int(ids["user"])))
    except LookupError:
        return refusal(404, 10007, "Unknown Member")
