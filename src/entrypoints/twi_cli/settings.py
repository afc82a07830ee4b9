"""How the command line shows a server's settings, beside their facts."""

from collections.abc import Iterator
from typing import Final

from twi_cli.output.presenters import Part, Presenters, Rows
from twi_cli.output.wording import ShellWording
from twi_core.kernel.facts import Block
from twi_core.kernel.language import text
from twi_core.settings.use_cases.export import ExportedSettings
from twi_core.settings.use_cases.import_ import ImportedSettings


def _exported(exported: ExportedSettings, _: ShellWording) -> Iterator[Part]:
    """Yield the document as it is, so that it can go to a file and be imported again."""
    yield Block(exported.document)


def _imported(done: ImportedSettings, wording: ShellWording) -> Iterator[Part]:
    if not done.differences:
        yield text("Already up to date.")
        return
    yield Rows(done.differences)
    if done.applied:
        yield text("Changed.")
    elif line := wording.again("apply", True):
        yield text("Nothing has changed yet. Apply it: {line}", line=line)
    else:
        added = wording.addition("apply", True)
        yield text("Nothing has changed yet. To apply it, repeat the command with: {option}", option=added)


PRESENTERS: Final = Presenters(nothing={"settings.history": lambda _: text("No changes recorded.")})
PRESENTERS.show(ExportedSettings, _exported)
PRESENTERS.show(ImportedSettings, _imported)
