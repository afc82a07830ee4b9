"""Settings of a guild: declared by contexts, read by any code that needs one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar, cast, final

from twi_core.kernel.ids import ChannelId, GuildId, RoleId
from twi_core.kernel.permissions import Permission

T = TypeVar("T")

SETTINGS_TOPIC: Final = "settings"
"""The topic under which changed settings are invalidated."""
ROLES_LIMIT: Final = 25
"""How many roles one setting may hold."""


class SettingKind(StrEnum):
    """The kind of value a setting holds."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    CHANNEL = "channel"
    ROLES = "roles"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[T]):
    """One setting of a guild.

    `minimum` and `maximum` bound a number. `permission` is required to change it. A channel that isn't set is None.
    """

    key: str
    kind: SettingKind
    default: T
    summary: str
    permission: Permission
    minimum: int | None = None
    maximum: int | None = None


AnySetting = Setting[bool] | Setting[int] | Setting[ChannelId | None] | Setting[tuple[RoleId, ...]]
"""A setting of any kind."""

_declared: Final[dict[str, AnySetting]] = {}


def _declare(setting: Setting[T]) -> Setting[T]:
    if setting.key in _declared:
        raise ValueError(f"the setting {setting.key!r} is already declared")
    _declared[setting.key] = cast("AnySetting", setting)
    return setting


def boolean_setting(key: str, default: bool, summary: str, permission: Permission) -> Setting[bool]:
    """Declare an on/off setting, once, when its module is imported."""
    return _declare(Setting(key=key, kind=SettingKind.BOOLEAN, default=default, summary=summary, permission=permission))


def integer_setting(
    key: str, default: int, summary: str, permission: Permission, *, minimum: int, maximum: int
) -> Setting[int]:
    """Declare a number within bounds."""
    return _declare(
        Setting(
            key=key,
            kind=SettingKind.INTEGER,
            default=default,
            summary=summary,
            permission=permission,
            minimum=minimum,
            maximum=maximum,
        )
    )


def channel_setting(key: str, summary: str, permission: Permission) -> Setting[ChannelId | None]:
    """Declare a channel; None unless it is set."""
    default: ChannelId | None = None
    return _declare(Setting(key=key, kind=SettingKind.CHANNEL, default=default, summary=summary, permission=permission))


def roles_setting(key: str, summary: str, permission: Permission) -> Setting[tuple[RoleId, ...]]:
    """Declare a list of up to `ROLES_LIMIT` roles; empty unless it is set."""
    default: tuple[RoleId, ...] = ()
    return _declare(Setting(key=key, kind=SettingKind.ROLES, default=default, summary=summary, permission=permission))


def declared_settings() -> Mapping[str, AnySetting]:
    """Return every setting that the imported contexts declare, in alphabetical order."""
    return dict(sorted(_declared.items()))


class GuildSettings(Protocol):
    """A reader of a guild's settings."""

    async def get(self, setting: Setting[T], guild: GuildId, /) -> T:
        """Return the value: the guild's own, otherwise the default.

        Raises:
            PortError: it can't be read.
        """
        ...
