"""The permissions of limits."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

LIMITS_SHOW: Final = declare_permission("limits.show", Level.EVERYONE, "view your limits in this server")
LIMITS_VIEW: Final = declare_permission("limits.view", Level.MODERATOR, "view this server's limit rules")
LIMITS_MANAGE: Final = declare_permission("limits.manage", Level.ADMINISTRATOR, "change this server's limits")
LIMITS_BYPASS: Final = declare_permission("limits.bypass", Level.ADMINISTRATOR, "bypass this server's limits")
