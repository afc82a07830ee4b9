"""Use the library on its own: no Discord, no database, no web server, nothing to configure.

Run it: `pip install twi-core`, then `python examples/library_only.py`
"""

import asyncio

from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Failure, Success
from twi_core.kernel.permissions import Level
from twi_core.links import AddLink, GetLink
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import SystemClock, SystemRandom, TimeIds
from twi_memory.storage.store import MemoryStore


def opened() -> Application:
    """Build the application on its ports. Each port is a protocol, so you can supply your own implementation."""
    clock, random, store = SystemClock(), SystemRandom(), MemoryStore()
    return build_application(
        Application,
        Ports(
            storage=store,
            limiter=MemoryLimiter(clock),
            clock=clock,
            random=random,
            ids=TimeIds(clock, random),
            invalidations=store.invalidations,  # so that rules and settings are cached, and fresh
        ),
    )


async def main() -> None:
    """Add a link as a moderator, look it up as a member, misspell its title, and submit an empty one."""
    app = opened()
    guild = GuildId(346842016480755724)
    # The context names the caller and the level that you assert for them; create a new one for each call.
    moderator = app.context(actor=UserId(1001), guild=guild, asserted_level=Level.MODERATOR)
    await app.links.add(AddLink(title="World Map", content="https://wanderinginn.com/map"), moderator)

    for title in ("world map", "wolrd map"):
        member = app.context(actor=UserId(1002), guild=guild)
        match await app.links.get(GetLink(title=title), member):
            case Success(link):
                print("found:", shown(link.content))
            case Failure(error):
                print("refused:", error.code, "-", error.message(), error.hint())

    # The same by name and from raw input, as an entrypoint calls it: invalid input is refused in the same way.
    operation = app.operation("links.add").unwrap()
    outcome = await operation.call({"title": "", "content": "x"}, app.context(actor=UserId(1002), guild=guild))
    print("refused:", outcome.failure().code)


def shown(text: str) -> str:
    """Make a user's text harmless in a terminal; a chat or a web page has other rules."""
    return ascii(text)[1:-1]


if __name__ == "__main__":
    asyncio.run(main())
