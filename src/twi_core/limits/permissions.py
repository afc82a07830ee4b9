"""What may be granted about limits."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

LIMITS_SHOW: Final = declare_permission(
    "limits.show", Level.EVERYONE, "look at the limits that hold for you in this server"
)
LIMITS_VIEW: Final = declare_permission("limits.view", Level.MODERATOR, "look at the rules about limits of this server")
LIMITS_MANAGE: Final = declare_permission("limits.manage", Level.ADMINISTRATOR, "change the limits of this server")
LIMITS_BYPASS: Final = declare_permission("limits.bypass", Level.ADMINISTRATOR, "pass over the limits of this server")
