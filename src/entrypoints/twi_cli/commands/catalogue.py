"""`twi errors`: the error codes, to people and to programs."""

import difflib
from textwrap import indent
from typing import Annotated, Final, TypeAlias

from cyclopts import Parameter

from twi_cli.commands.caller import OutputOption
from twi_cli.errors import SIMILAR_CODES, UNKNOWN_CODE
from twi_cli.output.outlet import write, write_json
from twi_cli.output.table import labelled, table
from twi_cli.output.wording import ShellWording
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.language import ENGLISH, language, text, translated
from twi_http.errors import status_of
from twi_runtime.opening.lifecycle import application_without_storage
from twi_runtime.process.exits import RuntimeFailure
from twi_runtime.recorded import answered_at, recorded_answers
from twi_runtime.registry import Entry, described, every_entry, example_of

CodeArgument: TypeAlias = Annotated[
    str | None, Parameter(help="A code to explain, such as links.not_found. Without one, all are listed.")
]

NEAR: Final = 3
"""At most this many codes are suggested in place of an unknown one."""
LONGEST: Final = 64
"""Letters of an unknown code that are repeated."""


def errors(code: CodeArgument = None, /, *, output: OutputOption = "text") -> int:
    """List all error codes with what they mean and what to do, or explain one."""
    entries = every_entry(application_without_storage().operations())
    if code is None:
        if output == "json":
            write_json({"errors": [_described(entry) for entry in entries.values()]})
        else:
            write(table([_row(entry) for entry in entries.values()]))
        return 0
    if code not in entries:
        raise RuntimeFailure(_unknown(code, list(entries)))
    if output == "json":
        write_json(_described(entries[code]))
    else:
        write(_explained(entries[code]))
    return 0


def _described(entry: Entry) -> dict[str, object]:
    return described(entry, status_of(entry.definition))


def _row(entry: Entry) -> dict[str, str]:
    code, shown = entry.definition, example_of(entry.definition)
    return {
        text("code"): code.code,
        text("kind"): code.kind.value,
        text("exit"): str(entry.exit_code),
        text("message"): shown.message(ShellWording()),
        text("hint"): shown.hint(ShellWording()),
    }


def _explained(entry: Entry) -> str:
    """Return the facts of a code, and below them what was answered when it was provoked."""
    answers = recorded_answers(entry.definition.code)
    shown = (
        _facts(entry) if answers and language().tag == ENGLISH.tag else {**_example(entry.definition), **_facts(entry)}
    )
    return "\n\n".join(
        (labelled(shown), *(f"{answered_at(place)}:\n{indent(answer, '  ')}" for place, answer in answers.items()))
    )


def _example(code: ErrorCode) -> dict[str, str]:
    """Return message and hint with example facts: where no answer is recorded, or not in the reader's language."""
    shown = example_of(code)
    return {
        text("message (example)"): shown.message(ShellWording()),
        text("hint (example)"): shown.hint(ShellWording()),
    }


def _facts(entry: Entry) -> dict[str, str]:
    code = entry.definition
    return {
        text("code"): code.code,
        text("when it happens"): translated(code.cause),
        text("kind"): code.kind.value,
        text("exit code"): str(entry.exit_code),
        text("HTTP status"): str(status_of(code)),
        text("operations"): "\n".join(entry.operations) or text("none"),
        text("shown by"): ", ".join(place.value for place in entry.places) or text("the operations"),
    }


def _unknown(code: str, known: list[str]) -> AppError:
    """Return the refusal of an unknown code, with codes that resemble it."""
    given = code[:LONGEST]
    near = difflib.get_close_matches(given.lower(), known, NEAR)
    if not near:
        return AppError(UNKNOWN_CODE, {"code": given})
    return AppError(UNKNOWN_CODE, {"code": given, "suggestions": tuple(near)}, SIMILAR_CODES)
