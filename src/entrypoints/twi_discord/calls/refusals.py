"""What a server's settings add to refusals, or hide of them."""

from typing import Final

from twi_core.application import Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.faults import PortError
from twi_core.permissions.errors import CLOSED_CHANNEL, DENIED
from twi_core.permissions.settings import HELP_CHANNEL, QUIET_REFUSALS
from twi_core.pipeline.block import already_shown
from twi_discord.replies.markup import Markup, say
from twi_discord.replies.wording import channel

_OF_PERMISSIONS: Final = frozenset({DENIED, CLOSED_CHANNEL})


async def added_to(app: Application, error: AppError, call: CallContext, *, written: bool) -> Markup | None:
    """Return what a server wants added to a refusal, if anything.

    None means that nothing is shown at all: to a written command of a person who may not use it, or who keeps asking
    although they were refused.
    """
    if written and already_shown(error):
        return None
    if call.guild is None or error.definition not in _OF_PERMISSIONS:
        return Markup()
    try:
        if written and await app.settings_of.get(QUIET_REFUSALS, call.guild):
            return None
        found = await app.settings_of.get(HELP_CHANNEL, call.guild)
    except PortError:  # the refusal itself is shown, whatever the settings are
        found = None
    return Markup() if found is None else say("You can ask in {channel}.", channel=channel(found))
