"""Rows in memory with a unique key; each unit sees them through its own uncommitted changes."""

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, Self, TypeVar, final

from twi_core.kernel.faults import Conflict

R = TypeVar("R")


@final
class Rows(Generic[R]):
    """A table's description: its rows' number, unique key and group (a guild); every store holds one table for it."""

    __slots__ = ("group", "name", "number", "unique")

    def __init__(
        self,
        name: str,
        *,
        number: Callable[[R], int],
        unique: Callable[[R], Hashable],
        group: Callable[[R], Hashable],
    ) -> None:
        self.name = name
        self.number = number
        self.unique = unique
        self.group = group

    def __deepcopy__(self, _: object, /) -> Self:
        """Return the same object: it names a table, and a copy of a store holds its tables under the same names."""
        return self


@final
class Table(Generic[R]):
    """Committed rows by number, each row's unique key, and the rows of each group."""

    def __init__(self, rows: Rows[R]) -> None:
        self.number = rows.number
        self.unique = rows.unique
        self.group = rows.group
        self.rows: dict[int, R] = {}
        self.by_unique: dict[Hashable, int] = {}
        self.groups: dict[Hashable, dict[int, None]] = {}
        self.versions: dict[int, int] = {}

    def put(self, row: R) -> None:
        """Store a row, replacing the one with the same number."""
        number = self.number(row)
        self.drop(number)
        self.rows[number] = row
        self.by_unique[self.unique(row)] = number
        self.groups.setdefault(self.group(row), {})[number] = None

    def drop(self, number: int) -> None:
        """Remove a row, and count the change so that a unit that saw it before notices."""
        self.versions[number] = self.versions.get(number, 0) + 1
        row = self.rows.pop(number, None)
        if row is None:
            return
        del self.by_unique[self.unique(row)]
        del self.groups[self.group(row)][number]


@final
class View(Generic[R]):
    """A table as one unit sees it: the committed rows with the unit's own changes on top."""

    def __init__(self, table: Table[R]) -> None:
        self._table = table
        self._changes: dict[int, R | None] = {}
        self._seen: dict[int, int] = {}
        self._counted: dict[Hashable, int] = {}

    def get(self, number: int) -> R | None:
        """Return a row by its number."""
        return self._changes[number] if number in self._changes else self._table.rows.get(number)

    def find(self, unique: Hashable) -> R | None:
        """Return a row by its unique key."""
        for row in self._changes.values():
            if row is not None and self._table.unique(row) == unique:
                return row
        number = self._table.by_unique.get(unique)
        return None if number is None or number in self._changes else self._table.rows[number]

    def group(self, group: Hashable) -> Iterator[R]:
        """Yield the rows of a group, in no particular order."""
        for number in self._table.groups.get(group, ()):
            if number not in self._changes:
                yield self._table.rows[number]
        for row in self._changes.values():
            if row is not None and self._table.group(row) == group:
                yield row

    def count(self, group: Hashable) -> int:
        """Count the rows of a group, so that committing fails if another unit has added or removed one."""
        self._counted.setdefault(group, len(self._table.groups.get(group, ())))
        return sum(1 for _ in self.group(group))

    def watch(self, row: R) -> None:
        """Remember a row's state, so that committing a change to it fails if another unit has changed it."""
        number = self._table.number(row)
        self._seen.setdefault(number, self._table.versions.get(number, 0))

    def insert(self, row: R) -> bool:
        """Add a row; return False if its unique key is taken.

        Raises:
            Conflict: its number is taken.
        """
        if self.find(self._table.unique(row)) is not None:
            return False
        if self.get(self._table.number(row)) is not None:
            raise Conflict("the id is taken")
        self._changes[self._table.number(row)] = row
        self._seen.setdefault(self._table.number(row), self._table.versions.get(self._table.number(row), 0))
        return True

    def replace(self, row: R) -> bool:
        """Change a row; return False if its new unique key belongs to another row.

        Raises:
            Conflict: the row no longer exists.
        """
        number = self._table.number(row)
        if self.get(number) is None:
            raise Conflict("the row was deleted meanwhile")
        other = self.find(self._table.unique(row))
        if other is not None and self._table.number(other) != number:
            return False
        self.watch(row)
        self._changes[number] = row
        return True

    def remove(self, row: R) -> None:
        """Delete a row.

        Raises:
            Conflict: the row no longer exists.
        """
        if self.get(self._table.number(row)) is None:
            raise Conflict("the row was deleted meanwhile")
        self.watch(row)
        self._changes[self._table.number(row)] = None

    def check(self) -> None:
        """Check that the changes can be applied.

        Raises:
            Conflict: a row changed since it was seen, a unique key was taken, or a counted group grew or shrank.
        """
        for group, many in self._counted.items():
            if len(self._table.groups.get(group, ())) != many:
                raise Conflict("another unit added or removed a row that was counted")
        for number in self._changes:
            if self._table.versions.get(number, 0) != self._seen[number]:
                raise Conflict("another unit changed the same row")
        for row in self._changes.values():
            holder = None if row is None else self._table.by_unique.get(self._table.unique(row))
            if holder is not None and holder not in self._changes:
                raise Conflict("another unit took the same name")

    def apply(self) -> None:
        """Commit the changes; `check` has passed and nothing has run since."""
        for number in self._changes:
            self._table.drop(number)
        for row in self._changes.values():
            if row is not None:
                self._table.put(row)
