"""What an entrypoint doesn't offer, where somebody's own command offers it."""

from collections.abc import Mapping

from tests.integration.discord.entries import add, entrypoint
from tests.integration.discord.stage import staged
from tests.integration.provoked.recording import Answer, provokes, stable
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_discord.replies.markup import say
from twi_discord.replies.message import Message


@provokes("permissions.closed_here")
async def closed_here() -> Answer:
    """Make a command of one's own for what Discord doesn't offer."""

    async def answer(_: Mapping[str, object], context: CallContext, /) -> Outcome[Message, AppError]:
        outcome = await stage.app.tokens.list.call({}, context)
        return outcome if isinstance(outcome, Failure) else Success(Message(say("done")))

    async with staged() as stage:
        await add(stage, entrypoint(answer, "tokens"))
        said = await stage.ask("operator", "slash", "tokens")
    return Answer("discord", "/tokens", stable(said.text))
