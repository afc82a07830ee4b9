"""What may be granted about settings; what changing one takes, each setting says itself."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

SETTINGS_VIEW: Final = declare_permission("settings.view", Level.MODERATOR, "look at the settings of this server")
