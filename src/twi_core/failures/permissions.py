"""The permissions of failures."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

FAILURES_VIEW: Final = declare_permission("failures.view", Level.MODERATOR, "look up failures in this server")
FAILURES_MANAGE: Final = declare_permission("failures.manage", Level.OPERATOR, "view the bot's bugs")
