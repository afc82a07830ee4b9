"""Show the value of an operation: as JSON, or as text that is harmless in a terminal."""

from collections.abc import Sequence
from typing import final

from twi_cli.output.cells import cell
from twi_cli.output.outlet import Output, write, write_json
from twi_cli.output.presenters import Part, Presenters, Rows
from twi_cli.output.table import labelled, table
from twi_cli.output.wording import ShellWording
from twi_core.application import Application
from twi_core.kernel.contexts import AnyContext, offered
from twi_core.kernel.facts import ContextFacts, Fact, FactValue
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.language import text, translated
from twi_core.kernel.paging import Page
from twi_runtime.plain import plain


def show(operation: AnyOperation, value: object, output: Output, wording: ShellWording) -> None:
    """Write the value of an operation to standard output; `wording` is the one of the call."""
    if output == "json":
        write_json(operation.values.dump_python(value, mode="json"))
    else:
        name = operation.name.partition(".")[0]
        context = next(each for each in offered(Application) if each.name == name)
        write(as_text(context, value, operation.name, wording))


def as_text(context: AnyContext, value: object, operation: str = "", wording: ShellWording | None = None) -> str:
    """Return an answer of a context as text: one thing line by line, several as a table.

    An empty list is what the context's presenters say about that operation.
    """
    presenters = context.find("twi_cli", "PRESENTERS", Presenters) or Presenters()
    return _Text(presenters, context.facts, operation, wording or ShellWording()).of(value)


@final
class _Text:
    """The text of one answer."""

    def __init__(self, presenters: Presenters, facts: ContextFacts, operation: str, wording: ShellWording) -> None:
        self._presenters = presenters
        self._facts = facts
        self._operation = operation
        self._wording = wording

    def of(self, value: object) -> str:
        if isinstance(value, Page):
            return "\n".join(filter(None, (self.of(value.items), self._more(value.next))))
        parts = self._presenters.parts(value, self._wording)
        if parts is not None:
            return "\n".join(map(self._part, parts))
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self._table(value)
        return labelled({_label(fact): self._cell(fact.value, lines=True) for fact in self._facts.of(value)})

    def _more(self, cursor: str | None) -> str:
        if cursor is None:
            return ""
        if line := self._wording.again("after", cursor):
            return text("More follows: {line}", line=line)
        added = self._wording.addition("after", cursor)
        return text("More follows. To see it, repeat the command with: {option}", option=added)

    def _part(self, part: Part) -> str:
        return self._table(part.values) if isinstance(part, Rows) else self._cell(part, lines=True)

    def _table(self, values: Sequence[object]) -> str:
        return table([self._row(value) for value in values]) if values else self._nothing()

    def _nothing(self) -> str:
        nothing = self._presenters.nothing.get(self._operation)
        return text("Nothing found.") if nothing is None else plain(nothing(self._wording))

    def _row(self, value: object) -> dict[str, str]:
        return {_label(fact): self._cell(fact.value) for fact in self._facts.of(value) if fact.brief}

    def _cell(self, value: FactValue, *, lines: bool = False) -> str:
        return cell(value, lines=lines, wording=self._wording)


def _label(fact: Fact) -> str:
    return plain(translated(fact.label))
