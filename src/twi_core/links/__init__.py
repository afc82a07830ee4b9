"""Links that members save under a title."""

from typing import TYPE_CHECKING, Final

from twi_core.kernel.contexts import Context

if TYPE_CHECKING:
    from twi_core.links.api import LinksApi
    from twi_core.links.domain import Link, LinkId, Suggestion, Tag
    from twi_core.links.permissions import LINKS_ADD, LINKS_CONFIGURE, LINKS_MANAGE_ANY, LINKS_MANAGE_OWN, LINKS_VIEW
    from twi_core.links.ports import LinksUnit
    from twi_core.links.use_cases.add import AddLink
    from twi_core.links.use_cases.delete import DeleteLink
    from twi_core.links.use_cases.edit import EditLink
    from twi_core.links.use_cases.get import GetLink
    from twi_core.links.use_cases.info import DescribeLink
    from twi_core.links.use_cases.list import ListLinks
    from twi_core.links.use_cases.rename import RenameLink
    from twi_core.links.use_cases.search import SearchLinks
    from twi_core.links.use_cases.suggest import SuggestLinks
    from twi_core.links.use_cases.suggest_tags import SuggestTags
    from twi_core.links.use_cases.tags import ListTags
    from twi_core.links.use_cases.transfer import TransferLink

__all__ = [
    "LINKS",
    "LINKS_ADD",
    "LINKS_CONFIGURE",
    "LINKS_MANAGE_ANY",
    "LINKS_MANAGE_OWN",
    "LINKS_VIEW",
    "AddLink",
    "DeleteLink",
    "DescribeLink",
    "EditLink",
    "GetLink",
    "Link",
    "LinkId",
    "LinksApi",
    "LinksUnit",
    "ListLinks",
    "ListTags",
    "RenameLink",
    "SearchLinks",
    "SuggestLinks",
    "SuggestTags",
    "Suggestion",
    "Tag",
    "TransferLink",
]

LINKS: "Final[Context[LinksApi, LinksUnit]]" = Context(__name__)

if not TYPE_CHECKING:  # these names are all a type checker sees
    __getattr__ = LINKS.public_name
