"""How the command line shows a context's answers where the facts of its values aren't enough."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, final

from twi_cli.output.wording import ShellWording
from twi_core.kernel.facts import FactValue
from twi_core.kernel.wording import Wording

V = TypeVar("V")


@final
@dataclass(frozen=True, slots=True)
class Rows:
    """Values that are shown as a table, by their facts."""

    values: Sequence[object]


Part: TypeAlias = FactValue | Rows
"""A part of an answer, which begins on a new line."""

Nothing: TypeAlias = Callable[[Wording], str]
"""What is said in place of an empty list, in the language of the call."""


@final
class Presenters:
    """How answers of one context are shown, beside their facts; a context defines its own as `PRESENTERS`.

    `nothing` is, by operation, what is said in place of an empty list.
    """

    def __init__(self, nothing: Mapping[str, Nothing] | None = None) -> None:
        self.nothing = nothing or {}
        self._parts: dict[type, Callable[[Any, ShellWording], Iterable[Part]]] = {}

    def show(self, kind: type[V], parts: Callable[[V, ShellWording], Iterable[Part]], /) -> None:
        """Show answers of a type as parts, one below the other, in place of their facts."""
        self._parts[kind] = parts

    def parts(self, value: object, wording: ShellWording, /) -> Iterable[Part] | None:
        """Return the parts of an answer, none where its facts are shown."""
        show = self._parts.get(type(value))
        return None if show is None else show(value, wording)
