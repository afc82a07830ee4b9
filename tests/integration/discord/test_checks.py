"""What fails before an answer is asked for: checks and hooks of the hosting bot, of components and of menus."""

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
    """Be what a hosting bot's check raises for want of anything better."""


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
    """Be somebody else's bot, which takes note of what it hears of our commands."""

    def __init__(self, app: Application, drain: Drain) -> None:
        intents = discord.Intents.all()
        intents.presences = False
        super().__init__(command_prefix="!", intents=intents)
        self.app, self.drain = app, drain
        self.heard: list[str] = []
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
        self.heard.append(type(exception).__name__)

    @override
    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        self.heard.append(event_method)


def raising(error: BaseException | None, after: float = 0.0) -> Check:
    """Refuse with an exception, or by saying no."""

    async def check(_: Any) -> bool:
        await asyncio.sleep(after)
        if error is not None:
            raise error
        return False

    return check


async def worked(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
    return Success(Message(say("It worked.")))


def told_once(stage: Stage, said: Said, code: ErrorCode, *, private: bool) -> None:
    """See that a refusal was told once, and that the hosting bot's own handlers heard nothing of it."""
    assert [message.content.partition(" · reference")[0] for message in said.messages] == [
        refusal_text(AppError(code), "r").partition(" · reference")[0]
    ]
    assert said.private is private
    assert SECRET not in said.text
    assert len([message for message in stage.channel.history() if message.author.bot]) <= 1
    if isinstance(stage.bot, Hosting):
        assert stage.bot.heard == []


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
async def test_what_a_check_raises_is_told_once(
    way: Way, error: BaseException | None, code: ErrorCode, place: str, after: float
) -> None:
    """Whatever a check or hook of the hosting bot raises, at once or when Discord would have given up, is told once."""
    if place == "hook" and error is None:
        return  # what a hook gives says nothing
    if place == "once" and way == "prefix" and not isinstance(error, commands.CommandError | None):
        return  # discord.py runs it before it looks which command is meant, so it is the hosting bot's alone
    async with timed(Hosting) as stage:
        use = await (arm_slash if way == "slash" else arm_written)(stage, worked)
        await hooked(stage, place, raising(error, after))
        told_once(stage, await use(after), code, private=way == "slash")


async def test_what_a_check_raises_of_a_groups_bare_name_is_told_once() -> None:
    """The name of a group alone is a written command too; what a check raises of it is told in the same way."""
    async with timed(Hosting) as stage:
        await add(stage, GroupSpec(name="probe", summary="Try.", commands=(entrypoint(worked, "one"),)))
        stage.bot.add_check(raising(RuntimeError(SECRET)))
        told_once(stage, await stage.write(WHO, "!probe"), UNEXPECTED, private=False)


@pytest.mark.parametrize("refused", [False, True])
async def test_a_check_that_has_answered_is_left_alone(refused: bool) -> None:
    """Where a check of the hosting bot refuses with words of its own, those are the one answer; a bug is still told."""

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
    """Where a hook of the hosting bot fails once the answer is given, that stays the only one, and the log tells."""

    async def hook(_: commands.Context[Any]) -> None:
        raise Custom(SECRET)

    async with timed(Hosting) as stage:
        use = await (arm_slash if way == "slash" else arm_written)(stage, worked)
        if way == "prefix":  # after a slash command nobody hears of it: discord.py loses it
            stage.bot.after_invoke(hook)
        assert [message.content for message in (await use(0)).messages] == ["It worked."]
        bugs = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert len(bugs) == (way == "prefix")


@pytest.mark.parametrize("works", [True, False])
async def test_a_call_that_broke_off_did_not_work_for_the_hosting_bot_either(works: bool) -> None:
    """Where an answer raises, discord.py does not tell the hosting bot that the slash command was completed."""
    async with timed(Hosting) as stage:
        assert isinstance(stage.bot, Hosting)
        answer = worked if works else failing(RuntimeError(SECRET), 0)
        await (await arm_slash(stage, answer))(0)
        assert stage.bot.completed == (["probe"] if works else [])


class Guarded(Choosing):
    """Have a check that fails."""

    error: BaseException = RuntimeError(SECRET)

    @override
    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        await asyncio.sleep(0)
        raise self.error


@pytest.mark.parametrize(("error", "code"), RAISED[4:6], ids=lambda value: type(value).__name__)
async def test_what_a_views_check_raises_is_told_once(error: BaseException, code: ErrorCode) -> None:
    """An exception in the check of components is told once to the one who used them."""
    async with timed() as stage:
        view = Guarded(Host.of(stage.bot, "test"), worked)
        view.error = error
        stage.bot.add_view(view)
        channel = stage.bot.get_channel(stage.channel.id)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send(OLD_PAGE, view=view)
        result = await stage.people[WHO].select(sent, ["red"])
        fresh = tuple(message for message in answered(result).messages if message.content != OLD_PAGE)
        told_once_privately(fresh, code)
        assert stage.env.errors == [error]  # the simulation listens in


def told_once_privately(messages: Any, code: ErrorCode) -> None:
    assert [(f"`{code.code}`" in message.content, message.ephemeral) for message in messages] == [(True, True)]
    assert SECRET not in messages[0].content


@each_raised
async def test_what_a_menus_check_raises_is_told_once(
    error: BaseException | None, code: ErrorCode, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a check of a command in a menu raises is told once, and the hosting bot's tree hears nothing of it."""
    async with timed() as stage:
        use = await arm_user_menu(stage, worked)
        menu = stage.bot.tree.get_command("Probe", type=discord.AppCommandType.user)
        assert isinstance(menu, app_commands.ContextMenu)
        menu.add_check(check := raising(error))
        told_once_privately((await use(0)).messages, code)
        menu.remove_check(check)
        assert [message.content for message in (await use(0)).messages] == ["It worked."]
        bugs = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert len(bugs) == (code is UNEXPECTED)
