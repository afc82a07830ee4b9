"""Suggest names of permissions and operations during autocompletion."""

from typing import Annotated, Final, final

from pydantic import Field

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.policy import Policies, Policy
from twi_core.kernel.schemas import TextShape
from twi_core.permissions.domain import known_patterns
from twi_core.permissions.fields import NAME_LIMIT
from twi_core.permissions.permissions import PERMISSIONS_EXPLAIN

CHOICES: Final = 25
"""As many as Discord shows."""


class SuggestPermissions(Command):
    """Suggest permissions or operations whose name contains the text."""

    typed: Annotated[
        str,
        TextShape(NAME_LIMIT, optional=True, rule=str.casefold),
        Field(description="The text so far.", examples=["links"]),
    ] = ""
    operations: bool = Field(False, description="Whether to suggest operations.", examples=[True])


@final
class SuggestPermissionsUseCase:
    """Suggested names: first those that begin with the typed text, then those that contain it."""

    policy: Final = Policy(name="permissions.suggest", requires=PERMISSIONS_EXPLAIN, guild=False)

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    async def __call__(self, command: SuggestPermissions, _: CallContext, /) -> Outcome[tuple[str, ...], AppError]:
        """Return up to `CHOICES` names."""
        names = self._policies.names() if command.operations else known_patterns()
        found = [name for name in names if command.typed in name]
        return Success(tuple(sorted(found, key=lambda name: not name.startswith(command.typed))[:CHOICES]))
