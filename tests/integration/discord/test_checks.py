"""Failures before an answer is asked for: checks and hooks of the hosting bot, of components and of menus."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands
from typing_extensions import override

from tests.integration.discord.entries import (
    OLD_PAGE,
    WHO,
    Choosing,
    add,
    arm_slash,
    arm_user_menu,
    arm_written,
    entrypoint,
)
from tests.integration.discord.stage import WAYS, Said, Stage, Way, answered, timed
from tests.integration.discord.test_once import SECRET, failing
from twi_core.application import Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.outcome import Outcome, Success
from twi_core.pipeline.guard import UNAVAILABLE, UNEXPECTED
from twi_discord import attach
from twi_discord.calls.host import Host
from twi_discord.commands.extension import GroupSpec
from twi_discord.errors import NOT_ALLOWED
from twi_discord.replies.markup import say
from twi_discord.replies.message import Message, refusal_text
from twi_runtime.process.drain import Drain

pytestmark = pytest.mark.asyncio

Check = Callable[[Any], Coroutine[Any, Any, bool]]


class Custom(commands.CommandError):
    """What a hosting bot's check raises for want of anything better."""


RAISED: tuple[tuple[BaseException | None, ErrorCode], ...] = (
    (None, NOT_ALLOWED),
    (commands.NotOwner("no"), NOT_ALLOWED),
    (app_commands.MissingPermissions(["ban_members"]), NOT_ALLOWED),
    (Custom(SECRET), UNEXPECTED),
    (RuntimeError(SECRET), UNEXPECTED),
    (Unavailable(SECRET), UNAVAILABLE),
    (asyncio.CancelledError(SECRET), UNEXPECTED),
)
each_raised = pytest.mark.parametrize(("error", "code"), RAISED, ids=lambda value: type(value).__name__)


class Hosting(commands.Bot):
    """A foreign bot that notes what its handlers are called with for our commands."""

    def __init__(self, app: Application, drain: Drain) -> None:
        intents = discord.Intents.all()
        intents.presences = False
        super().__init__(command_prefix="!", intents=intents)
        self.app, self.drain = app, drain
        self.handled: list[str] = []
        self.completed: list[str] = []

        self.add_listener(self._complete, "on_command_completion")

    async def _complete(self, context: commands.Context[Any]) -> None:
        assert context.command is not None
        self.completed.append(context.command.name)

    @override
    async def setup_hook(self) -> None:
        await attach(self, self.app, self.drain)

    @override
    async def on_command_error(self, context: commands.Context[Any], exception: commands.CommandError, /) -> None:
        self.handled.append(type(exception).__name__)

    @override
    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        self.handled.append(event_method)


def raising(error: BaseException | None, after: float = 0.0) -> Check:
    """Refuse with an exception, or by returning False."""

    async def check(_: Any) -> bool:
        await asyncio.sleep(after)
        if error is not None:
            raise error
        return False

    return check


async def worked(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
    return Success(Message(say("It worked.")))


def reported_once(stage: Stage, said: Said, code: ErrorCode, *, private: bool) -> None:
    """Check that a refusal was shown once, and that the hosting bot's handlers were not called for it."""
    assert [message.content.partition(" · reference")[0] for message in said.messages] == [
        refusal_text(AppError(code), "r").partition(" · reference")[0]
    ]
    assert said.private is private
    assert SECRET not in said.text
    assert len([message for message in stage.channel.history() if message.author.bot]) <= 1
    if isinstance(stage.bot, Hosting):
        assert stage.bot.handled == []


async def hooked(stage: Stage, place: str, check: Check) -> None:
    """Put a check into the hosting bot."""
    command = stage.bot.get_command("probe")
    assert command is not None
    match place:
        case "bot":
            stage.bot.add_check(check)
        case "once":
            stage.bot.add_check(check, call_once=True)
        case "command":
            command.add_check(check)
        case _:
            stage.bot.before_invoke(check)


@pytest.mark.parametrize("after", [0.0, 4.0])
@pytest.mark.parametrize("place", ["bot", "once", "command", "hook"])
@each_raised
@pytest.mark.parametrize("way", WAYS)
async def test_what_a_check_raises_is_reported_once(
    way: Way, error: BaseException | None, code: ErrorCode, place: str, after: float
) -> None:
    """Whatever a check or hook of the hosting bot raises, at once or after Discord would give up, is reported once."""
    if place == "hook" and error is None:
        return  # what a hook returns means nothing
    if place == "once" and way == "prefix" and not isinstance(error, commands.CommandError | None):
        return  # discord.py runs it before it looks which command is meant, so it is the hosting bot's alone
    async with timed(Hosting) as stage:
        use = await (arm_slash if way == "slash" else arm_written)(stage, worked)
        await hooked(stage, place, raising(error, after))
        reported_once(stage, await use(after), code, private=way == "slash")


async def test_what_a_check_raises_for_a_groups_bare_name_is_reported_once() -> None:
    """The name of a group alone is a written command too; what a check raises for it is reported in the same way."""
    async with timed(Hosting) as stage:
        await add(stage, GroupSpec(name="probe", summary="Try.", commands=(entrypoint(worked, "one"),)))
        stage.bot.add_check(raising(RuntimeError(SECRET)))
        reported_once(stage, await stage.write(WHO, "!probe"), UNEXPECTED, private=False)


@pytest.mark.parametrize("refused", [False, True])
async def test_a_check_that_has_answered_is_left_alone(refused: bool) -> None:
    """When a check of the hosting bot refuses with its own message, that is the one answer; a bug is still reported."""

    async def check(context: commands.Context[Any]) -> bool:
        await context.send("Not on Sundays.")
        if not refused:
            raise RuntimeError(SECRET)
        return False

    async with timed(Hosting) as stage:
        use = await arm_slash(stage, worked)
        stage.bot.add_check(check)
        texts = [message.content for message in (await use(0)).messages]
        assert texts[0] == "Not on Sundays."
        assert ["`internal.unexpected`" in text for text in texts[1:]] == ([] if refused else [True])


@pytest.mark.parametrize("way", WAYS)
async def test_a_hook_that_fails_afterwards_adds_no_answer(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    """When a hook of the hosting bot fails after the answer, that stays the only one, and the failure is logged."""

    async def hook(_: commands.Context[Any]) -> None:
        raise Custom(SECRET)

    async with timed(Hosting) as stage:
        use = await (arm_slash if way == "slash" else arm_written)(stage, worked)
        if way == "prefix":  # after a slash command nobody is notified: discord.py loses it
            stage.bot.after_invoke(hook)
        assert [message.content for message in (await use(0)).messages] == ["It worked."]
        bugs = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert len(bugs) == (way == "prefix")


@pytest.mark.parametrize("works", [True, False])
async def test_a_call_that_failed_is_no_success_for_the_hosting_bot_either(works: bool) -> None:
    """When an answer raises, discord.py does not report the slash command to the hosting bot as completed."""
    async with timed(Hosting) as stage:
        assert isinstance(stage.bot, Hosting)
        answer = worked if works else failing(RuntimeError(SECRET), 0)
        await (await arm_slash(stage, answer))(0)
        assert stage.bot.completed == (["probe"] if works else [])


class Guarded(Choosing):
    """A view whose check fails."""

    error: BaseException = RuntimeError(SECRET)

    @override
    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        await asyncio.sleep(0)
        raise self.error


@pytest.mark.parametrize(("error", "code"), RAISED[4:6], ids=lambda value: type(value).__name__)
async def test_what_a_views_check_raises_is_reported_once(error: BaseException, code: ErrorCode) -> None:
    """An exception in the check of components is reported once, to the one who used them."""
    async with timed() as stage:
        view = Guarded(Host.of(stage.bot, "test"), worked)
        view.error = error
        stage.bot.add_view(view)
        channel = stage.bot.get_channel(stage.channel.id)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send(OLD_PAGE, view=view)
        result = await stage.people[WHO].select(sent, ["red"])
        fresh = tuple(message for message in answered(result).messages if message.content != OLD_PAGE)
        reported_once_privately(fresh, code)
        assert stage.env.errors == [error]  # the simulation listens in


def reported_once_privately(messages: Any, code: ErrorCode) -> None:
    assert [(f"`{code.code}`" in message.content, message.ephemeral) for message in messages] == [(True, True)]
    assert SECRET not in messages[0].content


@each_raised
async def test_what_a_menus_check_raises_is_reported_once(
    error: BaseException | None, code: ErrorCode, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a check of a menu command raises is reported once, and the hosting bot's tree gets no error."""
    async with timed() as stage:
        use = await arm_user_menu(stage, worked)
        menu = stage.bot.tree.get_command("Probe", type=discord.AppCommandType.user)
        assert isinstance(menu, app_commands.ContextMenu)
        menu.add_check(check := raising(error))
        reported_once_privately((await use(0)).messages, code)
        menu.remove_check(check)
        assert [message.content for message in (await use(0)).messages] == ["It worked."]
        bugs = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert len(bugs) == (code is UNEXPECTED)
