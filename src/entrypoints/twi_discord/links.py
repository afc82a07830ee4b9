"""The commands of links: an ordinary discord.py extension, for our bot or any other.

A foreign bot calls `await twi_discord.attach(bot, app)`, then `await bot.load_extension("twi_discord.links")`.
"""

from typing import Final

from twi_core.kernel.addresses import shown_url
from twi_core.kernel.paging import Page
from twi_core.kernel.text import length
from twi_core.links import LINKS
from twi_core.links.api import LinksApi
from twi_core.links.domain import UNTAGGED, Link, Tag
from twi_discord.commands.extension import Attached, extension, group
from twi_discord.commands.specs import CommandSpec, Complete, command, optional_variant, suggested
from twi_discord.replies.markup import address, escape, prose
from twi_discord.replies.render import EMBEDS_LIMIT, Message

SUMMARY: Final = "Links that members save under a title."
LISTING: Final = "List the links with a tag, or all tags with how many links each has."


def link_commands(attached: Attached) -> tuple[CommandSpec, ...]:
    """Describe the commands of `/link`, one line each."""
    api = attached.app[LINKS]
    titles, tags = {"title": _titles(api)}, _tags(api)
    listing = command("list", api.list, _listed, positional="tag", complete={"tag": tags})
    return (
        command("get", api.get, _shown, positional="title", complete=titles),
        optional_variant(listing, "tag", command("list", api.tags, _tags_listed), LISTING),
        command("search", api.search, _found, positional="query"),
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
        lambda found: [(f"{_tag(counted.tag)} ({counted.links})", _tag(counted.tag)) for counted in found],
    )


def _tag(tag: str | None) -> str:
    return UNTAGGED if tag is None else tag


def _content(link: Link) -> str:
    url = shown_url(link.content)
    return prose(link.content, preview=link.preview) if url is None else address(url, preview=link.preview)


def _shown(link: Link) -> Message:
    return Message(f"**{escape(link.title)}**\n{_content(link)}")


def _changed(verb: str, link: Link) -> Message:
    tag = escape(_tag(link.tag))
    return Message(f"{verb} **{escape(link.title)}**\n{_content(link)}\nTag: {tag}")


def _added(link: Link) -> Message:
    return _changed("Added", link)


def _edited(link: Link) -> Message:
    return _changed("Changed", link)


def _renamed(link: Link) -> Message:
    return Message(f"Renamed: this link is now called **{escape(link.title)}**.")


def _deleted(link: Link) -> Message:
    return Message(f"Deleted **{escape(link.title)}**, which {_owner(link)} had added.\n{_content(link)}")


def _transferred(link: Link) -> Message:
    return Message(f"**{escape(link.title)}** belongs to {_owner(link)} now.")


def _owner(link: Link) -> str:
    return "the bot's operator" if link.added_by is None else f"<@{link.added_by}>"


def _described(link: Link) -> Message:
    lines = [
        f"**{escape(link.title)}**",
        _content(link),
        f"Tag: {escape(_tag(link.tag))}",
        f"Preview: {'yes' if link.preview else 'no'}",
        f"Belongs to {_owner(link)}, added <t:{int(link.added_at.timestamp())}:f>",
    ]
    if link.changed_at != link.added_at:
        by = "the bot's operator" if link.changed_by is None else f"<@{link.changed_by}>"
        lines.append(f"Changed by {by} <t:{int(link.changed_at.timestamp())}:f>")
    return Message("\n".join(lines))


def _tags_listed(page: Page[Tag]) -> Message:
    if not page.items:
        return Message("No links have been saved here yet.")
    lines = (f"- **{escape(_tag(found.tag))}**: {_count(found.links)}" for found in page.items)
    return Message("\n".join(("Tags of links", *lines)), page.next)


def _count(links: int) -> str:
    return "1 link" if links == 1 else f"{links} links"


def _listed(page: Page[Link]) -> Message:
    heading = f"Links tagged **{escape(_tag(page.items[0].tag))}**" if page.items else "No further links."
    return Message("\n".join((heading, *(f"- {escape(link.title)}" for link in page.items))), page.next)


def _found(page: Page[Link]) -> Message:
    """List titles with their tags; titles alone where Discord would not take the tags in one message."""
    heading = "Found" if page.items else "No further links."
    tagged = "\n".join((heading, *(f"- {escape(link.title)} ({escape(_tag(link.tag))})" for link in page.items)))
    if length(tagged) > EMBEDS_LIMIT:
        tagged = "\n".join((heading, *(f"- {escape(link.title)}" for link in page.items)))
    return Message(tagged, page.next)
