"""What may be granted about permissions themselves."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

PERMISSIONS_EXPLAIN: Final = declare_permission(
    "permissions.explain", Level.EVERYONE, "ask why you may or may not do something", by_level_only=True
)
PERMISSIONS_VIEW: Final = declare_permission(
    "permissions.view", Level.MODERATOR, "look at the rules of this server or ask as somebody else"
)
PERMISSIONS_MANAGE: Final = declare_permission(
    "permissions.manage", Level.ADMINISTRATOR, "change the rules of this server"
)
PERMISSIONS_APPOINT: Final = declare_permission(
    "permissions.appoint", Level.ADMINISTRATOR, "say which roles make an administrator", by_level_only=True
)
