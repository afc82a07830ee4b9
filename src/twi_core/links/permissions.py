"""The permissions of links."""

from typing import Final

from twi_core.kernel.permissions import Level, declare_permission

LINKS_VIEW: Final = declare_permission("links.view", Level.EVERYONE, "view links")
LINKS_ADD: Final = declare_permission("links.add", Level.MODERATOR, "add links")
LINKS_MANAGE_OWN: Final = declare_permission("links.manage_own", Level.EVERYONE, "change your own links")
LINKS_MANAGE_ANY: Final = declare_permission("links.manage_any", Level.ADMINISTRATOR, "change other people's links")
LINKS_CONFIGURE: Final = declare_permission("links.configure", Level.ADMINISTRATOR, "change how links are shown here")
