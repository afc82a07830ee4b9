"""The operations of links."""

from typing import final

from twi_core.kernel.handling import Api, use
from twi_core.links.use_cases.add import AddLinkUseCase
from twi_core.links.use_cases.delete import DeleteLinkUseCase
from twi_core.links.use_cases.edit import EditLinkUseCase
from twi_core.links.use_cases.get import GetLinkUseCase
from twi_core.links.use_cases.info import DescribeLinkUseCase
from twi_core.links.use_cases.list import ListLinksUseCase
from twi_core.links.use_cases.rename import RenameLinkUseCase
from twi_core.links.use_cases.search import SearchLinksUseCase
from twi_core.links.use_cases.suggest import SuggestLinksUseCase
from twi_core.links.use_cases.suggest_tags import SuggestTagsUseCase
from twi_core.links.use_cases.tags import ListTagsUseCase
from twi_core.links.use_cases.transfer import TransferLinkUseCase


@final
class LinksApi(Api):
    """Links that members save under a title."""

    get = use(GetLinkUseCase)
    info = use(DescribeLinkUseCase)
    tags = use(ListTagsUseCase)
    list = use(ListLinksUseCase)
    search = use(SearchLinksUseCase)
    suggest = use(SuggestLinksUseCase)
    suggest_tags = use(SuggestTagsUseCase)
    add = use(AddLinkUseCase)
    edit = use(EditLinkUseCase)
    rename = use(RenameLinkUseCase)
    transfer = use(TransferLinkUseCase)
    delete = use(DeleteLinkUseCase)
