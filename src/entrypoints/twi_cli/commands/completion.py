"""`twi --install-completion`: commands and options are completed in the shell."""

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import Parameter
from cyclopts.completion.detect import ShellDetectionError, detect_shell

from twi_cli.errors import NOT_INSTALLED, UNKNOWN_SHELL
from twi_cli.output.outlet import UsageError, write
from twi_cli.output.typed import shell_line
from twi_core.kernel.errors import AppError
from twi_core.kernel.language import text
from twi_runtime.plain import plain
from twi_runtime.process.exits import Exit, RuntimeFailure

Shell: TypeAlias = Literal["zsh", "bash", "fish", "powershell"]
ShellOption: TypeAlias = Annotated[Shell | None, Parameter("--shell", help="The shell. Default: the one twi runs in.")]
FileOption: TypeAlias = Annotated[
    Path | None,
    Parameter(("--output", "-o"), help="The file for the completion script. Default: the shell's usual place."),
]

EXAMPLE: Final = ("twi", "--install-completion", "--shell", "bash")


def install(*, shell: ShellOption = None, output: FileOption = None) -> int:
    """Write the completion script, and have the shell load it when it starts."""
    from twi_cli.root import build_app

    try:
        found = shell or detect_shell()
    except ShellDetectionError:
        raise UsageError(UNKNOWN_SHELL, {"line": shell_line(EXAMPLE)}) from None
    try:
        written = build_app().install_completion(shell=found, output=output, add_to_startup=True)
    except OSError as error:
        line = shell_line(["twi", "--install-completion", "--shell", found, "--output", f"twi.{found}"])
        file, reason = str(error.filename or output), error.strerror or type(error).__name__
        raise RuntimeFailure(AppError(NOT_INSTALLED, {"file": file, "reason": reason, "line": line})) from None
    write(text("Completion is installed in {file}. Open a new shell to use it.", file=plain(str(written))))
    return Exit.OK
