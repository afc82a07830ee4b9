"""The permissions of the permissions context itself."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

PERMISSIONS_EXPLAIN: Final = declare_permission(
    "permissions.explain", Level.EVERYONE, "ask why you can or can't do something", by_level_only=True
)
PERMISSIONS_VIEW: Final = declare_permission(
    "permissions.view", Level.MODERATOR, "view this server's rules or check other people's permissions"
)
PERMISSIONS_MANAGE: Final = declare_permission("permissions.manage", Level.ADMINISTRATOR, "change this server's rules")
PERMISSIONS_APPOINT: Final = declare_permission(
    "permissions.appoint", Level.ADMINISTRATOR, "choose the administrator roles", by_level_only=True
)
