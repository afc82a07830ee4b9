"""List the permissions."""

from dataclasses import dataclass
from typing import Final, final

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.permissions import Level, declared_permissions
from twi_core.kernel.policy import Policy, Rate
from twi_core.permissions.permissions import PERMISSIONS_EXPLAIN


@final
@dataclass(frozen=True, slots=True)
class DescribedPermission:
    """A permission's name, what it allows, who has it by default, and whether rules can change that."""

    name: str
    allows: str
    level: Level
    grantable: bool


class ListPermissions(Command):
    """List every permission, and who has it by default."""


@final
class ListPermissionsUseCase:
    """A listing of the permissions that the contexts declare."""

    policy: Final = Policy(name="permissions.list", requires=PERMISSIONS_EXPLAIN, limit=Rate(30, per=60), guild=False)

    async def __call__(
        self, _: ListPermissions, __: CallContext, /
    ) -> Outcome[tuple[DescribedPermission, ...], AppError]:
        """Return all permissions, by name."""
        return Success(
            tuple(
                DescribedPermission(found.name, found.summary, found.default, not found.fixed)
                for found in declared_permissions().values()
            )
        )
