"""What a guild sets about permissions."""

from typing import Final

from twi_core.kernel.settings import boolean_setting, channel_setting, roles_setting
from twi_core.permissions.permissions import PERMISSIONS_APPOINT, PERMISSIONS_MANAGE

ADMIN_ROLES: Final = roles_setting(
    "permissions.admin_roles", "The roles whose holders are administrators for this bot.", PERMISSIONS_APPOINT
)
QUIET_REFUSALS: Final = boolean_setting(
    "permissions.quiet_refusals",
    False,
    "Whether written commands of members who may not use them are passed over in silence.",
    PERMISSIONS_MANAGE,
)
HELP_CHANNEL: Final = channel_setting(
    "permissions.help_channel", "Where members who were refused are told to ask.", PERMISSIONS_MANAGE
)
