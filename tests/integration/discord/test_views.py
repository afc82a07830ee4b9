"""Components and forms: who may use them, how they are declared, and what becomes of old ones."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

import discord
import pytest
import simcord

from tests.integration.discord.entries import OLD_PAGE, SUBJECT, WHO, Choosing, add, entrypoint, field, logged
from tests.integration.discord.stage import Stage, answered, timed
from tests.integration.discord.test_menus import Noted
from tests.integration.discord.test_replies import CALLBACK
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_discord.calls.host import Host
from twi_discord.components.dialogs import TIMEOUT
from twi_discord.connection.bot import TwiBot
from twi_discord.replies.markup import Markup, escape, say
from twi_discord.replies.message import Answer, Message, dialog

pytestmark = pytest.mark.asyncio

INSTEAD = say("Write it behind the command.")


async def echo(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
    """Show the given options."""
    return Success(Message(escape(repr(dict(raw)))))


async def colours(stage: Stage) -> discord.Message:
    """Send a menu that everybody may use and that outlives a restart."""
    view = Choosing(Host.of(stage.bot, "test"), echo)
    stage.bot.add_view(view)
    channel = stage.bot.get_channel(stage.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.send(OLD_PAGE, view=view)


def texts(result: simcord.InteractionResult) -> list[tuple[str, bool]]:
    """Return what was answered, and whether only its user sees it."""
    return [(message.content, message.ephemeral) for message in answered(result).messages]


async def test_a_menu_without_an_invoker_is_everybodys() -> None:
    """Each choice, by anybody, changes the message in place."""
    async with timed() as stage:
        sent = await colours(stage)
        for who, colour in ((WHO, "red"), (SUBJECT, "blue")):
            await stage.people[who].select(sent, [colour])
            shown = [m.content for m in stage.channel.history() if m.id == sent.id]
            assert shown == [escape(repr({"colour": colour}))]


async def test_a_persistent_menu_works_after_a_restart_and_has_expired_without_its_view() -> None:
    """After a restart it answers once its view is added again; until then it is answered as expired, once."""
    async with timed() as stage:
        sent = await colours(stage)
        bot = TwiBot(stage.app, stage.drain)
        await stage.env.restart_bot(bot)
        found = next(m for m in stage.channel.history() if m.id == sent.id)
        answers = [said for said in texts(await stage.people[WHO].select(found, ["red"])) if said[0] != OLD_PAGE]
        assert [("`discord.expired`" in text, private) for text, private in answers] == [(True, True)]
        bot.add_view(Choosing(Host.of(bot, "test"), echo))
        await stage.people[WHO].select(found, ["red"])
        assert [m.content for m in stage.channel.history() if m.id == sent.id] == [escape(repr({"colour": "red"}))]


async def test_components_of_others_are_left_alone() -> None:
    """A component of the hosting bot that nothing listens to gets no answer from us."""
    async with timed() as stage:
        view = discord.ui.View(timeout=1)
        view.add_item(discord.ui.Button[discord.ui.View](label="Theirs", custom_id="theirs:1"))
        channel = stage.bot.get_channel(stage.channel.id)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send("theirs", view=view)
        await stage.env.advance_time(2)
        result = await stage.people[WHO].click(sent, label="Theirs")
        assert not result.acknowledged


def opening(answer: Answer = echo, *, names: tuple[str, ...] = ("text",), required: bool = True) -> Answer:
    """Open a form."""

    async def opened(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        fields = [field(name, required=required) for name in names]
        return Success(dialog("Import settings", fields, answer, instead=INSTEAD))

    return opened


async def form(stage: Stage, answer: Answer) -> simcord.InteractionResult:
    """Ask for a form."""
    await add(stage, entrypoint(answer))
    return await stage.people[WHO].slash(stage.channel, "probe")


async def test_a_form_shows_its_fields_and_returns_what_was_typed() -> None:
    """Title, label, description and limits are as declared; the answer gets the typed text and no empty field."""
    noted = Noted()
    async with timed() as stage:
        shown = await form(stage, opening(noted, names=("some_text", "more"), required=False))
        assert shown.modal is not None
        assert shown.modal["title"] == "Import settings"
        first = shown.modal["components"][0]
        assert (first["label"], first["description"]) == ("Some text", "Any text.")
        component = first["component"]
        assert (component["style"], component["max_length"], component["required"]) == (2, 4000, False)
        typed = "x" * 3900 + ' {"a": 1}'
        said = texts(await stage.people[WHO].submit_modal(shown, {"some_text": typed, "more": ""}))
        assert said == [("It worked.", True)]
        assert noted.raw == [{"some_text": typed}]


async def test_a_form_is_sent_with_the_rights_of_its_sender() -> None:
    """The answer is called as the one who sent the form."""
    noted = Noted()
    async with timed() as stage:
        shown = await form(stage, opening(noted))
        await stage.people[WHO].submit_modal(shown, {"text": "x"})
        assert noted.actors == [stage.people[WHO].id]


async def test_a_written_command_says_how_to_do_without_the_form() -> None:
    """When no form can be opened, the command says how to pass the value."""
    async with timed() as stage:
        await form(stage, opening())
        assert (await stage.write(WHO, "!probe")).text == INSTEAD


async def test_a_form_that_would_come_too_late_is_replaced_by_the_text() -> None:
    """Once the interaction was deferred, Discord opens no form, and the text is shown."""
    with logged(logging.ERROR) as records:
        async with timed() as stage:
            await open_too_late(stage)
    assert records == []


async def open_too_late(stage: Stage) -> None:
    """Open a form after the deferral."""
    opens = opening()

    async def slow(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
        await asyncio.sleep(2)
        return await opens(raw, call)

    shown = await form(stage, slow)
    await stage.env.advance_time(3)
    assert shown.modal is None
    assert [text for text, _ in texts(shown)] == [INSTEAD]


@pytest.mark.parametrize(("status", "expected"), [(400, [INSTEAD]), (500, [])])
async def test_a_form_that_discord_does_not_take_at_once(status: int, expected: list[str]) -> None:
    """A form that Discord refuses is replaced by the text; one that fails for a moment is opened after all."""
    async with timed() as stage:
        stage.env.inject_error("POST", CALLBACK, status=status)
        shown = await form(stage, opening())
        await stage.env.advance_time(1)
        assert [text for text, _ in texts(shown)] == expected
        assert (shown.modal is not None) is (not expected)


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_old_form_is_answered_as_expired(restarted: bool) -> None:
    """A form that is sent too late, or after a restart, is answered once, privately, and nothing is done."""
    done: list[str] = []

    async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        done.append("once")
        return Success(Message(say("ok")))

    async with timed() as stage:
        shown = await form(stage, opening(answer))
        if restarted:
            await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        else:
            await stage.env.advance_time(TIMEOUT + 1)
        said = texts(await stage.people[WHO].submit_modal(shown, {"text": "x"}))
        assert [("`discord.expired`" in text, private) for text, private in said] == [(True, True)]
        assert done == []


async def test_a_form_that_discord_would_refuse_cannot_be_declared() -> None:
    """No field, and more than five, are refused where the form is described; a long title is cut."""
    made = dialog("t" * 46, [field("a")], echo, instead=Markup())
    assert made.opens is not None
    assert made.opens.title == "t" * 44 + "…"
    for count in (0, 6):
        with pytest.raises(ValueError, match="one to 5 fields"):
            dialog("t", [field(str(number)) for number in range(count)], echo, instead=Markup())


async def test_a_limit_beyond_discords_is_cut() -> None:
    """A field that may be longer than what can be typed asks for as much as can be typed."""
    async with timed() as stage:

        async def opened(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
            long = replace(field(), maximum=100_000, description="d" * 200)
            return Success(dialog("t", [long], echo, instead=INSTEAD))

        shown = await form(stage, opened)
        assert shown.modal is not None
        (only,) = shown.modal["components"]
        assert only["component"]["max_length"] == 4000
        assert len(only["description"]) == 100


async def test_only_the_one_who_opened_a_form_may_send_it() -> None:
    """If Discord ever delivers another person's form, its sender is refused and nothing is done."""
    async with timed() as stage:
        shown = await form(stage, opening())
        shown._interaction.user_id = stage.people[SUBJECT].id  # the simulation would rightly refuse
        said = texts(await stage.people[SUBJECT].submit_modal(shown, {"text": "x"}))
        assert [("`discord.not_yours`" in text, private) for text, private in said] == [(True, True)]
