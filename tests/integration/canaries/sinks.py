"""Where canaries are looked for: everything that a process writes, stores or answers."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, final

from tests.integration.canaries.canaries import CANARIES, settings
from twi_memory.failures import BATCH_ROWS, BUG_ROWS, OCCURRENCE_ROWS
from twi_memory.storage.store import MemoryStore
from twi_memory.storage.table import Rows, Table
from twi_runtime.logs.process import process_logs


@final
@dataclass
class Sinks:
    """The texts that a process wrote, stored or answered, by sink."""

    texts: dict[str, list[str]] = field(default_factory=dict)

    def add(self, sink: str, text: str) -> None:
        self.texts.setdefault(sink, []).append(text)

    def stored(self, store: MemoryStore) -> None:
        """Add what is stored of failures, as text and as JSON would have it."""
        for rows in (OCCURRENCE_ROWS, BUG_ROWS, BATCH_ROWS):
            table: Table[Any] = store.table(cast("Rows[Any]", rows))
            for row in table.rows.values():
                self.add(f"stored {rows.name}", repr(row))

    def leaks(self) -> list[str]:
        """Name each canary that is somewhere, and where; also in the form in which JSON or Python writes it."""
        forms = {
            canary.name: {canary.needle, json.dumps(canary.needle)[1:-1], repr(canary.needle)[1:-1]}
            for canary in CANARIES
        }
        return [
            f"{name} in {sink}: …{text[max(0, at - 60) : at + 20]}…"
            for sink, texts in self.texts.items()
            for text in texts
            for name, written in forms.items()
            for form in written
            if (at := text.find(form)) >= 0
        ]


@contextmanager
def logged(sinks: Sinks, folder: Path) -> Iterator[None]:
    """Log at level debug, for people, for programs and into a file, and add all of it to the sinks."""
    people, programs = io.StringIO(), io.StringIO()
    file = folder / "twi.log"
    chosen = settings(log_file=file)
    with process_logs(chosen, stream=people), process_logs(settings(log_format="json"), stream=programs):
        for library in ("httpx", "httpcore"):  # the caller's own side of HTTP
            logging.getLogger(library).setLevel(logging.WARNING)
        yield
    sinks.add("log for people", people.getvalue())
    sinks.add("log for programs", programs.getvalue())
    for path in folder.iterdir():
        sinks.add("log file", path.read_bytes().decode(errors="replace"))
