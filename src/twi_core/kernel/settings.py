"""Settings of a guild: declared by contexts, read by whoever needs one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar, cast, final

from twi_core.kernel.ids import ChannelId, GuildId, RoleId
from twi_core.kernel.permissions import Permission

T = TypeVar("T")

SETTINGS_TOPIC: Final = "settings"
"""Under which changed settings are invalidated."""
ROLES_LIMIT: Final = 25
"""The most roles that one setting may name."""


class SettingKind(StrEnum):
    """Say what a setting holds."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    CHANNEL = "channel"
    ROLES = "roles"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[T]):
    """Declare one setting of a guild.

    `minimum` and `maximum` bound a number. `permission` is what changing it takes. A channel that is not set is none.
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
        raise ValueError(f"the setting {setting.key!r} is declared already")
    _declared[setting.key] = cast("AnySetting", setting)
    return setting


def boolean_setting(key: str, default: bool, summary: str, permission: Permission) -> Setting[bool]:
    """Declare something that is on or off, once, when its module is imported."""
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
    """Declare a channel, none unless it is set."""
    default: ChannelId | None = None
    return _declare(Setting(key=key, kind=SettingKind.CHANNEL, default=default, summary=summary, permission=permission))


def roles_setting(key: str, summary: str, permission: Permission) -> Setting[tuple[RoleId, ...]]:
    """Declare a list of up to `ROLES_LIMIT` roles, empty unless it is set."""
    default: tuple[RoleId, ...] = ()
    return _declare(Setting(key=key, kind=SettingKind.ROLES, default=default, summary=summary, permission=permission))


def declared_settings() -> Mapping[str, AnySetting]:
    """Return every setting that the imported contexts declare, in the order of the alphabet."""
    return dict(sorted(_declared.items()))


class GuildSettings(Protocol):
    """Read the settings of a guild."""

    async def get(self, setting: Setting[T], guild: GuildId, /) -> T:
        """Return the value: what the guild has set, else the default.

        Raises:
            PortError: it cannot be read.
        """
        ...
