"""Limits as members and administrators meet them in Discord."""

from typing import Any, Final

import pytest

from tests.integration.discord.stage import WAYS, Said, Stage, Way, staged
from twi_core.pipeline.block import INVALID_REQUESTS, REFUSALS

SPANS: Final = {1: "a second", 90: "in 1 minute and 30 seconds", 60: "a minute", 7_200: "in 2 hours", 86_400: "a day"}
TOO_OFTEN, BLOCKED = "limits.limited", "limits.refused_too_often"
MISTAKEN = "limits.invalid_too_often"


async def listed(stage: Stage, who: str, way: Way) -> Said:
    """Run an operation that everyone may call."""
    return await stage.ask(who, way, "link list")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.asyncio
async def test_an_administrator_sets_a_limit_and_a_member_meets_it(way: Way) -> None:
    """The limit holds at once, the refusal says when to try again, `show` says who set it, and `reset` ends it."""
    async with staged(limited=True) as stage:
        await stage.add()
        given: dict[str, Any] = {"operation": "links.tags", "amount": 2, "seconds": 3600}
        set_ = await stage.ask("administrator", way, "limits set", **given)
        assert set_.text.startswith("Set: `links.tags` · 2 times an hour, for each member · set by <@")
        for _ in range(2):
            assert "limits" not in (await listed(stage, "member", way)).text
        refused = await listed(stage, "member", way)
        assert "The limit is 2 times an hour, for each member" in refused.text
        assert "Try again in an hour." in refused.text
        assert TOO_OFTEN in refused.text
        assert TOO_OFTEN not in (await listed(stage, "owner", way)).text
        shown = (await stage.ask("member", way, "limits show", operation="links.tags")).text
        assert "`links.tags`: 2 times an hour, for each member · set in this server · try again in an hour" in shown
        assert f"set by <@{stage.people['administrator'].id}>" in shown
        again = await stage.ask("administrator", way, "limits set", **{**given, "amount": 9})
        assert "Replaced: `links.tags` · 2 times" in again.text
        reset = await stage.ask("administrator", way, "limits reset", operation="links.tags")
        assert reset.text.startswith("Reset: `links.tags` · 9 times an hour")
        assert TOO_OFTEN not in (await listed(stage, "member", way)).text
        assert stage.pings() == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.asyncio
async def test_a_member_is_exempt(way: Way) -> None:
    """An exemption lifts the limit, is listed for staff with its author, and is shown to the exempt member."""
    async with staged(limited=True) as stage:
        member = stage.people["member"]
        await stage.ask("administrator", way, "limits set", operation="links.*", amount=1, seconds=60)
        done = await stage.ask("administrator", way, "limits exempt", operation="links.*", user=member)
        assert done.text.startswith(f"Set: `links.*` · <@{member.id}> is exempt")
        for _ in range(5):
            assert TOO_OFTEN not in (await listed(stage, "member", way)).text
        shown = (await stage.ask("member", way, "limits show", operation="links.tags")).text
        assert "no limit · you're exempt from this server's limits" in shown
        rules = (await stage.ask("moderator", way, "limits rules")).text
        assert f"<@{member.id}> is exempt · set by <@{stage.people['administrator'].id}>" in rules
        assert "permissions.denied" in (await stage.ask("member", way, "limits rules")).text
        refused = await stage.ask("member", way, "limits set", operation="*", amount=1, seconds=1)
        assert "permissions.denied" in refused.text


@pytest.mark.asyncio
async def test_a_role_is_chosen_and_shown() -> None:
    """A rule for a role names it without a ping; each unit of time has its word."""
    async with staged(limited=True) as stage:
        role = stage.guild.create_role("helpers")
        given: dict[str, Any] = {"operation": "links.add", "amount": 3, "role": role}
        for seconds, words in SPANS.items():
            said = await stage.ask("operator", "slash", "limits set", seconds=seconds, **given)
            assert f"3 times {words}, for each member · holders of <@&{role.id}>" in said.text
        whole = await stage.ask("operator", "slash", "limits set", operation="*", amount=5, seconds=9, scope="guild")
        assert "5 times in 9 seconds, for the whole server" in whole.text
        exempt = await stage.ask("operator", "slash", "limits exempt", role=role)
        assert f"`*` · holders of <@&{role.id}> are exempt · set by" in exempt.text
        everyone = await stage.ask("operator", "slash", "limits exempt", role=stage.guild.default_role)
        assert "everyone is exempt" in everyone.text
        assert stage.pings() == []


@pytest.mark.asyncio
async def test_the_scope_of_a_whole_server_is_called_server() -> None:
    """People choose and write the word that they read, "server", where JSON has "guild"."""
    async with staged(limited=True) as stage:
        given: dict[str, Any] = {"operation": "*", "amount": 5, "seconds": 9}
        written = await stage.ask("operator", "prefix", "limits set", **given, scope="server")
        assert "5 times in 9 seconds, for the whole server" in written.text
        sent = {command.name: command.to_dict(stage.bot.tree) for command in stage.bot.tree.get_commands()}
        (options,) = (each["options"] for each in sent["limits"]["options"] if each["name"] == "set")
        (choices,) = (each["choices"] for each in options if each["name"] == "scope")
        assert {choice["name"]: choice["value"] for choice in choices} == {"member": "member", "server": "guild"}


@pytest.mark.asyncio
async def test_all_limits_are_shown_page_by_page() -> None:
    """Without a name all operations are listed, in pages, also in a direct message."""
    async with staged(limited=True) as stage:
        assert "`failures.describe`" in (await stage.ask("member", "slash", "limits show")).text
        assert "you run this bot" in (await stage.ask("operator", "slash", "limits show", dm=True)).text
        passed = (await stage.ask("administrator", "slash", "limits show", operation="links.add")).text
        assert "this server's limits don't apply to you" in passed
        assert "left now" in passed
        assert (await stage.ask("administrator", "slash", "limits rules")).text.startswith("No limits are set")


@pytest.mark.asyncio
async def test_repeatedly_refused_written_commands_are_ignored() -> None:
    """A caller who writes forbidden commands is refused twenty times, then warned once, then ignored."""
    async with staged(limited=True) as stage:
        given: dict[str, Any] = {"content": "https://example.org", "title": "map"}
        for _ in range(REFUSALS.amount):
            assert "permissions.denied" in (await stage.ask("member", "prefix", "link add", **given)).text
        answer = await stage.ask("member", "prefix", "link add", **given)
        assert BLOCKED in answer.text
        assert "Try again in a minute" in answer.text
        for _ in range(3):
            assert (await stage.ask("member", "prefix", "link add", **given)).messages == ()
            assert (await listed(stage, "member", "prefix")).messages == ()
        assert BLOCKED not in (await listed(stage, "owner", "prefix")).text
        stage.clock.advance(60)
        assert "permissions.denied" in (await stage.ask("member", "prefix", "link add", **given)).text


@pytest.mark.asyncio
@pytest.mark.parametrize("written", ["!link list --nosuch 1", "!link add", "!link nosuch"])
async def test_endless_written_mistakes_are_ignored(written: str) -> None:
    """A caller who keeps writing unreadable commands floods no channel, and can still write readable ones."""
    async with staged(limited=True) as stage:
        for _ in range(INVALID_REQUESTS.amount):
            assert MISTAKEN not in (await stage.write("member", written)).text
        assert MISTAKEN in (await stage.write("member", written)).text
        for _ in range(3):
            assert (await stage.write("member", written)).messages == ()
        assert "limits" not in (await listed(stage, "member", "prefix")).text


@pytest.mark.asyncio
async def test_interactions_are_always_answered() -> None:
    """A slash command is always answered, privately, however often it was refused."""
    async with staged(limited=True) as stage:
        given: dict[str, Any] = {"content": "https://example.org", "title": "map"}
        for _ in range(REFUSALS.amount):
            await stage.ask("member", "slash", "link add", **given)
        for _ in range(4):
            said = await stage.ask("member", "slash", "link add", **given)
            assert BLOCKED in said.text
            assert said.private


@pytest.mark.asyncio
async def test_refused_typing_hinders_no_command() -> None:
    """A caller who gets no suggestions may type as much as they like, and is then answered as ever."""
    async with staged(limited=True) as stage:
        member = stage.people["member"]
        await stage.ask("operator", "slash", "permissions deny", permission="links.view", user=member)
        for _ in range(REFUSALS.amount * 2):
            await member.autocomplete(stage.channel, "link get", "title", "map")
        assert "permissions.denied" in (await stage.ask("member", "slash", "link list")).text
        assert BLOCKED not in (await stage.ask("member", "slash", "permissions list")).text
