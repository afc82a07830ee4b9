"""Similarity by the extension `pg_trgm`, whichever schema it is in."""

from dataclasses import dataclass
from typing import Final, final

from sqlalchemy import ColumnElement, Float, SQLColumnExpression

EXTENSION: Final = "pg_trgm"


@final
@dataclass(frozen=True, slots=True)
class Trigrams:
    """The extension's operators, qualified with its schema; an index of `gin_trgm_ops` still serves them."""

    schema: str

    def alike(self, column: SQLColumnExpression[str], text: str) -> ColumnElement[bool]:
        """Return the condition that a column is similar to a text, by `pg_trgm.similarity_threshold`."""
        return column.bool_op(self._operator("%"))(text)

    def distance(self, column: SQLColumnExpression[str], text: str) -> ColumnElement[float]:
        """Return how far a column is from a text: 0 if they share all trigrams, 1 if they share none."""
        return column.op(self._operator("<->"), return_type=Float())(text)

    def _operator(self, symbol: str) -> str:
        quoted = self.schema.replace('"', '""')
        return f'OPERATOR("{quoted}".{symbol})'
