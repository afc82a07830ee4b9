"""Permissions as members and administrators see them in Discord."""

import re
from typing import Any

import discord
import pytest

from tests.integration.discord.stage import WAYS, Way, answered, staged

REMEDIES: dict[Way, str] = {
    "slash": r"`/permissions grant permission:(\S+) user:(\d+)`",
    "prefix": r"`!permissions grant (\S+) --user (\d+)`",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.asyncio
async def test_a_refused_member_asks_why_and_an_administrator_helps(way: Way) -> None:
    """The member is shown the rule and what would change it, the administrator changes it, and the member succeeds."""
    async with staged() as stage:
        given: dict[str, Any] = {"content": "https://example.org/map", "title": "world map"}
        refused = await stage.ask("member", way, "link add", **given)
        assert "permissions.denied" in refused.text
        explained = await stage.ask("member", way, "permissions explain", operation="links.add")
        assert "default: the moderators" in explained.text
        remedy = re.search(REMEDIES[way], explained.text)
        assert remedy is not None, explained.text
        assert int(remedy[2]) == stage.people["member"].id
        done = await stage.ask(
            "administrator", way, "permissions grant", permission=remedy[1], user=stage.people["member"]
        )
        assert done.text.startswith("Set: `links.add` is allowed to "), done.text
        assert (await stage.ask("member", way, "link add", **given)).text.startswith("Added")


@pytest.mark.asyncio
async def test_a_denial_is_explained_with_its_author_and_its_end() -> None:
    """A denied member learns by which rule, whose it is and when it ends, but not the staff's reason."""
    async with staged() as stage:
        member = stage.people["member"]
        await stage.ask(
            "administrator",
            "slash",
            "permissions deny",
            permission="links.*",
            user=member,
            lasts="7d",
            reason="spam wave",
        )
        assert "permissions.denied" in (await stage.ask(member, "slash", "link list")).text
        explained = (await stage.ask(member, "slash", "permissions explain", operation="links.list")).text
        assert f"<@{stage.people['administrator'].id}>" in explained
        assert "`links.*` is denied" in explained
        assert "until <t:" in explained
        assert "spam wave" not in explained
        asked = await stage.ask("moderator", "slash", "permissions check", user=member, operation="links.list")
        assert "spam wave" in asked.text


@pytest.mark.asyncio
async def test_the_menu_of_a_member_shows_what_they_may() -> None:
    """Staff click on a member and read it privately; a member who tries is refused."""
    async with staged() as stage:
        member = stage.people["member"]
        await stage.ask("administrator", "slash", "permissions grant", permission="links.add", user=member)
        shown = answered(await stage.people["moderator"].context_menu(stage.channel, "Permissions", target=member))
        assert shown.private
        assert "`links.add`\\*" in shown.text
        assert "**Can't:**" in shown.text
        refused = answered(await member.context_menu(stage.channel, "Permissions", target=stage.people["moderator"]))
        assert "permissions.denied" in refused.text


@pytest.mark.asyncio
async def test_a_server_may_ignore_refused_written_commands() -> None:
    """With the setting, a refused written command gets no reply; everything else is answered as ever."""
    async with staged() as stage:
        command = "!link add a --content b"
        assert "permissions.denied" in (await stage.write("member", command)).text
        await stage.ask("administrator", "slash", "settings set", key="permissions.quiet_refusals", value="yes")
        assert (await stage.write("member", command)).messages == ()
        assert "permissions.denied" in (await stage.ask("member", "slash", "link add", title="a", content="b")).text
        assert "links.not_found" in (await stage.write("member", "!link get a")).text
        assert (await stage.write("moderator", command)).text.startswith("Added")


@pytest.mark.asyncio
async def test_a_server_may_say_where_to_ask() -> None:
    """With the setting, the refusal names the channel."""
    async with staged() as stage:
        place = stage.channel.id
        await stage.ask("administrator", "slash", "settings set", key="permissions.help_channel", value=f"<#{place}>")
        assert f"You can ask in <#{place}>." in (await stage.write("member", "!link add a --content b")).text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.asyncio
async def test_a_thread_of_which_the_bot_knows_too_little_stays_closed(way: Way) -> None:
    """While the channel of a thread is unknown, what is denied in some channel is refused there too, and explained."""
    async with staged() as stage:
        thread, elsewhere = await stage.thread(), stage.guild.create_text_channel("elsewhere")
        await stage.env.settle()
        await stage.ask("administrator", "slash", "permissions deny", permission="links.*", channel=elsewhere)
        assert "permissions." not in (await stage.ask("member", way, "link list", at=thread)).text
        guild = stage.bot.get_guild(stage.guild.id)
        assert guild is not None
        del guild._channels[stage.channel.id]  # before Discord sends it
        assert "permissions.closed_channel" in (await stage.ask("member", way, "link list", at=thread)).text
        explained = await stage.ask("member", way, "permissions explain", operation="links.list", at=thread)
        assert "doesn't know yet whether that applies here" in explained.text


@pytest.mark.asyncio
async def test_what_a_deleted_channel_closes_is_opened_as_explained() -> None:
    """When the only open channel was deleted, the explanation and the list say what to write, and that opens all."""
    async with staged() as stage:
        gone = stage.guild.create_text_channel("gone")
        await stage.env.settle()
        await stage.ask("administrator", "slash", "permissions grant", permission="links.*", channel=gone)
        found = stage.bot.get_channel(gone.id)
        assert isinstance(found, discord.TextChannel)
        await found.delete()
        await stage.env.settle()
        explained = (await stage.ask("member", "slash", "permissions explain", operation="links.list")).text
        listed = (await stage.ask("moderator", "slash", "permissions show")).text
        written = f"permissions revoke links.* --channel {gone.id}"
        for text in (explained, listed):
            assert "not found: deleted, archived" in text
            assert f"`!{written}`" in text
        assert (await stage.write("administrator", f"!{written}")).text.startswith("Removed the rule")
        assert "permissions." not in (await stage.ask("member", "slash", "link list")).text
