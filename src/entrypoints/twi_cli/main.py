"""Where `twi` begins and ends: arguments in, exit code out, and no traceback for people."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from twi_cli.output.outlet import UsageError, json_wanted, print_bug, print_error, warn
from twi_cli.output.typed import answering
from twi_core.kernel.language import ENGLISH, Language, speaking
from twi_runtime.extras import require
from twi_runtime.process.exits import Exit, RuntimeFailure


def run() -> NoReturn:
    """Run `twi` with the process's arguments and end the process."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has read enough, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.OK
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every failure is printed to standard error."""
    as_json = json_wanted(arguments)
    try:
        require("cli", "The command line")
        require("runtime", "The command line")
        with speaking(_language(as_json)):
            return _dispatch(arguments, as_json)
    except RuntimeFailure as failure:
        print_error(failure.error, as_json=as_json)
        return failure.exit_code
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as bug:  # noqa: BLE001  # the edge of the process: nothing above could report it better
        print_bug(bug, as_json=as_json)
        return Exit.UNEXPECTED


def _language(as_json: bool) -> Language:
    """Return the language that the terminal asks for, where there is a catalogue for it.

    Catalogues that can't be read are a warning here, so that the commands that explain settings work; servers refuse.
    """
    from twi_runtime.languages import Catalogues, environment_languages

    folder = os.environ.get("TWI_CATALOGUES")
    if not folder:
        return ENGLISH
    try:
        return Catalogues.read(Path(folder)).find(*environment_languages(os.environ))
    except RuntimeFailure as failure:
        warn(f"{failure.error.message()} {failure.error.hint()}", as_json=as_json)
        return ENGLISH


def _dispatch(arguments: Sequence[str], as_json: bool) -> int:
    from cyclopts import CycloptsError

    from twi_cli.root import build_app, with_full_names

    app, full = build_app(), with_full_names(arguments)
    try:
        with answering(full):
            result: object = app(full, exit_on_error=False, print_error=False, result_action="return_value")
    except (CycloptsError, UsageError) as refused:
        from twi_cli.commands.mistakes import Mistake

        mistake = Mistake(app, full)
        print_error(mistake.error(refused), as_json=as_json, wording=mistake.wording())
        return Exit.USAGE
    return result if isinstance(result, int) else Exit.OK
