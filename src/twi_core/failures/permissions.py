"""What may be granted about failures."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

FAILURES_VIEW: Final = declare_permission(
    "failures.view", Level.MODERATOR, "look up what went wrong for somebody in this server"
)
FAILURES_MANAGE: Final = declare_permission("failures.manage", Level.OPERATOR, "look at the bugs of the bot")
