"""Every command of links, by slash and by prefix, by everybody, everywhere."""

from typing import Any

import pytest

from tests.integration.discord.stage import RANKS, WAYS, Stage, Way, staged

pytestmark = pytest.mark.asyncio

ADDS = {"operator", "administrator", "moderator"}
MANAGES = {"operator", "administrator", "owner"}


async def owned(stage: Stage, title: str) -> None:
    """Save a link owned by the caller named owner."""
    await stage.add(title, f"https://example.org/{title}", tag="maps")
    await stage.ask("administrator", "slash", "link transfer", title=title, to=stage.people["owner"])


@pytest.mark.parametrize("place", ["guild", "thread"])
@pytest.mark.parametrize("who", RANKS)
@pytest.mark.parametrize("way", WAYS)
async def test_each_level_may_do_exactly_what_it_may(way: Way, who: str, place: str) -> None:
    """Everyone reads, moderators add, owners and administrators change; others are refused with the same code."""
    async with staged() as stage:
        at = await stage.thread() if place == "thread" else None
        await owned(stage, "first")

        async def ask(name: str, **given: Any) -> str:
            return (await stage.ask(who, way, name, at=at, **given)).text

        for name in ("get", "info"):
            assert "https://example.org/first" in await ask(f"link {name}", title="FIRST")
        assert "**maps**: 1 link" in await ask("link list")
        assert "- first" in await ask("link list", tag="maps")
        assert "- first" in await ask("tag", tag="maps")
        assert "- first (maps)" in await ask("link search", query="fir")

        said = await ask("link add", content="https://example.org/new", title="second")
        assert ("Added **second**" in said) == (who in ADDS)
        assert ("permissions.denied" in said) == (who not in ADDS)
        changes = {
            "edit": ({"content": "https://example.org/other"}, "Changed **first**"),
            "rename": ({"new_title": "last"}, "**last**"),
            "transfer": ({"to": str(stage.people["owner"].id)}, "belongs to"),
            "delete": ({}, "Deleted"),
        }
        title = "first"
        for name, (given, expected) in changes.items():
            if name == "transfer" and way == "slash":
                person = stage.people["owner"]
                said = (await stage.ask(who, way, "link transfer", at=at, title=title, to=person)).text
            else:
                said = await ask(f"link {name}", title=title, **given)
            assert (expected in said) == (who in MANAGES), said
            assert ("permissions.denied" in said) == (who not in MANAGES), said
            title = "last" if name == "rename" and who in MANAGES else title
        assert stage.pings() == []


@pytest.mark.parametrize("way", WAYS)
async def test_private_messages_are_refused(way: Way) -> None:
    """In a direct message every command of links asks for a server, the operator's too."""
    async with staged() as stage:
        asked: tuple[tuple[str, dict[str, Any]], ...] = (
            ("link get", {"title": "map"}),
            ("link add", {"title": "map", "content": "text"}),
            ("link list", {}),
            ("tag", {"tag": "maps"}),
            ("link delete", {"title": "map"}),
        )
        for name, given in asked:
            said = await stage.ask("operator", way, name, dm=True, **given)
            assert "`guild.required`" in said.text


async def test_who_sees_what() -> None:
    """A slash command's success is public and its refusal is for the caller only."""
    async with staged() as stage:
        await stage.add("map")
        assert not (await stage.ask("member", "slash", "link get", title="map")).private
        assert (await stage.ask("member", "slash", "link get", title="mop")).private


async def test_a_refusal_shows_message_hint_code_and_reference() -> None:
    """The error, what to do, the code and a reference are all in the answer, whichever way it was asked."""
    async with staged() as stage:
        await stage.add("world map")
        for way in WAYS:
            said = await stage.ask("member", way, "link get", title="wrld map")
            assert "There's no link called “wrld map” here." in said.text
            assert "Did you mean “world map”?" in said.text
            assert "`links.not_found` · reference `r0" in said.text


async def test_an_address_is_shown_as_asked() -> None:
    """With embed the address stands bare on its line, without it in angle brackets; its host is in ASCII."""
    async with staged() as stage:
        await stage.add("a", "https://bücher.example/x")
        await stage.add("b", "https://example.org/x", preview=False)
        assert (
            await stage.ask("member", "slash", "link get", title="a")
        ).text == "**a**\nhttps://xn--bcher-kva.example/x"
        assert (await stage.ask("member", "slash", "link get", title="b")).text == "**b**\n<https://example.org/x>"


async def test_editing_keeps_what_is_left_out() -> None:
    """An option that is left out keeps its value; a tag can be cleared by either spelling of the option."""
    async with staged() as stage:
        await stage.add("map", "text", tag="maps", preview=False)
        await stage.write("moderator", "!link edit map --content other text")
        assert stage.links() == [("map", "other text", "maps", False)]
        await stage.write("moderator", "!link edit map --preview yes --clear_tag")
        assert stage.links() == [("map", "other text", None, True)]
        await stage.ask("moderator", "slash", "link edit", title="map", tag="news")
        await stage.ask("moderator", "slash", "link edit", title="map", clear_tag=True)
        assert stage.links() == [("map", "other text", None, True)]


async def test_the_longest_link_is_shown_whole() -> None:
    """A text of the greatest length, every character of it escaped, is still shown in one message."""
    async with staged() as stage:
        await stage.add("*" * 100, "_" * 1500)
        said = await stage.ask("member", "slash", "link info", title="*" * 100)
        assert len(said.messages) == 1
        assert said.text.count("_") == 1500
        assert said.text.count("*") >= 100


async def test_the_grammar_of_written_commands() -> None:
    """Words up to the first option are one value; enclosing quotes go; unknown and repeated options are refused."""
    async with staged() as stage:
        mention = f"<@{stage.env.backend.bot_user.id}>"
        for text in (
            '!link add it\'s 5" "x" --content a  b --tag maps',
            '!link add "quoted title" --content "some text"',
            f"{mention} link add by mention --content text",
            "!LINK ADD in capitals --Content text",
            "! link add after a blank --content text",
        ):
            assert "Added" in (await stage.write("moderator", text)).text, text
        assert [link[0] for link in stage.links()] == [
            "after a blank", "by mention", "in capitals", 'it\'s 5" "x"', "quoted title",
        ]  # fmt: skip
        for text, code in (
            ("!link get map --bogus 1", "input.unknown_field"),
            ("!link edit map --tag a --tag b", "discord.option_twice"),
            ("!link get", "input.missing"),
            ("!link add map --content", "input.empty"),
            ("!link add map --content x --preview perhaps", "input.invalid_type"),
            ("!link transfer by mention --to nobody", "input.invalid_type"),
            ("!link nonsense", "discord.unknown_command"),
        ):
            assert f"`{code}`" in (await stage.write("moderator", text)).text, text


async def test_what_is_no_command_is_not_answered() -> None:
    """Plain talk, other bots' commands, bots and webhooks get no answer, and change nothing."""
    async with staged() as stage:
        robot = stage.guild.add_member(stage.env.create_user("robot", bot=True))
        for who, text in ((stage.people["member"], "hello"), (stage.people["member"], "!dance"), (robot, "!link list")):
            assert (await stage.write(who, text)).messages == ()
        hook = stage.guild.create_webhook(stage.channel)
        before = len(stage.channel.history())
        await hook.send("!link list")
        assert len(stage.channel.history()) == before + 1


async def test_while_stopping_new_calls_are_refused() -> None:
    """Once the process is draining, commands say so and change nothing."""
    async with staged() as stage:
        await stage.drain.close(1)
        for way in WAYS:
            said = await stage.ask("moderator", way, "link add", title="map", content="text")
            assert "`runtime.stopping`" in said.text
        assert stage.links() == []


async def test_an_option_written_twice_is_shown_as_it_must_be_written() -> None:
    """The refusal holds a line with the option once; sent as it stands, it is understood."""
    async with staged() as stage:
        said = await stage.write("moderator", "!link add map --content a --tag b --tag c")
        assert "`discord.option_twice`" in said.text
        line = said.text.partition("Write each option once: `")[2].partition("`")[0]
        assert line.count("--tag ") == 1
        assert (await stage.write("moderator", line)).text.startswith("Added")
