"""The caller, by the options of the command line: the operator, unless an actor is named."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias, TypeVar, final

from cyclopts import Parameter

from twi_cli.errors import INVALID_VALUE
from twi_cli.output.outlet import Output, UsageError
from twi_core.application import Application
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.ids import GuildId, RoleId, Snowflake, UserId
from twi_core.kernel.language import text
from twi_core.kernel.permissions import Level
from twi_runtime.languages import environment_languages

GROUP: Final = "Caller"

LevelName: TypeAlias = Literal["everyone", "moderator", "administrator", "operator"]

GuildOption: TypeAlias = Annotated[str | None, Parameter("--guild", help="The server's id.", group=GROUP)]
ActorOption: TypeAlias = Annotated[
    str | None, Parameter("--actor", help="Act as the user with this id. Default: the operator.", group=GROUP)
]
RoleOption: TypeAlias = Annotated[
    list[str] | None,
    Parameter("--role", help="Their role, by id. Can be repeated.", group=GROUP, negative=""),
]
LevelOption: TypeAlias = Annotated[
    LevelName | None, Parameter("--as", help="Their level. Default: everyone.", group=GROUP)
]
OutputOption: TypeAlias = Annotated[Output, Parameter("--output", help="The format of the result.")]

I = TypeVar("I", bound=Snowflake)  # noqa: E741

_ID: Final = re.compile(r"[0-9]{1,20}", re.ASCII)


@final
@dataclass(frozen=True, slots=True)
class Caller:
    """The caller and the server of a call."""

    guild: GuildId | None
    actor: UserId | None
    roles: frozenset[RoleId]
    level: Level

    def options(self) -> Mapping[str, Sequence[str]]:
        """Return the options that name this caller, by field: none that are the default, and not the server."""
        found: dict[str, Sequence[str]] = {}
        if self.actor is not None:
            found["actor"] = ("--actor", str(self.actor))
        if self.roles:
            found["role"] = [word for role in sorted(self.roles) for word in ("--role", str(role))]
        if self.level is not _default(self.actor):
            found["as_"] = ("--as", self.level.label)
        return found

    def context(self, app: Application) -> CallContext:
        """Make the context of a call."""
        return app.context(
            actor=self.actor,
            guild=self.guild,
            roles=self.roles,
            asserted_level=self.level,
            languages=environment_languages(os.environ),
            origin=Origin.CLI,
        )


def read_caller(
    guild: str | None = None,
    actor: str | None = None,
    roles: Sequence[str] | None = None,
    level: LevelName | None = None,
) -> Caller:
    """Read the caller's options.

    Raises:
        UsageError: an id isn't one.
    """
    user = None if actor is None else _id(UserId, "--actor", actor)
    return Caller(
        guild=None if guild is None else _id(GuildId, "--guild", guild),
        actor=user,
        roles=frozenset(_id(RoleId, "--role", role) for role in roles or ()),
        level=_default(user) if level is None else Level[level.upper()],
    )


def _default(actor: UserId | None) -> Level:
    return Level.OPERATOR if actor is None else Level.EVERYONE


def read_guild(arguments: Sequence[str]) -> GuildId | None:
    """Return the server that a command line names, also where the line can't be understood otherwise."""
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name == "--guild":
            try:
                return _id(GuildId, name, value if equals else next(words, ""))
            except UsageError:
                return None
    return None


def _id(kind: type[I], option: str, given: str) -> I:
    try:
        if _ID.fullmatch(given):
            return kind(int(given))
    except ValueError:
        pass
    takes = text("an id, which is a number of up to 19 digits")
    raise UsageError(INVALID_VALUE, {"option": option, "value": given[:64], "takes": takes})
