"""`twi errors`: the error codes, to people and to programs."""

import difflib
from typing import Annotated, Final, TypeAlias

from cyclopts import Parameter

from twi_cli.commands.caller import OutputOption
from twi_cli.errors import DID_YOU_MEAN, UNKNOWN_CODE
from twi_cli.output.outlet import write, write_json
from twi_cli.output.table import labelled, table
from twi_core.kernel.errors import AppError
from twi_http.errors import status_of
from twi_runtime.opening.lifecycle import application_without_storage
from twi_runtime.process.exits import RuntimeFailure
from twi_runtime.registry import Entry, described, every_entry

CodeArgument: TypeAlias = Annotated[
    str | None, Parameter(help="A code, such as links.not_found, to be told all of; without one, all are listed.")
]

NEAR: Final = 3
"""So many codes are suggested in place of an unknown one."""
LONGEST: Final = 64
"""More letters of an unknown code are not repeated."""


def errors(code: CodeArgument = None, /, *, output: OutputOption = "text") -> int:
    """List every error code, with what it means and what to do; or tell all about one."""
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
        write(labelled(_facts(entries[code])))
    return 0


def _described(entry: Entry) -> dict[str, object]:
    return described(entry, status_of(entry.definition))


def _row(entry: Entry) -> dict[str, str]:
    code = entry.definition
    return {
        "code": code.code,
        "kind": code.kind.value,
        "exit": str(entry.exit_code),
        "message": code.message,
        "hint": code.hint,
    }


def _facts(entry: Entry) -> dict[str, str]:
    code = entry.definition
    return {
        "code": code.code,
        "message": code.message,
        "when": code.cause,
        "hint": code.hint,
        "kind": code.kind.value,
        "exit code": str(entry.exit_code),
        "HTTP status": str(status_of(code)),
        "operations": "\n".join(entry.operations) or "none",
        "told by": ", ".join(place.value for place in entry.places) or "operations only",
    }


def _unknown(code: str, known: list[str]) -> AppError:
    """Refuse a code that there is not, with those that resemble it."""
    given = code[:LONGEST]
    near = difflib.get_close_matches(given.lower(), known, NEAR)
    if not near:
        return AppError(UNKNOWN_CODE, {"code": given})
    return AppError(UNKNOWN_CODE, {"code": given, "suggestions": tuple(near)}, DID_YOU_MEAN)
