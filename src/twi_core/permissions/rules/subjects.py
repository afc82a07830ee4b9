"""Know whether what a rule is about is still there."""

from typing import final

from twi_core.kernel.directory import Directory
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, RoleId
from twi_core.permissions.domain import Rule, SubjectKind


@final
class SubjectCheck:
    """Ask the directory; where Discord cannot be asked, everything counts as there."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def gone(self, rule: Rule, /) -> bool:
        """Return whether the role or channel of a rule is not found any more; a user who has left may come back."""
        number = rule.subject.id
        try:
            match rule.subject.kind:
                case SubjectKind.USER:
                    return False
                case SubjectKind.ROLE:  # the guild's own id is everyone's
                    return number != rule.guild and await self._directory.role(rule.guild, RoleId(number)) is None
                case SubjectKind.CHANNEL:
                    return await self._directory.places(rule.guild, ChannelId(number)) is None
        except Unavailable:
            return False
