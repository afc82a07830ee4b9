"""Who and what exists in the fake Discord, and what people do there as gateway payloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tests.wire import payloads
from tests.wire.records import Json, Snowflakes

TOKEN: Final = "fake.wire.token"
APPLICATION: Final = 100_000_000_000_000_001
BOT: Final = 100_000_000_000_000_001
GUILD: Final = 200_000_000_000_000_001
MODERATOR_ROLE: Final = 200_000_000_000_000_011
ADMINISTRATOR_ROLE: Final = 200_000_000_000_000_012
CHANNEL: Final = 300_000_000_000_000_001
THREAD: Final = 300_000_000_000_000_002
OPERATOR: Final = 400_000_000_000_000_001
ADMIN: Final = 400_000_000_000_000_002
MOD: Final = 400_000_000_000_000_003
ALICE: Final = 400_000_000_000_000_004
BOB: Final = 400_000_000_000_000_005

Value = str | int | float | bool
_OPTION_TYPES: Final = {str: 3, int: 4, bool: 5, float: 10}
_SUBCOMMANDS: Final = (1, 2)
_DM_OFFSET: Final = 500_000_000_000_000_000


class World:
    """One guild with an operator (its owner), an administrator, a moderator and two members.

    `guilds` and `users` are plain payloads: a test may change or add to them before the bot identifies. `token` is the
    one that the bot has to bring. The application belongs to `team`, if there is one, else to the operator.
    """

    def __init__(self) -> None:
        self.token = TOKEN
        self.ids = Snowflakes()
        self.bot = payloads.user(BOT, "cognita", bot=True)
        people = {OPERATOR: "operator", ADMIN: "admin", MOD: "mod", ALICE: "alice", BOB: "bob"}
        self.users: dict[int, Json] = {BOT: self.bot} | {
            user_id: payloads.user(user_id, name) for user_id, name in people.items()
        }
        self.team: Json | None = None
        self.commands: dict[str, Json] = {}
        self.guilds: dict[int, Json] = {GUILD: self._first_guild()}

    def _first_guild(self) -> Json:
        roles = {ADMIN: [ADMINISTRATOR_ROLE], MOD: [MODERATOR_ROLE]}
        return payloads.guild(
            GUILD,
            "The Inn",
            owner_id=OPERATOR,
            roles=[
                payloads.role(GUILD, "@everyone", permissions=payloads.EVERYONE_MAY, position=0),
                payloads.role(MODERATOR_ROLE, "Moderator", permissions=payloads.MANAGE_MESSAGES, position=1),
                payloads.role(ADMINISTRATOR_ROLE, "Administrator", permissions=payloads.ADMINISTRATOR, position=2),
            ],
            members=[payloads.member(who, roles=roles.get(key, [])) for key, who in self.users.items()],
            channels=[payloads.text_channel(CHANNEL, "general")],
            threads=[payloads.thread(THREAD, "a thread", guild_id=GUILD, parent_id=CHANNEL, owner_id=ALICE)],
        )

    def member(self, guild_id: int, user_id: int) -> Json:
        """Return a member of a guild.

        Raises:
            LookupError: Nobody of that id is in the guild.
        """
        for entry in self.guilds[guild_id]["members"]:
            if entry["user"]["id"] == str(user_id):
                found: Json = entry
                return found
        raise LookupError(f"user {user_id} is not in guild {guild_id}")

    def permissions(self, guild_id: int, user_id: int) -> int:
        """Return what a member may do in the guild's channels, as Discord's bit field."""
        guild = self.guilds[guild_id]
        held = {str(guild_id), *self.member(guild_id, user_id)["roles"]}
        granted = 0
        for entry in guild["roles"]:
            if entry["id"] in held:
                granted |= int(entry["permissions"])
        if guild["owner_id"] == str(user_id) or granted & payloads.ADMINISTRATOR:
            return payloads.ALL_PERMISSIONS
        return granted

    def channel(self, channel_id: int) -> Json:
        """Return a channel, thread or direct-message channel by id.

        Raises:
            LookupError: There is none.
        """
        for guild in self.guilds.values():
            for entry in [*guild["channels"], *guild["threads"]]:
                if entry["id"] == str(channel_id):
                    return {**entry, "guild_id": guild["id"]}
        if (recipient := self.users.get(channel_id - _DM_OFFSET)) is not None:
            return payloads.dm_channel(channel_id, recipient)
        raise LookupError(f"no channel {channel_id}")

    def dm_id(self, user_id: int) -> int:
        """Return the id of the direct-message channel between the bot and a person."""
        return _DM_OFFSET + user_id

    def message(self, content: str, *, by: int = ALICE, guild: int | None = GUILD, channel: int | None = None) -> Json:
        """Return MESSAGE_CREATE's payload: somebody writes; `guild=None` is a direct message."""
        place = channel or (CHANNEL if guild is not None else self.dm_id(by))
        mentioned = [self.bot] if f"<@{BOT}>" in content else []
        return payloads.message(
            self.ids.next(),
            content,
            channel_id=str(place),
            author=self.users[by],
            of_guild=None if guild is None else self.guilds[guild],
            of_member=None if guild is None else self.member(guild, by),
            mentions=mentioned,
        )

    def slash(
        self,
        command: str,
        options: Mapping[str, Value] | None = None,
        *,
        by: int = ALICE,
        guild: int | None = GUILD,
        channel: int | None = None,
        age: float = 0.0,
    ) -> Json:
        """Return INTERACTION_CREATE's payload for a slash command that the bot has synced.

        Args:
            command: Its full name, blanks between group and subcommand: `"link get"`.
            options: Values by option name; types must be those of the synced definition.
            by: Who uses it.
            guild: Where, or None for a direct message.
            channel: A channel or thread of the guild, if not the first channel.
            age: Seconds since the interaction was made, by its id.

        Raises:
            LookupError: The bot has not synced such a command or option.
            TypeError: A value does not fit its option's type.
        """
        return self._command(2, command, options or {}, None, by=by, guild=guild, channel=channel, age=age)

    def autocomplete(
        self,
        command: str,
        options: Mapping[str, Value],
        *,
        focused: str,
        by: int = ALICE,
        guild: int | None = GUILD,
        channel: int | None = None,
    ) -> Json:
        """Return INTERACTION_CREATE's payload for a keystroke in the option `focused` (see `slash`)."""
        return self._command(4, command, options, focused, by=by, guild=guild, channel=channel, age=0.0)

    def click(
        self,
        of_message: Json,
        custom_id: str,
        *,
        values: Sequence[str] | None = None,
        by: int = ALICE,
        guild: int | None = GUILD,
        channel: int | None = None,
    ) -> Json:
        """Return INTERACTION_CREATE's payload for a press of a button, or with `values` of a select."""
        data: Json = {"custom_id": custom_id, "component_type": 2 if values is None else 3}
        if values is not None:
            data["values"] = list(values)
        made = self._interaction(3, data, by=by, guild=guild, channel=channel, age=0.0)
        return {**made, "message": of_message}

    def _command(
        self,
        kind: int,
        command: str,
        options: Mapping[str, Value],
        focused: str | None,
        *,
        by: int,
        guild: int | None,
        channel: int | None,
        age: float,
    ) -> Json:
        top, *path = command.split(" ")
        definition = self.commands.get(top)
        if definition is None:
            raise LookupError(f"/{top} is not synced; there are: {', '.join(self.commands) or 'none'}")
        data: Json = {"id": definition["id"], "name": top, "type": 1, "guild_id": definition.get("guild_id")}
        level = data
        for name in path:
            definition = _option(definition, name)
            inner: Json = {"name": name, "type": definition["type"]}
            level["options"] = [inner]
            level = inner
        if any(option["type"] in _SUBCOMMANDS for option in definition.get("options", [])):
            raise LookupError(f"/{command} is a group")
        level["options"] = [
            _given(_option(definition, name), value, focused=name == focused) for name, value in options.items()
        ]
        return self._interaction(kind, data, by=by, guild=guild, channel=channel, age=age)

    def _interaction(
        self, kind: int, data: Json, *, by: int, guild: int | None, channel: int | None, age: float
    ) -> Json:
        interaction_id = self.ids.next(age=age)
        place = self.channel(channel or (CHANNEL if guild is not None else self.dm_id(by)))
        made: Json = {
            "id": interaction_id,
            "application_id": str(APPLICATION),
            "type": kind,
            "token": f"token-{interaction_id}",
            "version": 1,
            "data": data,
            "channel": place,
            "channel_id": place["id"],
            "locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": 10_485_760,
            "app_permissions": str(payloads.ALL_PERMISSIONS),
            "authorizing_integration_owners": {"0": str(guild or 0)},
            "context": 0 if guild is not None else 1,
        }
        if guild is None:
            return {**made, "user": self.users[by]}
        allowed = str(self.permissions(guild, by))
        place["permissions"] = allowed
        short = {"id": str(guild), "locale": "en-US", "features": []}
        who = {**self.member(guild, by), "permissions": allowed}
        return {**made, "guild_id": str(guild), "guild": short, "guild_locale": "en-US", "member": who}


def _option(definition: Json, name: str) -> Json:
    options: list[Json] = definition.get("options", [])
    for option in options:
        if option["name"] == name:
            return option
    known = ", ".join(str(option["name"]) for option in options) or "none"
    raise LookupError(f"{definition['name']} has no option {name!r}; there are: {known}")


def _given(option: Json, value: Value, *, focused: bool) -> Json:
    natural = _OPTION_TYPES[type(value)]
    # Snowflake options (user, channel, role, mentionable, attachment) travel as strings.
    fits = natural == option["type"] or (natural == 3 and option["type"] in (6, 7, 8, 9, 11))
    if not fits and not focused:
        raise TypeError(f"option {option['name']!r} has type {option['type']}, not that of {value!r}")
    return {"name": option["name"], "type": option["type"], "value": value} | ({"focused": True} if focused else {})
