"""What is suggested while people type."""

import asyncio
import contextlib
import logging
from dataclasses import replace
from typing import Any

import pytest

from tests.integration.discord.entries import add, entrypoint, field, logged
from tests.integration.discord.stage import Stage, staged, timed
from tests.integration.discord.test_once import IT_WORKED, saying
from tests.integration.discord.test_replies import CALLBACK, fail, first
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.links.errors import NOT_FOUND
from twi_discord.commands.specs import CommandSpec, Complete, Option, Suggestions

pytestmark = pytest.mark.asyncio


def suggested(stage: Stage) -> list[list[dict[str, Any]]]:
    """Return every list of suggestions that the bot has sent; the simulation records an empty one for none at all."""
    return [
        answer["data"]["choices"]
        for request in stage.env.http_requests
        if request.path.endswith("/callback") and (answer := request.json or {})["type"] == 8
    ]


async def typed(stage: Stage, name: str, option: str, text: str, *, seconds: float = 0) -> list[str]:
    """Type into an option, let time pass, and return the values of the one list that was sent."""
    before = len(suggested(stage))
    await stage.people["member"].autocomplete(stage.channel, name, option, text)
    if seconds:
        await stage.env.advance_time(seconds)
    (found,) = suggested(stage)[before:]
    return [choice["value"] for choice in found]


async def test_titles_are_suggested_best_first() -> None:
    """Titles that begin with what was typed come before those that resemble it, for every command that takes one."""
    async with staged() as stage:
        for title in ("old world map", "world map", "recipes"):
            await stage.add(title)
        for name in ("get", "info", "edit", "rename", "delete", "transfer"):
            assert await typed(stage, f"link {name}", "title", "WORLD") == ["world map", "old world map"]


async def test_tags_are_suggested_with_their_counts() -> None:
    """Tags that begin with what was typed are suggested; each with how many links it has."""
    async with staged() as stage:
        await stage.add("a", tag="maps")
        await stage.add("b", tag="maps")
        await stage.add("c", tag="music")
        for name, option in (("link list", "tag"), ("tag", "tag"), ("link add", "tag"), ("link edit", "tag")):
            found = await stage.people["member"].autocomplete(stage.channel, name, option, "ma")
            assert found == [{"name": "maps (2)", "value": "maps"}]


async def test_nothing_is_suggested_where_that_is_impossible() -> None:
    """A direct message, an overlong text and a failing storage suggest nothing, and break nothing."""
    async with staged() as stage:
        await stage.add("map")
        assert await stage.people["member"].user.autocomplete("link get", "title", "m") == []
        assert await typed(stage, "link get", "title", "m" * 3000) == []
        assert await typed(stage, "link get", "title", "\ud800") == []
    async with staged(wrap=first(fail)) as stage:
        assert await typed(stage, "link get", "title", "m") == []
        assert stage.env.errors == []


async def test_suggestions_stay_within_discords_limits() -> None:
    """At most 25 choices, none longer than 100 characters."""
    async with staged() as stage:
        for number in range(30):
            await stage.add(f"{'x' * 97}{number:03}")
        found = await stage.people["member"].autocomplete(stage.channel, "link get", "title", "x")
        assert len(found) == 25
        assert all(len(choice["name"]) <= 100 and len(choice["value"]) <= 100 for choice in found)


FAILURES: tuple[BaseException, ...] = (
    RuntimeError("secret"),
    Unavailable("secret"),
    TimeoutError("secret"),
    asyncio.CancelledError("secret"),
)


def completing(complete: Complete) -> CommandSpec:
    """Describe a command whose one option is completed."""
    return replace(entrypoint(saying(IT_WORKED)), options=(Option(field("text"), complete),))


async def keystroke(stage: Stage, complete: Complete, *, seconds: float = 0) -> list[str]:
    """Type one letter into that option."""
    await add(stage, completing(complete))
    return await typed(stage, "probe", "text", "m", seconds=seconds)


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
async def test_suggestions_that_fail_are_an_empty_list_and_a_line_in_the_log(error: BaseException) -> None:
    """Whatever goes wrong while people type, nothing is suggested, and the log has the reference."""

    async def complete(_: str, __: CallContext) -> Outcome[Suggestions, AppError]:
        raise error

    with logged(logging.WARNING) as records:
        async with staged() as stage:
            assert await keystroke(stage, complete) == []
            assert stage.env.errors == []
    ((reference, record),) = records
    assert reference.startswith("r0")
    assert "discord.suggestion" in record.getMessage()


async def test_a_refusal_suggests_nothing() -> None:
    """When the caller may not know, or asks too often, nothing is suggested."""

    async def complete(_: str, __: CallContext) -> Outcome[Suggestions, AppError]:
        return Failure(AppError(NOT_FOUND, {"title": "x"}))

    async with staged() as stage:
        assert await keystroke(stage, complete) == []


async def test_suggestions_that_take_too_long_are_cancelled() -> None:
    """Before Discord gives up, an empty list is sent, and the running lookup is cancelled."""
    ended: list[str] = []

    async def complete(_: str, __: CallContext) -> Outcome[Suggestions, AppError]:
        with contextlib.ExitStack() as stack:
            stack.callback(ended.append, "broken off")
            await asyncio.sleep(60)
            stack.pop_all()
        return Success([("late", "late")])

    async with timed() as stage:
        assert await keystroke(stage, complete, seconds=2.9) == []
        assert ended == ["broken off"]


async def test_while_stopping_nothing_is_suggested() -> None:
    """Once the process is draining nothing is looked up, and an empty list is sent."""
    async with staged() as stage:
        await stage.add("map")
        await stage.drain.close(1)
        assert await typed(stage, "link get", "title", "m") == []


@pytest.mark.parametrize("times", [1, 2])
async def test_suggestions_that_discord_fails_to_take_are_sent_again(times: int) -> None:
    """A keystroke is answered although Discord fails for a moment."""
    async with staged() as stage:
        await stage.add("map")
        stage.env.inject_error("POST", CALLBACK, status=500, times=times)
        await stage.people["member"].autocomplete(stage.channel, "link get", "title", "m")
        await stage.env.advance_time(1)
        assert suggested(stage) == [[{"name": "map", "value": "map"}]] * (times + 1)


async def test_a_keystroke_in_a_command_that_is_gone_gets_an_empty_list() -> None:
    """When Discord still shows a command that the bot no longer has, its options suggest nothing."""
    async with staged() as stage:
        stage.bot.remove_command("link")
        assert await typed(stage, "link get", "title", "m") == []
        assert len(stage.env.errors) == 1  # the simulation listens where the tree does
