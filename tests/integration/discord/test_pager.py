"""Pages: turned by the one who asked, disabled when they time out, answered as expired after a restart."""

import asyncio
from collections.abc import Mapping
from typing import Any

import discord
import pytest
import simcord

from tests.integration.discord.stage import WAYS, Stage, Way, answered, shown, staged, timed
from tests.integration.discord.test_replies import CALLBACK, first
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import GuildId
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.permissions import Level
from twi_discord.calls.host import Host
from twi_discord.commands.mounting import mount
from twi_discord.commands.specs import CommandSpec
from twi_discord.components.answers import NEXT, PREVIOUS, TIMEOUT
from twi_discord.connection.bot import TwiBot
from twi_discord.replies.markup import escape, say
from twi_discord.replies.message import Message

pytestmark = pytest.mark.asyncio


async def filled(stage: Stage, links: int = 45) -> None:
    """Save many links with one tag."""
    context = stage.app.context(actor=None, guild=GuildId(stage.guild.id), asserted_level=Level.OPERATOR)
    for number in range(1, links + 1):
        outcome = await stage.app.links.add.call({"title": f"part {number}", "content": "x", "tag": "story"}, context)
        outcome.unwrap()


def titles(message: Any) -> list[str]:
    """Return the titles that a page shows."""
    return [line[2:] for line in shown(message).splitlines() if line.startswith("- ")]


def disabled(message: discord.Message) -> dict[str, bool]:
    """Return which buttons are disabled."""
    return {
        str(button.custom_id).rpartition(":")[2]: button.disabled
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for button in row.children
        if isinstance(button, discord.Button)
    }


async def opened(stage: Stage, way: Way = "slash") -> discord.Message:
    """Ask for a list of several pages."""
    await filled(stage)
    said = await stage.ask("member", way, "link list", tag="story")
    return said.messages[0].message


def current(stage: Stage, message: discord.Message) -> discord.Message:
    """Return a message as it is now."""
    return next(found for found in stage.channel.history() if found.id == message.id)


async def click(stage: Stage, who: str, message: discord.Message, button: str) -> simcord.InteractionResult:
    """Press a button."""
    return await stage.people[who].click(current(stage, message), label=button.capitalize())


@pytest.mark.parametrize("way", WAYS)
async def test_pages_are_turned_both_ways(way: Way) -> None:
    """Next and previous show every link once and in order; the buttons at the ends are disabled."""
    async with staged() as stage:
        message = await opened(stage, way)
        seen = [titles(message)]
        assert disabled(message) == {PREVIOUS: True, NEXT: False}
        for _ in range(2):
            await click(stage, "member", message, NEXT)
            seen.append(titles(current(stage, message)))
        assert [title for page in seen for title in page] == [f"part {number}" for number in range(1, 46)]
        assert disabled(current(stage, message)) == {PREVIOUS: False, NEXT: True}
        await click(stage, "member", message, PREVIOUS)
        assert titles(current(stage, message)) == seen[1]
        await click(stage, "member", message, PREVIOUS)
        assert titles(current(stage, message)) == seen[0]


async def test_a_click_delivered_twice_turns_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Discord delivers a click a second time, the second is ignored."""
    async with staged() as stage:
        message = await opened(stage)
        backend, sent = stage.env.backend, list[tuple[Any, ...]]()
        emit = backend.emit

        def recorded(*event: Any, **options: Any) -> None:
            sent.append(event)
            emit(*event, **options)

        monkeypatch.setattr(backend, "emit", recorded)
        await click(stage, "member", message, NEXT)
        emit(*next(event for event in sent if event[0] == "INTERACTION_CREATE"))
        await stage.env.settle()
        assert titles(current(stage, message))[0] == "part 21"


async def test_a_link_added_meanwhile_moves_no_page() -> None:
    """What is added before the shown page does not shift what follows it."""
    async with staged() as stage:
        message = await opened(stage)
        await stage.add("part 0", "x", tag="story")
        await click(stage, "member", message, NEXT)
        assert titles(current(stage, message))[0] == "part 21"


async def test_others_cannot_turn_the_pages() -> None:
    """A click by anyone else turns nothing and is answered privately."""
    async with staged() as stage:
        message = await opened(stage)
        before = titles(message)
        said = answered(await click(stage, "administrator", message, NEXT))
        assert "`discord.not_yours`" in said.text
        assert said.private
        assert titles(current(stage, message)) == before


@pytest.mark.parametrize("way", WAYS)
async def test_buttons_are_disabled_and_then_say_that_they_expired(way: Way) -> None:
    """After some minutes without a click the buttons are disabled; a click that still comes is answered as expired."""
    async with staged() as stage:
        message = await opened(stage, way)
        live = current(stage, message)
        await stage.env.advance_time(TIMEOUT - 10)
        await click(stage, "member", message, NEXT)
        await stage.env.advance_time(TIMEOUT - 10)
        assert disabled(current(stage, message))[NEXT] is False
        await stage.env.advance_time(20)
        assert disabled(current(stage, message)) == {PREVIOUS: True, NEXT: True}
        assert live.id == message.id


async def test_after_a_restart_old_buttons_answer_expired_once() -> None:
    """A button from before a restart is answered once, privately, and changes nothing."""
    async with staged() as stage:
        message = await opened(stage)
        before = titles(message)
        await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        said = answered(await click(stage, "member", message, NEXT))
        assert "`discord.expired`" in said.text
        assert said.private
        assert len(said.messages) == 1
        assert titles(current(stage, message)) == before


async def test_a_page_whose_answer_fails_is_sent_again() -> None:
    """When Discord fails while the page is changed, it is changed at the second try."""
    async with staged() as stage:
        message = await opened(stage)
        stage.env.inject_error("POST", CALLBACK, status=500)
        await click(stage, "member", message, NEXT)
        await stage.env.advance_time(2)
        assert titles(current(stage, message))[0] == "part 21"


async def test_a_bug_in_a_page_is_reported_once_to_the_one_who_clicked() -> None:
    """An exception while a page is made is a private internal error; the shown page and its buttons stay."""

    async def answer(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
        if "after" in raw:
            raise RuntimeError("secret detail of a bug")
        return Success(Message(say("- first"), "cursor"))

    async with staged() as stage:
        broken = CommandSpec(name="broken", summary="Break.", options=(), answer=answer)
        await mount(Host.of(stage.bot, "test"), "test", [broken])
        await stage.bot.tree.sync()
        message = (await stage.ask("member", "prefix", "broken")).messages[0].message
        said = answered(await click(stage, "member", message, NEXT))
        assert "`internal.unexpected`" in said.text
        assert "secret" not in said.text
        assert (len(said.messages), said.private) == (1, True)
        assert disabled(current(stage, message)) == {PREVIOUS: True, NEXT: False}
        assert stage.env.errors == []


async def test_a_slow_page_is_deferred_in_place() -> None:
    """A slow page is deferred without a separate message, and then replaces the old one."""
    pause = [0.0]

    async def wait() -> None:
        await asyncio.sleep(pause[0])

    async with timed(wrap=first(wait)) as stage:
        message = await opened(stage)
        pause[0] = 4.0
        await click(stage, "member", message, NEXT)
        await stage.env.advance_time(5)
        assert titles(current(stage, message))[0] == "part 21"
        assert len([m for m in stage.channel.history() if m.author.bot]) == 1
        pause[0] = 0.0
        await click(stage, "member", message, PREVIOUS)
        assert titles(current(stage, message))[0] == "part 1"


def bot_says(stage: Stage) -> list[str]:
    """Return the first letter of each message of the bot that is in the channel, in order."""
    found = sorted(stage.channel.history(), key=lambda message: message.id)
    return [shown(message)[0] for message in found if message.author.bot]


async def long_pages(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
    """Answer pages that take two messages each, then one that takes one."""
    letter = str(raw.get("after", "a"))
    if letter == "c":
        return Success(Message(say("c")))
    return Success(Message(escape(letter * 7_000), chr(ord(letter) + 1)))


async def staging_long_pages(stage: Stage, way: Way) -> discord.Message:
    """Show the first of some pages that take two messages each."""
    long = CommandSpec(name="long", summary="x", options=(), answer=long_pages)
    await mount(Host.of(stage.bot, "test"), "test", [long])
    await stage.bot.tree.sync()
    return (await stage.ask("member", way, "long")).messages[0].message


@pytest.mark.parametrize("way", WAYS)
async def test_a_page_of_several_messages_leaves_none_behind(way: Way) -> None:
    """What did not fit a page's message goes when another page, shorter or as long, takes its place."""
    async with staged() as stage:
        message = await staging_long_pages(stage, way)
        assert bot_says(stage) == ["a", "a"]
        for button, letters in ((NEXT, "bb"), (PREVIOUS, "aa"), (NEXT, "bb"), (NEXT, "c")):
            said = answered(await click(stage, "member", message, button))
            assert "reference" not in said.text
            assert bot_says(stage) == list(letters)
        assert stage.env.errors == []


async def test_what_a_slow_page_leaves_behind_goes_too() -> None:
    """When the buttons were disabled while a page was made, the overflow of the page before is deleted too."""
    async with timed() as stage:

        async def slow(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
            if "after" in raw:
                await asyncio.sleep(TIMEOUT + 20)
            return await long_pages(raw, call)

        long = CommandSpec(name="long", summary="x", options=(), answer=slow)
        await mount(Host.of(stage.bot, "test"), "test", [long])
        await stage.bot.tree.sync()
        message = (await stage.ask("member", "prefix", "long")).messages[0].message
        await click(stage, "member", message, NEXT)
        await stage.env.advance_time(TIMEOUT + 30)
        assert bot_says(stage) == ["b", "b"]


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_page_is_turned_though_the_rest_of_the_last_one_cannot_be_deleted(status: int) -> None:
    """When Discord does not delete a message, it stays, and the call still succeeds."""
    async with timed() as stage:
        message = await staging_long_pages(stage, "prefix")
        stage.env.inject_error("DELETE", "/channels/*/messages/*", status=status, times=9)
        result = await click(stage, "member", message, NEXT)
        await stage.env.advance_time(5)
        assert "reference" not in answered(result).text
        assert bot_says(stage) == ["b", "a", "b"]
        await click(stage, "member", message, NEXT)
        assert bot_says(stage) == ["c", "a"]
        assert stage.env.errors == []


async def test_while_stopping_pages_are_not_turned() -> None:
    """Once the process is draining, a click is answered with that."""
    async with staged() as stage:
        message = await opened(stage)
        await stage.drain.close(1)
        said = answered(await click(stage, "member", message, NEXT))
        assert "`runtime.stopping`" in said.text
        assert said.private


async def test_one_page_has_no_buttons() -> None:
    """An answer that fits one page has nothing to press."""
    async with staged() as stage:
        await filled(stage, 20)
        said = await stage.ask("member", "slash", "link list", tag="story")
        assert said.messages[0].components == []
