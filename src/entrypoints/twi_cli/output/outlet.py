"""Standard error for people and for programs: errors, warnings, progress. Results alone go to standard output."""

import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias, final

from twi_cli.errors import BUG
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.language import text
from twi_core.kernel.wording import Wording
from twi_runtime.plain import plain
from twi_runtime.process.exits import RuntimeFailure

if TYPE_CHECKING:
    from twi_core.kernel.redaction import Redactor

Output: TypeAlias = Literal["text", "json"]


@final
class UsageError(Exception):
    """A command line that the parser took and the command refuses.

    `twi_cli.commands.mistakes` adds the `command`, and the line that shows its `help`.
    """

    def __init__(self, definition: ErrorCode, params: Mapping[str, str]) -> None:
        super().__init__(definition.code)
        self.definition = definition
        self.params = params


def json_wanted(arguments: Sequence[str]) -> bool:
    """Return whether a command line asks for JSON, also where it cannot be understood otherwise."""
    before = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    return "--output=json" in before or ("--output", "json") in pairwise(before)


def print_error(
    error: AppError, *, as_json: bool, reference: str | None = None, wording: Wording | None = None
) -> None:
    """Print an error to standard error: message, hint, code and reference; as JSON in one line."""
    from twi_cli.output.wording import ShellWording  # here, so that what works does without the commands' models

    words = wording or ShellWording()
    message, hint = error.message(words), error.hint(words)
    if as_json:
        shown = {
            "code": error.code,
            "kind": error.kind.value,
            "message": message,
            "hint": hint,
            "reference": reference,
        }
        _line(json.dumps(shown))
        return
    _line(text("error: {message}", message=message))
    _line(text("hint:  {hint}", hint=hint))
    if reference:
        _line(text("code:  {code}, reference {reference}", code=error.code, reference=reference))
    else:
        _line(text("code:  {code}", code=error.code))


def print_bug(bug: BaseException, *, as_json: bool) -> None:
    """Report that the command line itself failed; with TWI_LOG_LEVEL=debug also where."""
    if os.environ.get("TWI_LOG_LEVEL", "").lower() == "debug":
        for line in _redactor()("".join(traceback.format_exception(bug))).splitlines():
            _line(plain(line))
    print_error(AppError(BUG, {"kind": type(bug).__name__}), as_json=as_json)


def _redactor() -> "Redactor":
    """Return a redactor of the settings' secrets, or, where those are wrong, of the ones in the environment."""
    from twi_core.kernel.redaction import Redactor
    from twi_runtime.configuration.settings import SECRETS, load_settings, variable

    try:
        return Redactor(load_settings().secrets())
    except RuntimeFailure:
        return Redactor(secret for name in SECRETS if (secret := os.environ.get(variable(name))))


def warn(problem: str, *, as_json: bool) -> None:
    """Print a warning to standard error."""
    _line(json.dumps({"warning": problem}) if as_json else text("warning: {problem}", problem=plain(problem)))


def write(result: str) -> None:
    """Write a result to standard output."""
    sys.stdout.write(result if result.endswith("\n") else f"{result}\n")


def write_json(value: object) -> None:
    """Write a result as JSON, in ASCII so that nothing in it can act on a terminal."""
    write(json.dumps(value, indent=2))


def _line(line: str) -> None:
    sys.stderr.write(f"{line}\n")
