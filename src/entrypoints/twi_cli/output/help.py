"""The help of commands, in the language of the terminal: texts are registered in English and translated here."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, final

from twi_core.kernel.language import text, translated

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions

COLUMN: Final = 24
"""Where descriptions begin; a longer name stands on a line by itself."""
_KINDS: Final = (("STR", "TEXT"), ("INT", "NUMBER"))
"""Names of kinds of values, and ours."""


@final
class HelpText:
    """A writer of help as plain text: names on the left, descriptions beside them, nothing broken within a word."""

    def __call__(self, console: "Console", options: "ConsoleOptions", panel: "HelpPanel") -> None:
        """Write one section: commands, or options."""
        del options  # the console's width is all that matters
        if not panel.entries:
            return
        lines = [f"{_title(str(panel.title))}:"]
        for entry in panel.entries:
            lines += _entry(entry, console.width)
        _write(console, "\n".join(lines))

    def render_usage(self, console: "Console", _: "ConsoleOptions", usage: object) -> None:
        """Write the line that shows how the command is typed."""
        line = _plain(usage).removeprefix("Usage:").strip()
        if line:
            _write(console, text("Usage: {line}", line=line))

    def render_description(self, console: "Console", _: "ConsoleOptions", description: object) -> None:
        """Write what the command does."""
        paragraphs = translated(_plain(description)).split("\n\n")
        _write(console, "\n\n".join("\n".join(_wrapped(each, console.width)) for each in paragraphs))


def _entry(entry: "HelpEntry", width: int) -> Iterator[str]:
    kind = entry.metavar
    for theirs, ours in _KINDS:
        kind = kind and kind.replace(theirs, ours)
    names = "  " + ", ".join(entry.copy(metavar=kind).display_labels_with_metavar)
    described = " ".join(filter(None, (translated(_plain(entry.description)), *_details(entry))))
    lines = _wrapped(described, max(width - COLUMN, COLUMN))
    if len(names) + 2 <= COLUMN and lines:
        yield f"{names:<{COLUMN}}{lines.pop(0)}"
    else:
        yield names
    yield from (" " * COLUMN + line for line in lines)


def _wrapped(paragraph: str, width: int) -> list[str]:
    return textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)


def _details(entry: "HelpEntry") -> Iterator[str]:
    if entry.choices:
        yield text("One of {choices}.", choices=", ".join(entry.choices))
    if entry.default is not None and entry.type is not bool:
        yield text("Default: {value}.", value=entry.default)
    if entry.required:
        yield text("Required.")


def _title(title: str) -> str:
    """Return the heading of a section; those that cyclopts names are ours here."""
    match title:
        case "Commands":
            return text("Commands")
        case "Arguments":
            return text("Arguments")
        case "Parameters":
            return text("Options")
        case "Caller":
            return text("Caller")
        case "Filters":
            return text("Filters")
        case _:
            return title


def _plain(shown: object) -> str:
    """Return a text of cyclopts' or rich's without its style."""
    inner = getattr(shown, "primary_renderable", shown)
    return str(getattr(inner, "plain", inner) or "").strip()


def _write(console: "Console", shown: str) -> None:
    if shown:
        console.print(shown, highlight=False, markup=False, emoji=False, soft_wrap=True)
        console.print()
