"""The users who run the bot."""

from collections.abc import Iterable
from typing import final

from twi_core.kernel.ids import UserId


@final
class Operators:
    """The users who run the bot; an entrypoint that learns of them later replaces them."""

    def __init__(self, users: Iterable[UserId] = ()) -> None:
        self._users = frozenset(users)

    def __contains__(self, user: object) -> bool:
        return user in self._users

    def replace(self, users: Iterable[UserId]) -> None:
        """Replace the operators."""
        self._users = frozenset(users)
