"""The settings of permissions."""

from typing import Final

from twi_core.kernel.settings import boolean_setting, channel_setting, roles_setting
from twi_core.permissions.permissions import PERMISSIONS_APPOINT, PERMISSIONS_MANAGE

ADMIN_ROLES: Final = roles_setting(
    "permissions.admin_roles", "Roles whose members are administrators for this bot.", PERMISSIONS_APPOINT
)
QUIET_REFUSALS: Final = boolean_setting(
    "permissions.quiet_refusals",
    False,
    "Whether to ignore written commands from members who can't use them.",
    PERMISSIONS_MANAGE,
)
HELP_CHANNEL: Final = channel_setting(
    "permissions.help_channel", "The channel where refused members can ask for help.", PERMISSIONS_MANAGE
)
