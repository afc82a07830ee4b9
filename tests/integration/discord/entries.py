"""Every kind of entry into the bot, each calling the same answer, and how each is used and what it then shows."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import discord
import simcord
from typing_extensions import override

from tests.integration.discord.stage import Said, Stage, answered
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.parameters import Parameter, ParameterKind
from twi_core.pipeline.trace import current_reference
from twi_discord.calls.host import Host
from twi_discord.commands.menus import message_menu, user_menu
from twi_discord.commands.mounting import mount
from twi_discord.commands.specs import CommandSpec
from twi_discord.components.views import HostedView, custom_id
from twi_discord.replies.markup import say
from twi_discord.replies.message import Answer, Message, dialog

WHO = "moderator"
SUBJECT = "member"
OLD_PAGE = say("the page before")

Use: TypeAlias = Callable[[float], Awaitable[Said]]
"""Use an entry, wait so many seconds, and return the answer."""


@dataclass(frozen=True)
class Kind:
    """One kind of entry: `arm` adds it to the bot and returns what uses it."""

    name: str
    arm: Callable[[Stage, Answer], Awaitable[Use]]
    private: bool = True
    """Whether a refusal is for the caller alone."""


def entrypoint(answer: Answer, name: str = "probe") -> CommandSpec:
    """Describe a command that takes nothing."""
    return CommandSpec(name=name, summary="Try.", options=(), answer=answer)


def field(name: str = "text", *, required: bool = True, maximum: int = 4000) -> Parameter:
    """Describe a field of a form."""
    return Parameter(
        name=name,
        kind=ParameterKind.TEXT,
        several=False,
        required=required,
        default=None,
        minimum=1,
        maximum=maximum,
        multiline=True,
        choices=(),
        description="Any text.",
        example="x",
    )


async def add(stage: Stage, *made: Any) -> Host:
    """Add commands to the bot, sync them with Discord, and return the host."""
    await mount(Host.of(stage.bot, "test"), "test", made)
    await stage.bot.tree.sync()
    return Host.of(stage.bot, "test")


async def later(stage: Stage, result: simcord.InteractionResult, seconds: float) -> Said:
    """Wait some time and return what an interaction was answered with."""
    if seconds:
        await stage.env.advance_time(seconds)
    return answered(result)


async def arm_slash(stage: Stage, answer: Answer) -> Use:
    await add(stage, entrypoint(answer))

    async def use(seconds: float) -> Said:
        return await later(stage, await stage.people[WHO].slash(stage.channel, "probe"), seconds)

    return use


async def arm_written(stage: Stage, answer: Answer) -> Use:
    await add(stage, entrypoint(answer))

    async def use(seconds: float) -> Said:
        sent = await stage.people[WHO].send(stage.channel, "!probe")
        if seconds:
            await stage.env.advance_time(seconds)
        stored = stage.env.backend.messages[stage.channel.id].values()
        fresh = [simcord.ResponseMessage(stage.env, message) for message in stored if message.id > sent.id]
        return Said(tuple(fresh), private=False)

    return use


async def arm_button(stage: Stage, answer: Answer) -> Use:
    """The pager's buttons."""

    async def paged(raw: Mapping[str, object], call: CallContext, /) -> Outcome[Message, AppError]:
        return await answer(raw, call) if "after" in raw else Success(Message(OLD_PAGE, "cursor"))

    await add(stage, entrypoint(paged))
    opened = (await stage.write(WHO, "!probe")).messages[0]

    async def use(seconds: float) -> Said:
        return _in_place(await later(stage, await stage.people[WHO].click(opened.message, label="Next"), seconds))

    return use


class Choosing(HostedView):
    """A menu under a message that outlives a restart."""

    def __init__(self, host: Host, answer: Answer) -> None:
        super().__init__(host, "test", invoker=None, timeout=None)
        self.add_item(_Select(answer, custom_id(self.key, "colour")))


class _Select(discord.ui.Select[Choosing]):
    def __init__(self, answer: Answer, named: str) -> None:
        super().__init__(
            custom_id=named, options=[discord.SelectOption(label="red"), discord.SelectOption(label="blue")]
        )
        self._answer = answer

    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view is not None
        await self.view.host.run(interaction, self._answer, {"colour": self.values[0]}, under=self.view)


async def arm_select(stage: Stage, answer: Answer) -> Use:
    """A persistent menu."""
    channel = stage.bot.get_channel(stage.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = Choosing(Host.of(stage.bot, "test"), answer)
    stage.bot.add_view(view)
    sent = await channel.send(OLD_PAGE, view=view)

    async def use(seconds: float) -> Said:
        return _in_place(await later(stage, await stage.people[WHO].select(sent, ["red"]), seconds))

    return use


def _in_place(said: Said) -> Said:
    """Leave out the message that a component is under, unless it has changed."""
    messages = tuple(message for message in said.messages if message.content != OLD_PAGE)
    return Said(messages, private=all(message.ephemeral for message in messages))


async def arm_form(stage: Stage, answer: Answer) -> Use:
    async def opened(_: Mapping[str, object], __: CallContext, /) -> Outcome[Message, AppError]:
        return Success(dialog("Form", [field()], answer, instead=say("in writing"), public=True))

    await add(stage, entrypoint(opened))
    form = await stage.people[WHO].slash(stage.channel, "probe")

    async def use(seconds: float) -> Said:
        return await later(stage, await stage.people[WHO].submit_modal(form, {"text": "typed"}), seconds)

    return use


async def arm_message_menu(stage: Stage, answer: Answer) -> Use:
    await add(stage, message_menu("Probe", "Try.", answer, public=True))
    about = await stage.people[SUBJECT].send(stage.channel, "Read this.")

    async def use(seconds: float) -> Said:
        clicked = await stage.people[WHO].context_menu(stage.channel, "Probe", about)
        return await later(stage, clicked, seconds)

    return use


async def arm_user_menu(stage: Stage, answer: Answer, *, public: bool = True) -> Use:
    await add(stage, user_menu("Probe", "Try.", answer, public=public))

    async def use(seconds: float) -> Said:
        clicked = await stage.people[WHO].context_menu(stage.channel, "Probe", stage.people[SUBJECT])
        return await later(stage, clicked, seconds)

    return use


@contextmanager
def logged(level: int) -> Iterator[list[tuple[str, logging.LogRecord]]]:
    """Yield what is logged within the block at that level or above, each record after the reference it is under."""
    noted: list[tuple[str, logging.LogRecord]] = []

    class Noting(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            if record.name.startswith("twi_"):
                noted.append((current_reference.get(), record))

    handler = Noting(level)
    logging.getLogger().addHandler(handler)
    with ExitStack() as stack:
        stack.callback(logging.getLogger().removeHandler, handler)
        yield noted


KINDS = (
    Kind("slash", arm_slash),
    Kind("written", arm_written, private=False),
    Kind("button", arm_button),
    Kind("select", arm_select),
    Kind("form", arm_form),
    Kind("user menu", arm_user_menu),
    Kind("message menu", arm_message_menu),
    Kind("private user menu", partial(arm_user_menu, public=False)),
)
"""The kinds that are answered with a message."""
