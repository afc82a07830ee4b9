"""Check whether the subject of a rule still exists."""

from typing import final

from twi_core.kernel.directory import Directory
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, RoleId
from twi_core.permissions.domain import Rule, SubjectKind


@final
class SubjectCheck:
    """A check with the directory; if Discord can't be asked, everything counts as existing."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def gone(self, rule: Rule, /) -> bool:
        """Return whether the role or channel of a rule no longer exists; a user who has left may come back."""
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
