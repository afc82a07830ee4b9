"""Standard error for people and for programs: errors, warnings, progress. Results alone go to standard output."""

import json
import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from twi_cli.errors import BUG, USAGE
from twi_core.kernel.errors import AppError
from twi_core.kernel.wording import Wording
from twi_runtime.plain import plain
from twi_runtime.process.exits import Exit, RuntimeFailure

if TYPE_CHECKING:
    from twi_core.kernel.redaction import Redactor

Output: TypeAlias = Literal["text", "json"]


class UsageError(RuntimeFailure):
    """Refuse a command line that the parser took."""

    def __init__(self, problem: str) -> None:
        super().__init__(usage_error(problem), Exit.USAGE)


def usage_error(problem: str) -> AppError:
    """Make the error of a command line."""
    return AppError(USAGE, {"problem": problem if problem[-1:] in ".?!" else f"{problem}."})


def json_wanted(arguments: Sequence[str]) -> bool:
    """Return whether a command line asks for JSON, also where it cannot be understood otherwise."""
    before = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    return "--output=json" in before or ("--output", "json") in pairwise(before)


def print_error(
    error: AppError, *, as_json: bool, reference: str | None = None, wording: Wording | None = None
) -> None:
    """Print an error to standard error: message, hint, code and reference; as JSON in one line."""
    from twi_cli.output.wording import ShellWording  # here, so that what works does without the application

    words = wording or ShellWording()
    if as_json:
        shown = {
            "code": error.code,
            "kind": error.kind.value,
            "message": error.message(words),
            "hint": error.hint(words),
            "reference": reference,
        }
        _line(json.dumps(shown))
        return
    _line(f"error: {error.message(words)}")
    _line(f"hint:  {error.hint(words)}")
    _line(f"code:  {error.code}" + (f", reference {reference}" if reference else ""))


def print_bug(bug: BaseException, *, as_json: bool) -> None:
    """Report that the command line itself failed; with TWI_LOG_LEVEL=debug also where."""
    if os.environ.get("TWI_LOG_LEVEL", "").lower() == "debug":
        for line in _redactor()("".join(traceback.format_exception(bug))).splitlines():
            _line(plain(line))
    print_error(AppError(BUG, {"kind": type(bug).__name__}), as_json=as_json)


def _redactor() -> "Redactor":
    """Know the secrets of the settings, or, where those are wrong, the ones that the environment holds."""
    from twi_core.kernel.redaction import Redactor
    from twi_runtime.configuration.settings import SECRETS, load_settings, variable

    try:
        return Redactor(load_settings().secrets())
    except RuntimeFailure:
        return Redactor(secret for name in SECRETS if (secret := os.environ.get(variable(name))))


def warn(problem: str, *, as_json: bool) -> None:
    """Tell a warning on standard error."""
    _line(json.dumps({"warning": problem}) if as_json else f"warning: {plain(problem)}")


def write(text: str) -> None:
    """Write a result to standard output."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def write_json(value: object) -> None:
    """Write a result as JSON, in ASCII so that nothing in it can act on a terminal."""
    write(json.dumps(value, indent=2))


def _line(text: str) -> None:
    sys.stderr.write(f"{text}\n")
