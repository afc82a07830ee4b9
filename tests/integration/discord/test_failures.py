"""References looked up, and bugs listed and notified, as people see them in Discord."""

import re
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.integration.discord.entries import KINDS, WHO, Kind, add, entrypoint
from tests.integration.discord.stage import WAYS, Said, Stage, Way, answered, staged, timed
from tests.integration.discord.test_checks import Hosting
from tests.integration.discord.test_listeners import listening
from tests.integration.discord.test_once import SECRET, failing
from tests.integration.discord.test_pager import click, opened
from tests.integration.discord.test_replies import first
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.ids import ChannelId
from twi_core.kernel.outcome import Outcome, Success
from twi_discord.components.answers import NEXT
from twi_discord.connection.notifying import ChannelNotifier
from twi_discord.replies.message import Message
from twi_memory.failures import BUG_ROWS, OCCURRENCE_ROWS

pytestmark = pytest.mark.asyncio

REFERENCE: Final = re.compile(r"reference `([0-9a-z]+)`")
FINGERPRINT: Final = re.compile(r"`([0-9a-f]{16})`")


def reference(said: Said) -> str:
    found = REFERENCE.search(said.text)
    assert found is not None, said.text
    return found[1]


async def looked_up(stage: Stage, of: str, who: str = "administrator", way: Way = "slash", **given: Any) -> Said:
    """Look a reference up once everything is written."""
    assert await stage.app.failure_records.flush()
    return await stage.ask(who, way, "error", reference=of, **given)


class Broken:
    """A bug in the storage while it is switched on."""

    def __init__(self) -> None:
        self.on = False

    async def __call__(self) -> None:
        if self.on:
            raise RuntimeError(f"{SECRET}: <@1> ``` @everyone")


@pytest.mark.parametrize("way", WAYS)
async def test_staff_look_up_what_a_member_was_shown(way: Way) -> None:
    """The reference of a refusal shows staff who, where, when, what and why; a member may not look."""
    async with staged() as stage:
        refused = await stage.ask("member", way, "link get", title="a private title")
        found = await looked_up(stage, reference(refused), "moderator", way)
        person, channel = stage.people["member"].id, stage.channel.id
        for part in (
            f"Who: <@{person}>",
            f"channel <#{channel}>",
            "Operation: `links.get`",
            "Code: `links.not_found`",
            "Date: <t:",
            "No link of this server has that title",
        ):
            assert part in found.text
        assert "private" not in found.text
        assert found.private or way == "prefix"
        assert "permissions.denied" in (await looked_up(stage, reference(refused), "member", way)).text
        assert "failures.unknown_reference" in (await looked_up(stage, "neverneve1", "moderator", way)).text


async def test_operators_look_up_in_direct_messages_too() -> None:
    """An operator finds what a member was shown in a direct message, from a direct message; nobody else does."""
    async with staged() as stage:
        refused = await stage.ask("member", "slash", "link get", dm=True, title="x")
        assert "guild.required" in refused.text
        assert "failures.unknown_reference" in (await looked_up(stage, reference(refused))).text
        assert "permissions.denied" in (await looked_up(stage, reference(refused), dm=True)).text
        assert "`guild.required`" in (await looked_up(stage, reference(refused), "operator", dm=True)).text


async def test_what_happened_elsewhere_is_shown_to_operators_only() -> None:
    """Written in a server, a lookup of something from outside it shows nothing there, but says where to ask."""
    async with staged() as stage:
        of = reference(await stage.ask("member", "slash", "link get", dm=True, title="x"))
        refused = await looked_up(stage, of, "operator", "prefix")
        assert "`discord.overheard`" in refused.text
        assert "`guild.required`" not in refused.text
        assert (await looked_up(stage, of, "operator")).private
        for way in WAYS:
            assert "`guild.required`" in (await looked_up(stage, of, "operator", way, dm=True)).text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "_"))
async def test_a_bug_anywhere_is_found_by_the_reference_that_was_shown(kind: Kind) -> None:
    """Whichever kind of entry broke, the reference leads to the bug, which holds where it was and no secret text."""
    async with timed() as stage:
        use = await kind.arm(stage, failing(RuntimeError("x"), 0.0))
        said = await use(0.0)
        found = await looked_up(stage, reference(said), "operator")
        assert "`internal.unexpected`" in found.text
        assert f"<@{stage.people[WHO].id}>" in found.text
        (fingerprint,) = set(FINGERPRINT.findall(found.text))
        described = await stage.ask("operator", "slash", "failure describe", fingerprint=fingerprint)
        assert "RuntimeError: x" in described.text
        assert "tests.integration.discord.test_once:failing.<locals>.answer, line " in described.text
        assert reference(said) in described.text


async def test_a_trace_is_shown_to_the_asker_only() -> None:
    """Written in a channel, the command is refused with the way to go; by slash and in a direct message it is shown."""
    async with staged() as stage:
        met = stage.app.context(actor=None, guild=None)
        stage.app.recorder.failed(RuntimeError("x"), "links.get", met)
        found = await looked_up(stage, met.correlation_id, "operator")
        fingerprint = FINGERPRINT.findall(found.text)[0]
        refused = await stage.ask("operator", "prefix", "failure describe", fingerprint=fingerprint)
        assert "`discord.overheard`" in refused.text
        assert "Use the slash command, or write to the bot in a direct message" in refused.text
        assert "RuntimeError" not in refused.text
        shown = await stage.ask("operator", "slash", "failure describe", fingerprint=fingerprint)
        assert shown.private
        written = await stage.ask("operator", "prefix", "failure describe", dm=True, fingerprint=fingerprint)
        assert "RuntimeError: x" in shown.text
        assert written.text == shown.text
        denied = await stage.ask("moderator", "prefix", "failure describe", fingerprint=fingerprint)
        assert "`permissions.denied`" in denied.text


async def test_what_the_entrypoint_refuses_is_found() -> None:
    """Another person's button, a misspelt option, an unknown command, and a forgotten page have references too."""
    async with staged() as stage:
        message = await opened(stage)
        cases = {
            "discord.not_yours": answered(await click(stage, "administrator", message, NEXT)),
            "input.unknown_field": await stage.write("member", "!link get x --colour red"),
            "discord.unknown_command": await stage.write("member", "!link fly"),
            "input.missing": await stage.write("member", "!link get"),
        }
        for code, said in cases.items():
            assert f"`{code}`" in said.text
            assert f"`{code}`" in (await looked_up(stage, reference(said))).text


async def test_a_call_that_is_cut_short_is_found() -> None:
    """A call that the stopping bot cut short is noted under the reference."""
    async with timed() as stage:
        stopped = await stage.drain.close(1)
        assert stopped
        said = await stage.ask("member", "slash", "link list")
        assert "`runtime.stopping`" in said.text
        assert await stage.app.failure_records.flush()
        assert stage.store.table(OCCURRENCE_ROWS).rows
        (row,) = stage.store.table(OCCURRENCE_ROWS).rows.values()
        assert (row.code, row.reference) == ("runtime.stopping", reference(said))


async def test_a_refused_keystroke_is_not_noted_and_a_bug_is() -> None:
    """Nobody sees a refusal while they type, so nothing is noted; a bug there is still found."""
    broken = Broken()
    async with staged(wrap=first(broken)) as stage:
        member = stage.people["member"]
        await stage.ask("administrator", "slash", "permissions deny", permission="links.*", user=member)
        for typed in ("w", "wo", "x" * 150):
            assert await member.autocomplete(stage.channel, "link get", "title", typed) == []
        assert await stage.app.failure_records.flush()
        assert not stage.store.table(OCCURRENCE_ROWS).rows
        broken.on = True
        assert await stage.people["moderator"].autocomplete(stage.channel, "link get", "title", "w") == []
        broken.on = False
        assert await stage.app.failure_records.flush()
        assert [bug.where for bug in stage.store.table(BUG_ROWS).rows.values()] == ["links.suggest"]


async def test_a_listener_that_fails_is_a_bug_with_a_reference() -> None:
    """What fails while the bot listens is listed under the event, though nobody was shown anything."""
    async with timed(Hosting) as stage:
        await listening(stage, RuntimeError("x"))
        await stage.people["member"].send(stage.channel, "hello")
        await stage.env.advance_time(1)
        assert await stage.app.failure_records.flush()
        (bug,) = stage.store.table(BUG_ROWS).rows.values()
        assert bug.where == "discord.on_message"
        assert [row.reference for row in stage.store.table(OCCURRENCE_ROWS).rows.values()] == list(bug.references)


@pytest.mark.parametrize("way", WAYS)
async def test_operators_list_describe_and_resolve_bugs(way: Way) -> None:
    """Bugs are for operators only; no text of an exception acts on Discord."""
    broken = Broken()
    async with staged(wrap=first(broken)) as stage:
        broken.on = True
        said = await stage.ask("member", way, "link list")
        broken.on = False
        assert SECRET not in said.text
        found = await looked_up(stage, reference(said), "administrator", way)
        assert "`internal.unexpected`" in found.text
        assert "RuntimeError" not in found.text
        assert "RuntimeError" in (await looked_up(stage, reference(said), "operator", way)).text
        listed = (await stage.ask("operator", way, "failure list")).text
        (fingerprint,) = FINGERPRINT.findall(listed)
        assert "`links.tags`: RuntimeError · seen once, <t:" in listed
        alone = way == "prefix"
        described = await stage.ask("operator", way, "failure describe", dm=alone, fingerprint=fingerprint)
        facts, block, rest = described.text.split("```")
        seen = ("Seen in: `links.tags`", "Exception: RuntimeError")
        for fact in (f"Fingerprint: `{fingerprint}`", *seen, f"`{reference(said)}`"):
            assert fact in facts
        assert f"RuntimeError: {SECRET}: <@1> ''' @everyone" in block
        assert rest.strip() == ""
        assert len(described.messages) == 1
        for name in ("list", "describe", "resolve"):
            given = {} if name == "list" else {"fingerprint": fingerprint}
            assert "permissions.denied" in (await stage.ask("administrator", way, f"failure {name}", **given)).text
        done = (await stage.ask("operator", way, "failure resolve", fingerprint=fingerprint)).text
        assert f"resolved by <@{stage.people['operator'].id}>" in done
        assert (await stage.ask("operator", way, "failure list")).text == "No bugs found."
        assert fingerprint in (await stage.ask("operator", way, "failure list", resolved=True)).text
        assert stage.pings() == []


async def test_bugs_are_announced_in_a_channel() -> None:
    """The channel is notified once: what broke where, how often, how to see more, but not the exception's text."""
    broken = Broken()
    async with staged(wrap=first(broken)) as stage:
        room = stage.guild.create_text_channel("operators")
        notifier = ChannelNotifier(stage.bot, ChannelId(room.id))
        broken.on = True
        said = await stage.ask("member", "slash", "link list")
        await stage.ask("member", "slash", "link list")
        broken.on = False
        for _ in range(2):
            assert await stage.app.failure_records.flush()
            await stage.app.failure_records.notify(notifier)
        (message,) = room.history()
        (bug,) = stage.store.table(BUG_ROWS).rows.values()
        for part in ("`links.tags`: RuntimeError", "`internal.unexpected`", "2 times", bug.fingerprint):
            assert part in message.content
        assert f"/error reference:{bug.references[0]}" in message.content
        assert reference(said) in bug.references
        assert SECRET not in message.content
        assert stage.pings() == []
        assert "`links.tags`" in (await looked_up(stage, bug.references[0], "operator")).text


async def test_a_channel_that_is_gone_disturbs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The bot goes on, the log says so once, and the next occurrence is notified."""
    broken = Broken()
    async with staged(wrap=first(broken)) as stage:
        room = stage.guild.create_text_channel("operators")
        broken.on = True
        await stage.ask("member", "slash", "link list")
        broken.on = False
        assert await stage.app.failure_records.flush()
        for _ in range(3):
            await stage.app.failure_records.notify(ChannelNotifier(stage.bot, ChannelId(room.id + 12_345)))
        assert sum("could not be notified" in record.getMessage() for record in caplog.records) == 1
        broken.on = True
        await stage.ask("member", "slash", "link list")
        broken.on = False
        assert await stage.app.failure_records.flush()
        await stage.app.failure_records.notify(ChannelNotifier(stage.bot, ChannelId(room.id)))
        (message,) = room.history()
        assert "2 times" in message.content


async def test_a_bug_in_a_presenter_belongs_to_the_entrypoint() -> None:
    """What fails after the operation has succeeded is recorded under the entrypoint."""

    async def answer(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
        assert isinstance(await stage.app.links.tags.call({}, call), Success)
        raise RuntimeError("x")

    async with timed() as stage:
        await add(stage, entrypoint(answer))
        said = await stage.write(WHO, "!probe")
        assert await stage.app.failure_records.flush()
        (bug,) = stage.store.table(BUG_ROWS).rows.values()
        assert (bug.where, bug.references) == ("discord.call", (reference(said),))
