"""What hypothesis may set settings to, and how people write it."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from twi_core.kernel.ids import LARGEST_ID, ChannelId, RoleId
from twi_core.kernel.settings import ROLES_LIMIT, AnySetting, SettingKind, declared_settings
from twi_core.links.settings import PAGE_SIZE
from twi_core.permissions.settings import ADMIN_ROLES, HELP_CHANNEL, QUIET_REFUSALS
from twi_core.settings.rules.values import Value, written

SETTINGS: Final[tuple[AnySetting, ...]] = tuple(declared_settings().values())
KEYS: Final = (PAGE_SIZE.key, ADMIN_ROLES.key, HELP_CHANNEL.key, QUIET_REFUSALS.key)
"""One of each kind."""

settings: Final[SearchStrategy[AnySetting]] = st.sampled_from(SETTINGS)
ids: Final = st.one_of(st.integers(1, 30), st.integers(1, LARGEST_ID))


def roles(most: int = ROLES_LIMIT) -> SearchStrategy[tuple[RoleId, ...]]:
    """Return lists of roles as they are kept: sorted, each once."""
    return st.sets(ids, max_size=most).map(lambda found: tuple(RoleId(each) for each in sorted(found)))


def values(setting: AnySetting) -> SearchStrategy[Value]:
    """Return values that a setting can have."""
    match setting.kind:
        case SettingKind.BOOLEAN:
            return st.booleans()
        case SettingKind.INTEGER:
            return st.integers(setting.minimum, setting.maximum)
        case SettingKind.CHANNEL:
            return st.none() | ids.map(ChannelId)
        case SettingKind.ROLES:
            return roles()


def as_people_write(setting: AnySetting, value: Value, draw: Any) -> str:
    """Write a value in one of the ways in which people do."""
    match value:
        case bool():
            text: str = draw(st.sampled_from(("yes", "On", "TRUE", "1") if value else ("no", "Off", "FALSE", "0")))
        case tuple():
            shown = [draw(st.sampled_from((f"<@&{role}>", str(role)))) for role in draw(st.permutations(value))]
            text = draw(st.sampled_from((",", ", ", " ", "  ,\n"))).join(shown)
        case ChannelId():
            text = draw(st.sampled_from((f"<#{value}>", str(value))))
        case _:
            text = written(value)
    return f"{draw(st.sampled_from(('', ' ')))}{text}{draw(st.sampled_from(('', ' ')))}"
