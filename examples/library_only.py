"""Use the library without Discord, without a server and without a container.

Run it: `python examples/library_only.py`
"""

import asyncio

from twi_core.assembly import Ports, build_application
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Failure, Success
from twi_core.kernel.permissions import Level
from twi_core.links.use_cases.add import AddLink
from twi_core.links.use_cases.get import GetLink
from twi_memory.limiter import MemoryLimiter
from twi_memory.sources import SystemClock, SystemRandom, TimeIds
from twi_memory.store import MemoryStore


async def main() -> None:
    """Add a link as a moderator, then look for it as a member who misspells its title."""
    clock, random = SystemClock(), SystemRandom()
    app = build_application(
        Ports(
            open_unit=MemoryStore(),
            limiter=MemoryLimiter(clock),
            clock=clock,
            random=random,
            ids=TimeIds(clock, random),
        )
    )
    guild = GuildId(346842016480755724)
    moderator = app.context(actor=UserId(1001), guild=guild, vouched=Level.MODERATOR)
    member = app.context(actor=UserId(1002), guild=guild)

    added = await app.links.add(AddLink(title="World Map", content="https://wanderinginn.com/map"), moderator)
    print("added:", added.unwrap().title)

    match await app.links.get(GetLink(title="wolrd map"), member):
        case Success(link):
            print("found:", link.content)
        case Failure(error):
            print("refused:", error.code, "-", error.message(repr), error.hint(repr))


if __name__ == "__main__":
    asyncio.run(main())
