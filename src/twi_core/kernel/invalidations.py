"""Notify caches that their values for a guild are stale, in this process and, through the storage, in others."""

import logging
from collections.abc import Callable
from typing import Final, TypeAlias, final

from twi_core.kernel.ids import GuildId

Listener: TypeAlias = Callable[[GuildId | None], None]
"""A callback for a change in a guild; None means that anything may have changed."""

_log: Final = logging.getLogger(__name__)


@final
class Invalidations:
    """A publisher of committed changes: the storage publishes here, caches subscribe.

    `live` is true only while every change arrives, including those of other processes; otherwise nothing may be cached
    between calls. The storage sets it: without a storage that publishes, nothing is cached. `version` grows with every
    publication: while it is unchanged and `live` is true, everything cached is valid.
    """

    def __init__(self) -> None:
        self.live = False
        self.version = 0
        self._listeners: dict[str, list[Listener]] = {}

    def subscribe(self, topic: str, listener: Listener, /) -> None:
        """Call `listener` whenever something under a topic changes."""
        self._listeners.setdefault(topic, []).append(listener)

    def publish(self, topic: str, guild: GuildId, /) -> None:
        """Announce a change under a topic in a guild; this returns whatever the listeners do."""
        self.version += 1
        for listener in tuple(self._listeners.get(topic, ())):
            _notify(listener, guild)

    def publish_everything(self) -> None:
        """Announce that anything may have changed, for instance after a time without notifications."""
        self.version += 1
        for listener in [listener for listeners in self._listeners.values() for listener in listeners]:
            _notify(listener, None)


def _notify(listener: Listener, guild: GuildId | None) -> None:
    try:
        listener(guild)
    except Exception:  # noqa: BLE001  # the change is committed, and the other listeners need it too
        _log.error("a bug: a cache could not process a change", exc_info=True)
