"""Show the value of an operation: as JSON, or as text that a terminal can be trusted with."""

from collections.abc import Sequence
from typing import Final, final

from twi_cli.output.cells import cell
from twi_cli.output.outlet import Output, write, write_json
from twi_cli.output.presenters import Presenters, Rows
from twi_cli.output.table import labelled, table
from twi_core.kernel.facts import ContextFacts
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.paging import Page
from twi_runtime.contexts import find
from twi_runtime.plain import plain

NOTHING_FOUND: Final = "Nothing was found."
"""What a list without anything in it says where its context does not say it better."""


def show(operation: AnyOperation, value: object, output: Output) -> None:
    """Write the value of an operation to standard output."""
    if output == "json":
        write_json(operation.values.dump_python(value, mode="json"))
    else:
        write(as_text(operation.name, value))


def as_text(operation: str, value: object) -> str:
    """Return an operation's answer as text: one thing line by line, several as a table, none as its context says it."""
    context = operation.partition(".")[0]
    presenters = find("twi_cli", context, "PRESENTERS", Presenters) or Presenters()
    facts = find("twi_core", f"{context}.facts", "FACTS", ContextFacts) or ContextFacts()
    return _Text(presenters, facts, presenters.nothing.get(operation, NOTHING_FOUND)).of(value)


@final
class _Text:
    """Write the values of one context."""

    def __init__(self, presenters: Presenters, facts: ContextFacts, nothing: str) -> None:
        self._presenters = presenters
        self._facts = facts
        self._nothing = nothing

    def of(self, value: object) -> str:
        if isinstance(value, Page):
            more = f"\nMore follows: --after={value.next}" if value.next else ""
            return self.of(value.items) + more
        parts = self._presenters.parts(value)
        if parts is not None:
            return "\n".join(
                self.of(part.values) if isinstance(part, Rows) else cell(part, lines=True) for part in parts
            )
        if isinstance(value, Sequence) and not isinstance(value, str):
            return table([self._row(item) for item in value]) if value else plain(self._nothing)
        return labelled({plain(fact.label): cell(fact.value, lines=True) for fact in self._facts.of(value)})

    def _row(self, value: object) -> dict[str, str]:
        return {plain(fact.label): cell(fact.value) for fact in self._facts.of(value) if fact.brief}
