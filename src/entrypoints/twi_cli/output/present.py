"""Show the value of an operation: as JSON, or as text that a terminal can be trusted with."""

from collections.abc import Sequence
from typing import Final, final

from twi_cli.output.cells import cell
from twi_cli.output.outlet import Output, write, write_json
from twi_cli.output.presenters import Part, Presenters, Rows
from twi_cli.output.table import labelled, table
from twi_core.application import Application
from twi_core.kernel.contexts import AnyContext, offered
from twi_core.kernel.facts import ContextFacts
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.paging import Page
from twi_runtime.plain import plain

NOTHING_FOUND: Final = "Nothing was found."
"""What a list without anything in it says where its context does not say it better."""


def show(operation: AnyOperation, value: object, output: Output) -> None:
    """Write the value of an operation to standard output."""
    if output == "json":
        write_json(operation.values.dump_python(value, mode="json"))
    else:
        name = operation.name.partition(".")[0]
        context = next(each for each in offered(Application) if each.name == name)
        write(as_text(context, value, operation.name))


def as_text(context: AnyContext, value: object, operation: str = "") -> str:
    """Return an answer of a context as text: one thing line by line, several as a table.

    A list without anything in it is what the context says of that operation's.
    """
    presenters = context.find("twi_cli", "PRESENTERS", Presenters) or Presenters()
    return _Text(presenters, context.facts, presenters.nothing.get(operation, NOTHING_FOUND)).of(value)


@final
class _Text:
    """Write the values of one context."""

    def __init__(self, presenters: Presenters, facts: ContextFacts, nothing: str) -> None:
        self._presenters = presenters
        self._facts = facts
        self._nothing = nothing

    def of(self, value: object) -> str:
        if isinstance(value, Page):
            more = f"\nMore follows: --after={plain(value.next)}" if value.next else ""
            return self.of(value.items) + more
        parts = self._presenters.parts(value)
        if parts is not None:
            return "\n".join(map(self._part, parts))
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self._table(value)
        return labelled({plain(fact.label): cell(fact.value, lines=True) for fact in self._facts.of(value)})

    def _part(self, part: Part) -> str:
        return self._table(part.values) if isinstance(part, Rows) else cell(part, lines=True)

    def _table(self, values: Sequence[object]) -> str:
        return table([self._row(value) for value in values]) if values else plain(self._nothing)

    def _row(self, value: object) -> dict[str, str]:
        return {plain(fact.label): cell(fact.value) for fact in self._facts.of(value) if fact.brief}
