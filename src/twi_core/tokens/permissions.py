"""The permissions of API tokens, for operators only."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

TOKENS_MANAGE: Final = declare_permission("tokens.manage", Level.OPERATOR, "manage API tokens")
