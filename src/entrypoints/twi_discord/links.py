"""The commands of links: an ordinary discord.py extension, for our bot or any other.

A foreign bot calls `await twi_discord.attach(bot, app)`, then `await bot.load_extension("twi_discord.links")`.
"""

from typing import Final

from discord.ext import commands

from twi_core.application import Application
from twi_core.kernel.addresses import shown_url
from twi_core.kernel.paging import Page
from twi_core.kernel.text import length
from twi_core.links.domain import UNTAGGED, Category, Link
from twi_discord.doors import Complete, Door, door, either, suggested
from twi_discord.help import help_door
from twi_discord.host import Host
from twi_discord.hybrids import group, hybrid
from twi_discord.markup import address, escape, prose
from twi_discord.mounting import mount, unmount
from twi_discord.render import EMBEDS_LIMIT, Shown

EXTENSION: Final = "twi_discord.links"
SUMMARY: Final = "Links that members save under a title."
LISTING: Final = "List the links of a category, or all categories with how many links each holds."


async def setup(bot: commands.Bot) -> None:
    """Add `/link` and `/tag`; see `twi_discord.mounting.mount` for what it refuses."""
    host = Host.of(bot, EXTENSION)
    doors = link_doors(host.app)
    bare = help_door(host)
    await mount(bot, EXTENSION, (group(host, "link", SUMMARY, doors, bare), hybrid(host, tag_door(host.app))))


async def teardown(bot: commands.Bot) -> None:
    """Remove them."""
    unmount(bot, ("link", "tag"))


def link_doors(app: Application) -> tuple[Door, ...]:
    """Describe the commands of `/link`, one line each."""
    api, titles, tags = app.links, {"title": _titles(app)}, _tags(app)
    listing = door("list", api.list, _listed, positional="category", complete={"category": tags})
    return (
        door("get", api.get, _shown, positional="title", complete=titles),
        either(listing, "category", door("list", api.categories, _categories), LISTING),
        door("search", api.search, _found, positional="query"),
        door("add", api.add, _added, positional="title", complete={"tag": tags}, first=("content", "title")),
        door(
            "edit", api.edit, _edited, positional="title", complete={**titles, "tag": tags}, first=("title", "content")
        ),
        door("rename", api.rename, _renamed, positional="title", complete=titles),
        door("delete", api.delete, _deleted, positional="title", complete=titles),
        door("transfer", api.transfer, _transferred, positional="title", complete=titles),
        door("info", api.info, _described, positional="title", complete=titles),
    )


def tag_door(app: Application) -> Door:
    """Describe `/tag`, the predecessor's name for listing a category."""
    complete = {"tag": _tags(app)}
    return door("tag", app.links.list, _listed, positional="tag", complete=complete, rename={"category": "tag"})


def _titles(app: Application) -> Complete:
    return suggested(app.links.suggest, lambda found: [(near.title, near.title) for near in found])


def _tags(app: Application) -> Complete:
    return suggested(
        app.links.suggest_tags,
        lambda found: [(f"{_tag(category.tag)} ({category.links})", _tag(category.tag)) for category in found],
    )


def _tag(tag: str | None) -> str:
    return UNTAGGED if tag is None else tag


def _content(link: Link) -> str:
    url = shown_url(link.content)
    return prose(link.content, preview=link.embed) if url is None else address(url, preview=link.embed)


def _shown(link: Link) -> Shown:
    return Shown(f"**{escape(link.title)}**\n{_content(link)}")


def _changed(verb: str, link: Link) -> Shown:
    tag = escape(_tag(link.tag))
    return Shown(f"{verb} **{escape(link.title)}**\n{_content(link)}\nTag: {tag}")


def _added(link: Link) -> Shown:
    return _changed("Added", link)


def _edited(link: Link) -> Shown:
    return _changed("Changed", link)


def _renamed(link: Link) -> Shown:
    return Shown(f"Renamed: this link is now called **{escape(link.title)}**.")


def _deleted(link: Link) -> Shown:
    return Shown(f"Deleted **{escape(link.title)}**, which {_owner(link)} had added.\n{_content(link)}")


def _transferred(link: Link) -> Shown:
    return Shown(f"**{escape(link.title)}** belongs to {_owner(link)} now.")


def _owner(link: Link) -> str:
    return "the bot's operator" if link.added_by is None else f"<@{link.added_by}>"


def _described(link: Link) -> Shown:
    lines = [
        f"**{escape(link.title)}**",
        _content(link),
        f"Tag: {escape(_tag(link.tag))}",
        f"Preview: {'yes' if link.embed else 'no'}",
        f"Belongs to {_owner(link)}, added <t:{int(link.added_at.timestamp())}:f>",
    ]
    if link.changed_at != link.added_at:
        by = "the bot's operator" if link.changed_by is None else f"<@{link.changed_by}>"
        lines.append(f"Changed by {by} <t:{int(link.changed_at.timestamp())}:f>")
    return Shown("\n".join(lines))


def _categories(page: Page[Category]) -> Shown:
    if not page.items:
        return Shown("No links have been saved here yet.")
    lines = (f"- **{escape(_tag(found.tag))}**: {_count(found.links)}" for found in page.items)
    return Shown("\n".join(("Categories of links", *lines)), page.next)


def _count(links: int) -> str:
    return "1 link" if links == 1 else f"{links} links"


def _listed(page: Page[Link]) -> Shown:
    heading = f"Links tagged **{escape(_tag(page.items[0].tag))}**" if page.items else "No further links."
    return Shown("\n".join((heading, *(f"- {escape(link.title)}" for link in page.items))), page.next)


def _found(page: Page[Link]) -> Shown:
    """List titles with their tags; titles alone where Discord would not take the tags in one message."""
    heading = "Found" if page.items else "No further links."
    tagged = "\n".join((heading, *(f"- {escape(link.title)} ({escape(_tag(link.tag))})" for link in page.items)))
    if length(tagged) > EMBEDS_LIMIT:
        tagged = "\n".join((heading, *(f"- {escape(link.title)}" for link in page.items)))
    return Shown(tagged, page.next)
