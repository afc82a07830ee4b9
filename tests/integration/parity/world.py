"""One small world per entrypoint: the same people, the same contents, time standing still, ids counted from one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, Final, TypeVar, final

import discord
import simcord

from tests.contexts import ADMIN_ROLE, OWNER, SOMEBODY, Call, Write, filled, suite_of
from tests.integration.discord.stage import RANKS, populate
from tests.unlimited import Unlimited
from twi_core.application import Application
from twi_core.assembly import Ports, build_application
from twi_core.kernel.context import CallContext
from twi_core.kernel.contexts import Context
from twi_core.kernel.directory import Directory, NoDirectory
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.language import EnglishOnly, Languages
from twi_core.kernel.limiting import Decision, Window
from twi_core.kernel.operators import Operators
from twi_core.kernel.parameters import ParameterKind, parameters
from twi_core.kernel.permissions import Level
from twi_core.kernel.unit import Open, Unit
from twi_memory.ports.limiter import MemoryLimiter
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom
from twi_memory.storage.store import MemoryStore
from twi_memory.tokens import TOKEN_ROWS

LEVELS: Final[Mapping[str, Level]] = {
    "operator": Level.OPERATOR,
    "administrator": Level.ADMINISTRATOR,
    "moderator": Level.MODERATOR,
    "owner": Level.EVERYONE,
    "member": Level.EVERYONE,
}
"""The kinds of callers, from the highest level to the lowest, and the level that an entrypoint asserts for each."""
AUTHOR: Final = "owner"
"""The one among them whom the first link belongs to, who else is a plain member."""

assert set(LEVELS) == set(RANKS)


U = TypeVar("U", bound=Unit)


@cache
def cast() -> tuple[int, Mapping[str, int]]:
    """Return the ids that the simulated server and its members will have; all entrypoints use them."""
    guild, _, people = populate(simcord.Env(discord.Client(intents=discord.Intents.none())))
    return guild.id, {rank: person.id for rank, person in people.items()}


@final
@dataclass
class World:
    """Every port of an application, all of which can be reset between two calls."""

    keep_tokens: bool = False
    invalidations: Invalidations = field(default_factory=Invalidations)
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    limits: MemoryLimiter | None = None
    ids: CountingIds = field(default_factory=CountingIds)
    random: SeededRandom = field(default_factory=SeededRandom)
    languages: Languages = field(default_factory=EnglishOnly)
    directory: Directory = field(default_factory=NoDirectory)

    def open(self, context: Context[Any, U], /) -> Open[U]:
        """See `Storage`; each unit is of the storage that there is when it is opened."""

        def opened(call: CallContext, /) -> U:
            return self.store.open(context)(call)

        return opened

    def new_id(self) -> int:
        """See `IdSource`."""
        return self.ids.new_id()

    def new_reference(self) -> str:
        """See `IdSource`."""
        return self.ids.new_reference()

    def token(self, size: int, /) -> bytes:
        """See `RandomSource`."""
        return self.random.token(size)

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`; without `limits` every call passes."""
        return await (self.limits or Unlimited()).acquire(windows)

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`."""
        return await (self.limits or Unlimited()).peek(windows)

    def application(self) -> Application:
        """Build an application on this world."""
        operators = Operators({UserId(cast()[1]["operator"])})
        return build_application(
            Application,
            Ports(
                storage=self,
                limiter=self,
                refusals=None,
                clock=self.clock,
                random=self,
                ids=self,
                invalidations=self.invalidations,
                operators=operators,
                languages=self.languages,
                directory=self.directory,
            ),
        )

    @cached_property
    def _preparing(self) -> Application:
        return self.application()

    def empty(self) -> None:
        """Forget what is stored, and count from one again."""
        fresh = MemoryStore(self.invalidations)
        if self.keep_tokens:
            fresh.tables.put(TOKEN_ROWS, self.store.table(TOKEN_ROWS))
        self.store, self.ids, self.random = fresh, CountingIds(), SeededRandom()
        self.invalidations.publish_everything()

    async def prepare(self, call: Call) -> None:
        """Bring everything to where a call is to be made."""
        app, limits = self._preparing, MemoryLimiter(self.clock)
        if call.spent:
            await self._begin(app, call)
            self.limits = limits
            for _ in range(call.spent):
                await by_library(app, call)
        await self._begin(app, call)
        self.limits = limits

    async def _begin(self, app: Application, call: Call) -> None:
        """Store what comes before a call, and nothing else; no limit counts that."""
        self.empty()
        self.limits = None
        for earlier in call.before:
            await (by_library(app, earlier) if isinstance(earlier, Call) else self._write(app, earlier))

    async def _write(self, app: Application, written: Write[Any]) -> None:
        """Store what no operation does, of a member of the server."""
        guild, people = cast()
        await written.into(self.store, app.context(actor=UserId(people["member"]), guild=GuildId(guild)))

    def state(self) -> Mapping[str, object]:
        """Return all that is stored, by table; one that holds nothing is left out."""
        tables = self.store.tables.every()
        for noted in ("occurrences", "batches"):  # by and by, beside the call
            tables.pop(noted, None)
        if self.keep_tokens:
            tables.pop("tokens", None)
        return {name: sorted(map(repr, table.rows.values())) for name, table in tables.items() if table.rows}


def context_of(app: Application, call: Call) -> CallContext:
    """Return a call's context as an embedding program does."""
    guild, people = cast()
    return app.context(
        actor=UserId(people[call.who]), guild=GuildId(guild) if call.guild else None, asserted_level=LEVELS[call.who]
    )


async def by_library(app: Application, call: Call) -> Any:
    """Call the library itself, as a program does that embeds it, and return the outcome."""
    return await app.operation(call.name).unwrap().call(call.raw, context_of(app, call))


@cache
def offered() -> Application:
    """Return an application that has every operation."""
    return World().application()


def example(name: str, *, only_required: bool = False) -> dict[str, Any]:
    """Return an operation's parameters as its own examples have them; where a user is asked for, one who is there.

    Roles and channels are left out: a rule is about one subject, and here that is the user.
    """
    described = parameters(offered().operation(name).unwrap().command)
    member = str(cast()[1]["member"])
    return {
        p.name: member if p.kind is ParameterKind.USER else p.example
        for p in described
        if (p.required or not only_required)
        and (p.several or p.kind not in {ParameterKind.ROLE, ParameterKind.CHANNEL})
    }


@cache
def seed(context: str) -> tuple[Call | Write[Any], ...]:
    """Return what the examples of a context's operations are about, with the ids of the cast."""
    people = cast()[1]
    ids = {SOMEBODY: str(people["member"]), OWNER: str(people["owner"]), ADMIN_ROLE: "9"}
    return tuple(
        replace(each, raw=filled(each.raw, ids)) if isinstance(each, Call) else each for each in suite_of(context).seed
    )
