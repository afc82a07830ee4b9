"""The settings of links."""

from typing import Final

from twi_core.kernel.settings import integer_setting
from twi_core.links.permissions import LINKS_CONFIGURE

PAGE_SIZE: Final = integer_setting(
    "links.page_size", 20, "How many links to show on a page.", LINKS_CONFIGURE, minimum=5, maximum=20
)
