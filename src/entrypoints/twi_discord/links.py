"""The commands of links: an ordinary discord.py extension, for our bot or any other.

A foreign bot calls `await twi_discord.attach(bot, app)`, then `await bot.load_extension("twi_discord.links")`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from twi_core.kernel.addresses import shown_url
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.language import number, text
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import Page
from twi_core.kernel.text import length
from twi_core.links import LINKS
from twi_core.links.api import LinksApi
from twi_core.links.domain import UNTAGGED, Link, Tag
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.specs import CommandSpec, Complete, command, optional_variant, suggested
from twi_discord.replies.details import details
from twi_discord.replies.markup import Markup, address, bullet, lines, plural, prose, say
from twi_discord.replies.message import (
    BUTTON_URL_LIMIT,
    Answer,
    Choice,
    Embed,
    LinkButton,
    Message,
    Row,
    Select,
)
from twi_discord.replies.wording import person

SUMMARY: Final = "Links that members save under a title."
FOUND_LIMIT: Final = 6000
"""UTF-16 units up to which what was found is shown with tags, so that all of it fits one message."""
LEFT_OUT: Final = ("title", "content", "id")
"""Facts of a link that are no fields: they stand above these, or mean nothing to people."""
LISTING: Final = "List the links with a tag, or all tags with their number of links."


def link_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/link`, one line each."""
    api = attached.app[LINKS]
    titles, tags = {"title": _titles(api)}, _tags(api)
    listing = command("list", api.list, _listed, positional="tag", complete={"tag": tags})
    getting = command("get", api.get, _shown, positional="title", complete=titles)
    return (
        getting,
        optional_variant(listing, "tag", command("list", api.tags, _tags_listed), LISTING),
        command("search", api.search, lambda page: _found(page, getting.answer), positional="query"),
        command("add", api.add, _added, positional="title", complete={"tag": tags}),
        command(
            "edit", api.edit, _edited, positional="title", complete={**titles, "tag": tags}, first=("title", "content")
        ),
        command("rename", api.rename, _renamed, positional="title", complete=titles),
        command("delete", api.delete, _deleted, positional="title", complete=titles),
        command("transfer", api.transfer, _transferred, positional="title", complete=titles),
        command("info", api.info, _described, positional="title", complete=titles),
    )


def tag_command(attached: Attached) -> CommandSpec:
    """Describe `/tag`, the predecessor's name for listing the links with a tag."""
    api = attached.app[LINKS]
    return command("tag", api.list, _listed, positional="tag", complete={"tag": _tags(api)})


setup, teardown = extension(__name__, group("link", SUMMARY, link_commands), tag_command)


def _titles(api: LinksApi) -> Complete:
    return suggested(api.suggest, lambda found: [(near.title, near.title) for near in found])


def _tags(api: LinksApi) -> Complete:
    return suggested(
        api.suggest_tags,
        lambda found: [(_counted(counted), _tag(counted.tag)) for counted in found],
    )


def _counted(found: Tag) -> str:
    return f"{_tag(found.tag)} ({number(found.links)})"


def _tag(tag: str | None) -> str:
    return UNTAGGED if tag is None else tag


def _content(link: Link) -> Markup:
    url = shown_url(link.content)
    return prose(link.content, preview=link.preview) if url is None else address(url, preview=link.preview)


def _shown(link: Link) -> Message:
    return Message(say("**{title}**\n{content}", title=link.title, content=_content(link)))


def _added(link: Link) -> Message:
    return _saved(say("Added **{title}**", title=link.title), link)


def _edited(link: Link) -> Message:
    return _saved(say("Changed **{title}**", title=link.title), link)


def _saved(done: Markup, link: Link) -> Message:
    return Message(lines(done, _content(link), say("Tag: {tag}", tag=_tag(link.tag))))


def _renamed(link: Link) -> Message:
    return Message(say("The link is now called **{title}**.", title=link.title))


def _deleted(link: Link) -> Message:
    deleted = say("Deleted **{title}**, added by {owner}.", title=link.title, owner=person(link.added_by))
    return Message(lines(deleted, _content(link)))


def _transferred(link: Link) -> Message:
    return Message(say("**{title}** now belongs to {owner}.", title=link.title, owner=person(link.added_by)))


def _described(link: Link) -> Message:
    facts = (fact for fact in LINKS.facts.of(link) if fact.label not in LEFT_OUT)
    embed = Embed(title=link.title, description=_content(link), fields=details(facts))
    return Message(Markup(), embeds=(embed,), components=_opening(link))


def _opening(link: Link) -> tuple[Row, ...]:
    url = shown_url(link.content)
    return ((LinkButton(text("Open"), url),),) if url is not None and len(url) <= BUTTON_URL_LIMIT else ()


def _tags_listed(page: Page[Tag]) -> Message:
    if not page.items:
        return Message(say("No links have been saved here yet."))
    found = (
        plural("- **{tag}**: {count} link", "- **{tag}**: {count} links", each.links, tag=_tag(each.tag))
        for each in page.items
    )
    return Message(lines(say("Tags of links"), *found), page.next)


def _listed(page: Page[Link]) -> Message:
    if not page.items:
        return Message(say("No more links."), page.next)
    heading = say("Links tagged **{tag}**", tag=_tag(page.items[0].tag))
    return Message(lines(heading, *map(_line, page.items)), page.next)


def _found(page: Page[Link], get: Answer) -> Message:
    """List titles with their tags, and let one be chosen.

    Titles stand alone where Discord would not take the tags in one message.
    """
    if not page.items:
        return Message(say("No more links."), page.next)
    heading = say("Found")
    found = lines(
        heading, *(bullet(say("{title} ({tag})", title=link.title, tag=_tag(link.tag))) for link in page.items)
    )
    if length(found) > FOUND_LIMIT:
        found = lines(heading, *map(_line, page.items))
    return Message(found, page.next, components=(_choosing(page, get),))


def _line(link: Link) -> Markup:
    return bullet(link.title)


def _choosing(page: Page[Link], get: Answer) -> Select:
    """Describe a menu of links that shows the chosen one in the place of all, and stays below it."""

    async def answer(raw: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        outcome = await get(raw, context)
        if isinstance(outcome, Failure):
            return outcome
        return Success(replace(outcome.unwrap(), components=(select,)))

    choices = [Choice(link.title, link.title) for link in page.items]
    select = Select(name="title", choices=choices, answer=answer, placeholder=text("Show a link"))
    return select
