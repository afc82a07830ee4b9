"""The application: every context's operations, and whatever an entrypoint asks before there is a call."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

from twi_core.failures.api import FailuresApi
from twi_core.failures.rules.records import FailureRecords
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.handling import AnyOperation, Api, InvalidRequests
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.permissions import Level, NativePermissions
from twi_core.kernel.policy import Authority
from twi_core.kernel.reporting import Recorder
from twi_core.kernel.settings import GuildSettings
from twi_core.kernel.sources import Clock, IdSource
from twi_core.limits.api import LimitsApi
from twi_core.links.api import LinksApi
from twi_core.permissions.api import PermissionsApi
from twi_core.settings.api import SettingsApi
from twi_core.tokens.api import TokensApi
from twi_core.tokens.rules.authenticate import Authenticate

UNKNOWN_OPERATION: Final = define_error(
    "operations.unknown",
    Kind.NOT_FOUND,
    message="There is no operation called “{name}”.",
    hint="List the operations to see their names.",
    cause="An operation was called by a name that does not exist.",
)


CONTEXTS: Final[Mapping[str, type[Api]]] = {
    "links": LinksApi,
    "tokens": TokensApi,
    "permissions": PermissionsApi,
    "limits": LimitsApi,
    "settings": SettingsApi,
    "failures": FailuresApi,
}
"""Every context's operations, by the field of `Application` that holds them."""


@final
@dataclass(frozen=True)
class Application:
    """Offer every use case, each through the whole pipeline.

    What an entrypoint refuses by itself it tells the `recorder`; of input that it cannot read `invalid_requests` says
    how to answer. `failure_records` are written by whoever opened the application, now and then and at its end.
    """

    links: LinksApi
    tokens: TokensApi
    permissions: PermissionsApi
    limits: LimitsApi
    settings: SettingsApi
    failures: FailuresApi
    authenticate: Authenticate
    authority: Authority
    settings_of: GuildSettings
    recorder: Recorder
    invalid_requests: InvalidRequests
    failure_records: FailureRecords
    _clock: Clock
    _ids: IdSource

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
        origin: Origin = Origin.EMBEDDED,
    ) -> CallContext:
        """Make the context of a call received now, under a new correlation id; see `CallContext` for what it takes."""
        return CallContext(
            actor=actor,
            guild=guild,
            channel=channel,
            within=within,
            roles=frozenset(roles),
            native=native,
            asserted_level=asserted_level,
            origin=origin,
            correlation_id=self._ids.new_reference(),
            received_at=self._clock.now(),
        )

    def apis(self) -> Iterator[tuple[str, Api]]:
        """Give each context's name and its operations."""
        for name in CONTEXTS:
            yield name, getattr(self, name)

    @cached_property
    def _by_name(self) -> Mapping[str, AnyOperation]:
        return {operation.name: operation for _, api in self.apis() for operation in api.operations()}

    def operations(self) -> tuple[AnyOperation, ...]:
        """Give every operation."""
        return tuple(self._by_name.values())

    def operation(self, name: str) -> Outcome[AnyOperation, AppError]:
        """Give the operation of a name, or refuse."""
        found = self._by_name.get(name)
        return Failure(AppError(UNKNOWN_OPERATION, {"name": name[:100]})) if found is None else Success(found)
