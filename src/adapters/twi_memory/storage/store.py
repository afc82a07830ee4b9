"""Storage in memory for every context that has a unit in `twi_memory` or in its own package."""

from typing import Any, TypeVar, cast, final

from twi_core.kernel.contexts import Context
from twi_core.kernel.invalidations import Invalidations
from twi_core.kernel.unit import Open, Unit
from twi_memory.storage.table import Rows, Table
from twi_memory.storage.unit import UNITS, Tables, Units

R = TypeVar("R")
U = TypeVar("U", bound=Unit)


@final
class MemoryStore:
    """All committed data of one process; see `Storage`."""

    def __init__(self, invalidations: Invalidations | None = None) -> None:
        self.invalidations = invalidations or Invalidations()
        self.invalidations.live = True  # no other process writes here
        self.tables = Tables(self.invalidations)

    def open(self, context: Context[Any, U], /) -> Open[U]:
        """See `Storage`."""
        found = context.find("twi_memory", UNITS, Units)
        if found is None or found.context is not context:
            raise LookupError(
                f"the context {context.name!r} has no storage in memory: "
                f"add {context.place('twi_memory')} with {UNITS} = Units(…)"
            )
        return cast("Open[U]", found.on(self.tables))

    def table(self, rows: Rows[R], /) -> Table[R]:
        """Return the committed rows of a table."""
        return self.tables.table(rows)
