"""Tell caches that what they hold of a guild is stale, in this process and, through the storage, in others."""

import logging
from collections.abc import Callable
from typing import Final, TypeAlias, final

from twi_core.kernel.ids import GuildId

Hear: TypeAlias = Callable[[GuildId | None], None]
"""Hear that something of a guild changed; of none: that anything may have."""

_log: Final = logging.getLogger(__name__)


@final
class Invalidations:
    """Pass on what units have committed; a storage publishes here, caches subscribe.

    `live` is true only while every change is heard, those of other processes too; otherwise nothing may be kept from
    call to call. The storage sets it: where none publishes here, nothing is kept.
    `version` grows with whatever is published: while it stays the same and `live` is true, all that is cached holds.
    """

    def __init__(self) -> None:
        self.live = False
        self.version = 0
        self._hearers: dict[str, list[Hear]] = {}

    def subscribe(self, topic: str, hear: Hear, /) -> None:
        """Call `hear` whenever something under a topic has changed."""
        self._hearers.setdefault(topic, []).append(hear)

    def publish(self, topic: str, guild: GuildId, /) -> None:
        """Say that something under a topic has changed in a guild; whatever hearers do, this returns."""
        self.version += 1
        for hear in tuple(self._hearers.get(topic, ())):
            _tell(hear, guild)

    def publish_everything(self) -> None:
        """Say that anything may have changed, such as after a time in which nothing could be heard."""
        self.version += 1
        for hear in [hear for hearers in self._hearers.values() for hear in hearers]:
            _tell(hear, None)


def _tell(hear: Hear, guild: GuildId | None) -> None:
    try:
        hear(guild)
    except Exception:  # noqa: BLE001  # what is committed stays so, and the others hear of it, whatever one hearer does
        _log.error("a bug: a cache did not take note of a change", exc_info=True)
