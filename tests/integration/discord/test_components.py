"""Buttons and selects that an answer describes: what they call, for whom, and what becomes of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from tests.integration.discord.entries import WHO, add, entrypoint, field
from tests.integration.discord.stage import WAYS, Stage, Way, answered, shown, staged, timed
from tests.integration.discord.test_pager import current, disabled, filled
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_discord.components.answers import NEXT, PREVIOUS, TIMEOUT
from twi_discord.connection.bot import TwiBot
from twi_discord.replies.markup import escape, say
from twi_discord.replies.message import (
    Answer,
    Button,
    Choice,
    Embed,
    LinkButton,
    Message,
    Row,
    Select,
    Style,
    dialog,
)
from twi_memory.settings import SETTING_ROWS

pytestmark = pytest.mark.asyncio

DOCUMENT = '{"links.page_size": 7}'


async def echo(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
    """Show the given options."""
    return Success(Message(escape(repr(dict(raw)))))


def showing(*rows: Row, message: Message | None = None) -> Answer:
    """Answer with components."""

    async def answer(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        return Success(replace(message or Message(say("choose")), components=rows))

    return answer


async def asked(stage: Stage, answer: Answer, way: Way = "slash") -> discord.Message:
    """Ask for an answer and return the message that came."""
    await add(stage, entrypoint(answer))
    return (await stage.ask(WHO, way, "probe")).messages[0].message


def now(stage: Stage, message: discord.Message) -> str:
    """Return what a message shows now."""
    return shown(current(stage, message))


def labels(message: discord.Message) -> list[list[str]]:
    """Return the labels in each row of components."""
    return [
        [item.label or "" if isinstance(item, discord.Button) else "select" for item in row.children]
        for row in message.components
        if isinstance(row, discord.ActionRow)
    ]


async def imported(stage: Stage, way: Way = "slash") -> simcord.ResponseMessage:
    """Preview what a settings document would change."""
    said = await stage.ask("administrator", way, "settings import", document=DOCUMENT)
    assert "Nothing has changed yet" in said.text
    return said.messages[0]


def values(stage: Stage) -> dict[str, str]:
    """Return what is set."""
    return {row.key: row.value for row in stage.store.table(SETTING_ROWS).rows.values()}


# What people see.


@pytest.mark.parametrize("way", WAYS)
async def test_an_import_is_applied_by_a_button(way: Way) -> None:
    """The preview has a button that applies it, in place, and then disappears."""
    async with staged() as stage:
        preview = await imported(stage, way)
        assert values(stage) == {}
        done = answered(await stage.people["administrator"].click(preview.message, label="Apply"))
        assert values(stage) == {"links.page_size": "7"}
        (changed,) = [message for message in done.messages if message.content] if way == "slash" else [preview]
        assert shown(changed.message).startswith("Changed:")
        assert labels(changed.message) == []
        assert stage.pings() == []


async def test_an_import_from_a_form_is_applied_by_a_button() -> None:
    """What was typed into the form is what the button applies."""
    async with staged() as stage:
        administrator = stage.people["administrator"]
        form = await administrator.slash(stage.channel, "settings import")
        preview = answered(await administrator.submit_modal(form, {"document": DOCUMENT})).messages[0]
        await administrator.click(preview.message, label="Apply")
        assert values(stage) == {"links.page_size": "7"}


async def test_what_a_button_does_takes_the_rights_that_its_user_has_then() -> None:
    """A user who lost the right between the preview and the click is refused privately, and the button stays."""
    async with staged() as stage:
        role = stage.guild.create_role("helper")
        member = stage.guild.add_member(stage.env.create_user("holder"), roles=[role])
        await stage.env.settle()
        given: dict[str, Any] = {"role": role}
        await stage.ask("administrator", "slash", "settings admin-role add", **given)
        preview = (await stage.ask(member, "prefix", "settings import", document=DOCUMENT)).messages[0]
        await stage.ask("administrator", "slash", "settings admin-role remove", **given)
        refused = answered(await member.click(preview.message, label="Apply"))
        assert "`permissions.denied`" in refused.text
        assert refused.private
        assert "links.page_size" not in values(stage)
        assert labels(current(stage, preview.message)) == [["Apply"]]


async def test_others_cannot_apply_it() -> None:
    """The operator, who may do anything, still cannot use another person's button."""
    async with staged() as stage:
        preview = await imported(stage, "prefix")
        refused = answered(await stage.people["operator"].click(preview.message, label="Apply"))
        assert "`discord.not_yours`" in refused.text
        assert refused.private
        assert values(stage) == {}


async def test_a_button_is_disabled_and_then_says_that_it_expired() -> None:
    """After some minutes it is disabled; after a restart a click on one that looks live is answered as expired."""
    async with staged() as stage:
        preview = await imported(stage, "prefix")
        await stage.env.advance_time(TIMEOUT + 1)
        assert list(disabled(current(stage, preview.message)).values()) == [True]
        fresh = await imported(stage, "prefix")
        await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        said = answered(await stage.people["administrator"].click(fresh.message, label="Apply"))
        assert "`discord.expired`" in said.text
        assert values(stage) == {}


async def test_what_was_found_can_be_chosen() -> None:
    """A search offers its titles as choices; the chosen link replaces the list, with the choices still below it."""
    async with staged() as stage:
        titles = ["**map** <@1> of `it`", "map, the other"]
        for title in titles:
            await stage.add(title, f"about {title}")
        message = (await stage.ask("member", "slash", "link search", query="map")).messages[0].message
        for title in titles:
            await stage.people["member"].select(current(stage, message), [title])
            assert now(stage, message) == f"**{escape(title)}**\nabout {escape(title)}"
        assert labels(current(stage, message)) == [["select"]]
        assert stage.pings() == []


async def test_pages_of_what_was_found_have_their_own_choices() -> None:
    """Pages are turned below the choices, and each page offers what it shows."""
    async with staged() as stage:
        await filled(stage, 25)
        message = (await stage.ask("member", "slash", "link search", query="part")).messages[0].message
        assert labels(message) == [["select"], ["Previous", "Next"]]
        await stage.people["member"].click(message, label="Next")
        last = next(line[2:].partition(" (")[0] for line in now(stage, message).splitlines() if line.startswith("- "))
        assert disabled(current(stage, message)) == {PREVIOUS: False, NEXT: True}
        await stage.people["member"].select(current(stage, message), [last])
        assert now(stage, message).startswith(f"**{last}**")
        assert labels(current(stage, message)) == [["select"]]


@pytest.mark.parametrize("way", WAYS)
async def test_the_facts_of_a_link_are_an_embed(way: Way) -> None:
    """Title, content and owner are shown in fields, and an address can be opened."""
    async with staged() as stage:
        await stage.add("world map", "https://example.org/map", tag="maps")
        said = await stage.ask("member", way, "link info", title="world map")
        (embed,) = said.messages[0].embeds
        assert (embed.title, embed.description) == ("world map", "https://example.org/map")
        facts = {field.name: field.value or "" for field in embed.fields}
        assert (facts["Tag"], facts["Preview"]) == ("maps", "yes")
        assert facts["Added"].endswith(f" by <@{stage.people['moderator'].id}>")
        assert "Id" not in facts
        assert labels(said.messages[0].message) == [["Open"]]
        await stage.add("long", "https://example.org/" + "a" * 600)
        assert labels((await stage.ask("member", way, "link info", title="long")).messages[0].message) == []


# What can be declared.


async def test_a_button_calls_what_it_names_or_the_same_again() -> None:
    """Its answer gets the declared options; without an answer, the same call is repeated with those options on top."""

    async def again(raw: Mapping[str, object], _: CallContext, /) -> Outcome[Message, AppError]:
        buttons = (Button("More", given={"n": int(str(raw.get("n", 0))) + 1}), Button("Other", echo, {"x": 1}))
        return Success(Message(escape(repr(dict(raw))), components=(buttons,)))

    async with staged() as stage:
        message = await asked(stage, again)
        for n in (1, 2):
            await stage.people[WHO].click(current(stage, message), label="More")
            assert now(stage, message) == escape(repr({"n": n}))
        await stage.people[WHO].click(current(stage, message), label="Other")
        assert now(stage, message) == escape(repr({"x": 1}))
        assert labels(current(stage, message)) == []


async def test_a_select_sends_one_value_or_several() -> None:
    """The choice arrives under the select's name: a text, or a list if several can be chosen."""
    choices = [Choice(name, name.capitalize(), description="A colour.", emoji="🎨") for name in ("red", "blue")]
    one = Select(name="colour", choices=choices, answer=echo, placeholder="Choose")
    for select, chosen, given in (
        (one, ["red"], {"colour": "red"}),
        (replace(one, most=2), ["red", "blue"], {"colour": ["red", "blue"]}),
    ):
        async with staged() as stage:
            message = await asked(stage, showing(select))
            await stage.people[WHO].select(message, chosen)
            assert now(stage, message) == escape(repr(given))


async def test_components_look_as_described() -> None:
    """Rows, styles, emoji, addresses and disabled state arrive; a label from a user is cut and shown literally."""
    rows: tuple[Row, ...] = (
        (
            Button("**x**\u202e" * 30, echo, style=Style.DANGER),
            Button(" ", echo, emoji="🎉", disabled=True),
            LinkButton("Open", "https://example.org/"),
            Button("\u202e", echo),
        ),
        Select(
            name="s",
            choices=[Choice("a", "A", chosen=True), Choice("b", "\u2066", description="B\u202e")],
            answer=echo,
            placeholder="\u202eS",
            least=0,
            disabled=True,
        ),
    )
    async with staged() as stage:
        message = await asked(stage, showing(*rows))
        first, second = (row for row in message.components if isinstance(row, discord.ActionRow))
        one, two, three, unseen = (item for item in first.children if isinstance(item, discord.Button))
        (select,) = (item for item in second.children if isinstance(item, discord.SelectMenu))
        assert one.label == ("**x**" * 30)[:79] + "…"
        assert (one.style, two.disabled, str(two.emoji)) == (discord.ButtonStyle.danger, True, "🎉")
        assert (three.url, unseen.label) == ("https://example.org/", "\u200b")
        assert (select.disabled, select.min_values, select.options[0].default) == (True, 0, True)
        assert (select.placeholder, select.options[1].label, select.options[1].description) == ("S", "\u200b", "B")
        await stage.env.advance_time(TIMEOUT + 1)
        assert [item.disabled for item in current(stage, message).components[0].children] == [True, True, False, True]  # type: ignore[union-attr]  # rows only


async def test_a_click_on_a_replaced_message_says_so() -> None:
    """A button of a message that was replaced calls nothing, even if a new one stands in its place."""
    called: list[str] = []

    def noting(name: str, then: Answer) -> Answer:
        async def answer(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
            called.append(name)
            return await then(raw, call)

        return answer

    later = showing((Button("Second", noting("second", echo)),))
    async with staged() as stage:
        message = await asked(stage, showing((Button("First", noting("first", later)),)))
        old = stage.env.backend.messages[stage.channel.id][message.id]
        stale = old.components
        await stage.people[WHO].click(message, label="First")
        kept, old.components = old.components, stale  # as a client that lags behind has it
        said = answered(await stage.people[WHO].click(message, label="First"))
        old.components = kept
        assert "`discord.expired`" in said.text
        assert called == ["first"]


async def test_what_a_slow_click_shows_works() -> None:
    """The buttons of an answer work although those that were clicked were disabled while it was made."""

    async def slow(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        await asyncio.sleep(TIMEOUT + 20)
        return Success(Message(say("done"), components=((Button("More", echo),),)))

    async with timed() as stage:
        message = await asked(stage, showing((Button("Do", slow),)), "prefix")
        await stage.people[WHO].click(message, label="Do")
        await stage.env.advance_time(TIMEOUT + 10)
        assert list(disabled(current(stage, message)).values()) == [True]
        await stage.env.advance_time(20)
        assert now(stage, message) == "done"
        await stage.people[WHO].click(current(stage, message), label="More")
        assert now(stage, message) == escape("{}")


@pytest.mark.parametrize("fails", [False, True])
async def test_a_click_while_another_is_answered_calls_nothing(fails: bool) -> None:
    """A second click meanwhile is silently accepted; after the answer, or after a failure, the button works again."""
    calls: list[str] = []

    async def slow(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
        calls.append(call.correlation_id)
        await asyncio.sleep(4)
        if fails:
            raise RuntimeError("x")
        return await showing(button)(raw, call)

    button = (Button("Do", slow),)
    async with timed() as stage:
        message = await asked(stage, showing(button), "prefix")
        who = stage.people[WHO]
        for number in (1, 2):
            used = await who.click(current(stage, message), label="Do")
            spare = await who.click(current(stage, message), label="Do")
            assert spare.acknowledged
            await stage.env.advance_time(5)
            assert len(calls) == number
            assert ("`internal.unexpected`" in answered(used).text) is fails
            assert spare.followups == []
            assert now(stage, message) == "choose"


@pytest.mark.parametrize("seconds", [0.0, 4.0])
async def test_what_a_click_did_is_shown_though_its_message_is_gone(seconds: float) -> None:
    """If a message is deleted while a click is answered, only the one who clicked is shown the result."""

    async def deleting(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        stage.env.backend.delete_message(stage.channel.id, message.id)
        await asyncio.sleep(seconds)
        return Success(Message(say("done")))

    async with staged() as stage:
        message = await asked(stage, showing((Button("Do", deleting),)), "prefix")
        result = await stage.people[WHO].click(message, label="Do")
        await stage.env.advance_time(5)
        said = answered(result)
        assert (said.text, said.private) == ("done", True)


async def test_a_form_that_a_button_opens_leaves_the_message() -> None:
    """The message and its button stay; the form's answer is a separate message."""

    async def opening(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        return Success(dialog("Form", [field()], echo, instead=say("in writing")))

    async with staged() as stage:
        message = await asked(stage, showing((Button("Fill in", opening),)))
        form = await stage.people[WHO].click(message, label="Fill in")
        assert form.modal is not None
        said = answered(await stage.people[WHO].submit_modal(form, {"text": "typed"}))
        assert said.text == escape(repr({"text": "typed"}))
        assert now(stage, message) == "choose"
        assert labels(current(stage, message)) == [["Fill in"]]


async def test_a_private_answer_to_a_public_button_is_refused_and_the_button_stays() -> None:
    """What others would read is refused as in any channel; the components go on working."""

    async def secret(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        return Success(Message(say("secret"), private=True))

    async with staged() as stage:
        message = await asked(stage, showing((Button("Reveal", secret), Button("Echo", echo))), "prefix")
        said = answered(await stage.people[WHO].click(message, label="Reveal"))
        assert "`discord.overheard`" in said.text
        assert now(stage, message) == "choose"
        await stage.people[WHO].click(current(stage, message), label="Echo")
        assert now(stage, message) == escape("{}")


async def test_a_private_answer_to_a_private_button_is_shown() -> None:
    """Under a private message, a private answer takes its place."""

    async def secret(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        return Success(Message(say("secret"), private=True))

    async with staged() as stage:
        spec = replace(entrypoint(showing((Button("Reveal", secret),))), public=False)
        await add(stage, spec)
        message = (await stage.ask(WHO, "slash", "probe")).messages[0].message
        assert answered(await stage.people[WHO].click(message, label="Reveal")).text == "secret"


async def test_embeds_are_shown_with_their_text() -> None:
    """An answer has text, embeds and components at once, for a written command too."""
    message = Message(say("text"), embeds=(Embed(title="title", description="<@1>", footer="foot"),))
    for way in WAYS:
        async with staged() as stage:
            sent = await asked(stage, showing((Button("Echo", echo),), message=message), way)
            assert shown(sent) == "text\ntitle\n\\<@\u200b1\\>\nfoot"
            await stage.people[WHO].click(sent, label="Echo")
            assert current(stage, sent).embeds == []
