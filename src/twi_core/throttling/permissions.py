"""What may be granted about limits."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

THROTTLING_SHOW: Final = declare_permission(
    "throttling.show", Level.EVERYONE, "look at the limits that hold for you in this server"
)
THROTTLING_VIEW: Final = declare_permission(
    "throttling.view", Level.MODERATOR, "look at the rules about limits of this server"
)
THROTTLING_MANAGE: Final = declare_permission(
    "throttling.manage", Level.ADMINISTRATOR, "change the limits of this server"
)
THROTTLING_BYPASS: Final = declare_permission(
    "throttling.bypass", Level.ADMINISTRATOR, "pass over the limits of this server"
)
