"""The application: every context's operations, and whatever a door asks before there is a call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

from twi_core.access.api import AccessApi
from twi_core.access.authenticate import Authenticate
from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.handling import AnyOperation, Api
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.links.api import LinksApi

UNKNOWN_OPERATION: Final = define_error(
    "operations.unknown",
    Kind.NOT_FOUND,
    message="There is no operation called “{name}”.",
    hint="List the operations to see their names.",
    cause="An operation was called by a name that does not exist.",
)


CONTEXTS: Final[Mapping[str, type[Api]]] = {"links": LinksApi, "access": AccessApi}
"""Every context's operations, by the field of `Application` that holds them."""


@final
@dataclass(frozen=True)
class Application:
    """Offer every use case, each through the whole pipeline."""

    links: LinksApi
    access: AccessApi
    authenticate: Authenticate

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
