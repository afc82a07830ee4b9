"""What may be imported from the packages whose names are loaded when they are used. Never run."""

from typing import assert_type

import twi_core.links
import twi_discord
import twi_runtime
from twi_core.kernel.contexts import Context
from twi_core.links import LINKS, AddLink, Link, LinksApi, LinksUnit
from twi_core.links.domain import Link as Defined


def what_is_loaded_late_has_its_type(link: Link, settings: twi_runtime.Settings) -> None:
    """A name has the type that its module defines, not `Any`."""
    assert_type(LINKS, Context[LinksApi, LinksUnit])
    assert_type(LINKS.api, type[LinksApi])
    assert_type(link, Defined)
    assert_type(AddLink(title="a", content="b").title, str)
    assert_type(settings.database_schema, str)


def there_are_no_other_names() -> None:
    """A misspelt name is found before the program runs."""
    link = twi_core.links.Nonsense  # type: ignore[attr-defined]  # must be refused
    attached = twi_discord.nonsense  # type: ignore[attr-defined]  # must be refused
    settings = twi_runtime.Nonsense  # type: ignore[attr-defined]  # must be refused
    del link, attached, settings
