"""What the command line says of a server's settings beyond their facts."""

from collections.abc import Iterator
from typing import Final

from twi_cli.output.presenters import Part, Presenters, Rows
from twi_core.kernel.facts import Block
from twi_core.settings.use_cases.export import ExportedSettings
from twi_core.settings.use_cases.import_ import ImportedSettings


def _exported(exported: ExportedSettings) -> Iterator[Part]:
    """Show a document as it is, so that it can go to a file and be imported again."""
    yield Block(exported.document)


def _imported(done: ImportedSettings) -> Iterator[Part]:
    if not done.differences:
        yield "Nothing to change: all of that is so already."
        return
    yield Rows(done.differences)
    yield "Changed." if done.applied else "Nothing was changed yet; import it again with --apply."


PRESENTERS: Final = Presenters(nothing={"settings.history": "Nothing of that has been changed there."})
PRESENTERS.show(ExportedSettings, _exported)
PRESENTERS.show(ImportedSettings, _imported)
