"""The application: its contexts, one line each, and what entrypoints need before there is a call."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, final

from twi_core.failures import FAILURES
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.contexts import AnyContext, Context, offer, offered
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.language import Languages
from twi_core.kernel.names import dotted, near_misses
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level, NativePermissions
from twi_core.kernel.policy import Authority
from twi_core.kernel.reporting import Recorder
from twi_core.kernel.settings import GuildSettings
from twi_core.kernel.sources import Clock, IdSource
from twi_core.limits import LIMITS
from twi_core.links import LINKS
from twi_core.permissions import PERMISSIONS
from twi_core.settings import SETTINGS
from twi_core.tokens import TOKENS

if TYPE_CHECKING:
    from twi_core.failures.rules.records import FailureRecords
    from twi_core.kernel.handling import AnyOperation, Api, InvalidRequests
    from twi_core.tokens.rules.authenticate import Authenticate

A = TypeVar("A", bound="Api")

DID_YOU_MEAN: Final = "Did you mean {suggestions}?"
UNKNOWN_OPERATION: Final = define_error(
    "operations.unknown",
    Kind.NOT_FOUND,
    message="There's no operation called “{name}”.",
    hint="List all operations.",
    cause="There's no operation of that name.",
    example={"name": "links.fly", "suggestions": ("links.add", "links.info")},
    other_hints=(DID_YOU_MEAN,),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts an application is built from; `twi_core.assembly.build_application` assembles them.

    Entrypoints report the refusals they make themselves to `recorder`. `invalid_requests` decides how to answer input
    that can't be read. The code that opened the application flushes `failure_records` now and then, and once more at
    the end.
    """

    make_api: "Callable[[AnyContext], Api]"
    authenticate: "Authenticate"
    authority: Authority
    settings_of: GuildSettings
    recorder: Recorder
    invalid_requests: "InvalidRequests"
    failure_records: "FailureRecords"
    languages: Languages
    clock: Clock
    ids: IdSource


class Core:
    """The platform's contexts and what every application has; each operation runs through the whole pipeline."""

    permissions = offer(PERMISSIONS)
    limits = offer(LIMITS)
    settings = offer(SETTINGS)
    failures = offer(FAILURES)
    tokens = offer(TOKENS)

    def __init__(self, parts: Parts, /) -> None:
        self.authenticate = parts.authenticate
        self.authority = parts.authority
        self.settings_of = parts.settings_of
        self.recorder = parts.recorder
        self.invalid_requests = parts.invalid_requests
        self.failure_records = parts.failure_records
        self.languages = parts.languages
        self._parts = parts
        self._named: dict[str, AnyOperation] = {}

    def make_api(self, context: "Context[A, Any]", /) -> "A":
        """Build the operations of a context; `offer` calls this once."""
        made = self._parts.make_api(context)
        if not isinstance(made, context.api):
            raise TypeError(f"{context!r} was built as {type(made).__name__}")
        names = [operation.name for operation in made.operations()]
        for name in names:
            if names.count(name) > 1 or not name.startswith(f"{context.name}."):
                raise ValueError(
                    f"an operation of {context!r} is called {name!r}: prefix it with its context, and make it unique"
                )
        return made

    def __getitem__(self, context: "Context[A, Any]", /) -> "A":
        """Return the operations of a context that this application offers.

        Raises:
            KeyError: the application doesn't offer the context.
        """
        if context not in self.contexts:
            raise KeyError(context)
        found: A = getattr(self, context.name)
        return found

    def context(
        self,
        *,
        actor: UserId | None,
        guild: GuildId | None,
        channel: ChannelId | None = None,
        within: tuple[ChannelId, ...] = (),
        roles: AbstractSet[RoleId] = frozenset(),
        native: NativePermissions = NativePermissions.NONE,
        asserted_level: Level = Level.EVERYONE,
        languages: tuple[str, ...] = (),
        origin: Origin = Origin.EMBEDDED,
    ) -> CallContext:
        """Build the context of a call received now, with a new correlation id; see `CallContext` for the arguments."""
        return CallContext(
            actor=actor,
            guild=guild,
            channel=channel,
            within=within,
            roles=frozenset(roles),
            native=native,
            asserted_level=asserted_level,
            languages=languages,
            origin=origin,
            correlation_id=self._parts.ids.new_reference(),
            received_at=self._parts.clock.now(),
        )

    @cached_property
    def contexts(self) -> tuple[AnyContext, ...]:
        """Return the contexts that this application offers."""
        return tuple(offered(type(self)))

    def apis(self) -> "Iterator[tuple[str, Api]]":
        """Yield each context's name and its operations."""
        for context in self.contexts:
            yield context.name, getattr(self, context.name)

    def operations(self) -> "tuple[AnyOperation, ...]":
        """Return every operation."""
        return tuple(operation for _, api in self.apis() for operation in api.operations())

    def operation(self, name: str) -> "Outcome[AnyOperation, AppError]":
        """Return the operation with a name, written as `links.add` or `link add`, or refuse with similar names.

        In an application built lazily, only its context is built.
        """
        found = self._named.get(name) or self._look_up(name) or self._look_up(self._dotted(name))
        return Failure(self._unknown(name[:100])) if found is None else Success(found)

    def _dotted(self, name: str) -> str:
        return dotted(name[:100], [context.name for context in self.contexts])

    def _unknown(self, name: str) -> AppError:
        near = near_misses(self._dotted(name), [operation.name for operation in self.operations()])
        if not near:
            return AppError(UNKNOWN_OPERATION, {"name": name})
        return AppError(UNKNOWN_OPERATION, {"name": name, "suggestions": near}, DID_YOU_MEAN)

    def _look_up(self, name: str) -> "AnyOperation | None":
        wanted = name.partition(".")[0]
        for context in self.contexts:
            if context.name == wanted:
                api: Api = getattr(self, wanted)
                self._named.update({operation.name: operation for operation in api.operations()})
        return self._named.get(name)


class Application(Core):
    """The community bot: the platform's contexts and its own, one line per context."""

    links = offer(LINKS)
