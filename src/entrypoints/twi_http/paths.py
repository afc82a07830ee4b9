"""Where things are."""

from collections.abc import Sequence
from typing import Final

from twi_core.kernel.context import Origin
from twi_core.kernel.handling import AnyOperation

OPERATIONS: Final = "/api/v1/operations"
ERRORS: Final = "/api/v1/errors"
GUILD_OPERATIONS: Final = "/api/v1/guilds/{guild}/operations"


def offered(operations: Sequence[AnyOperation]) -> tuple[AnyOperation, ...]:
    """Give the operations that are open to HTTP."""
    return tuple(operation for operation in operations if Origin.HTTP not in operation.policy.closed_to)


def path_of(operation: AnyOperation) -> str:
    """Give an operation's path, as OpenAPI writes it."""
    return f"{GUILD_OPERATIONS if operation.policy.guild else OPERATIONS}/{operation.name}"
