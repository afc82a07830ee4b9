"""The paths of the API and its documentation."""

from collections.abc import Mapping, Sequence
from typing import Final

from twi_core.kernel.context import Origin
from twi_core.kernel.handling import AnyOperation

DOCS: Final = "/docs"
ERROR_PAGES: Final = "/docs/errors"
"""The page that lists the codes; the pages of the codes, to which a problem's `type` refers, are below it."""
OPERATIONS: Final = "/api/v1/operations"
ERRORS: Final = "/api/v1/errors"
GUILD_OPERATIONS: Final = "/api/v1/guilds/{guild}/operations"
EXAMPLE_GUILD: Final = "175928847299117063"
"""An id of a server, where none was named."""


def offered(operations: Sequence[AnyOperation]) -> tuple[AnyOperation, ...]:
    """Return the operations that HTTP offers."""
    return tuple(operation for operation in operations if Origin.HTTP not in operation.policy.closed_to)


def by_context(operations: Sequence[AnyOperation]) -> Mapping[str, Sequence[AnyOperation]]:
    """Return operations by context.

    Raises:
        ValueError: a context has the name of the error pages, so it could not have its own page.
    """
    groups: dict[str, list[AnyOperation]] = {}
    for operation in operations:
        groups.setdefault(operation.name.partition(".")[0], []).append(operation)
    if (reserved := ERROR_PAGES.rpartition("/")[2]) in groups:
        raise ValueError(f"no context can be called {reserved!r}: {ERROR_PAGES} lists the error codes")
    return groups


def docs_of(context: str) -> str:
    """Return the path of the page that documents a context's operations."""
    return f"{DOCS}/{context}"


def place_of(operation: str) -> str:
    """Return the path and anchor that document an operation, by its name."""
    return f"{docs_of(operation.partition('.')[0])}#{operation}"


def path_of(operation: AnyOperation) -> str:
    """Return an operation's path, as OpenAPI writes it."""
    return f"{GUILD_OPERATIONS if operation.policy.guild else OPERATIONS}/{operation.name}"
