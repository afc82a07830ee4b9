"""The permissions of settings; each setting declares the permission required to change it."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

SETTINGS_VIEW: Final = declare_permission("settings.view", Level.MODERATOR, "view this server's settings")
