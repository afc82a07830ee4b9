"""A gateway session: what was dispatched in it, delivered or not, so that it can be replayed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tests.wire.records import Json

DISPATCH: Final = 0
MESSAGE_CONTENT: Final = 1 << 15


@dataclass(slots=True)
class Session:
    """A session and its events; the one with sequence number `s` is at index `s - 1` of `frames`."""

    id: str
    intents: int
    frames: list[Json] = field(default_factory=list)

    @property
    def seq(self) -> int:
        """The sequence number of the last event."""
        return len(self.frames)

    def add(self, event: str, data: Json) -> Json:
        """Number an event and return its frame; a message without the intent for it has no text."""
        if event == "MESSAGE_CREATE" and not self._may_read(data):
            data = {**data, "content": "", "embeds": [], "components": []}
        frame: Json = {"op": DISPATCH, "s": self.seq + 1, "t": event, "d": data}
        self.frames.append(frame)
        return frame

    def _may_read(self, data: Json) -> bool:
        mentioned = any(entry.get("bot") for entry in data.get("mentions", []))
        return bool(self.intents & MESSAGE_CONTENT) or "guild_id" not in data or mentioned
