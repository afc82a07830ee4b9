"""Where a sandbox keeps its data, and how it is emptied without touching anybody else's."""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_runtime.failures import RuntimeFailure

MARK: Final = ".twi-sandbox"

NOT_A_SANDBOX: Final = define_error(
    "sandbox.not_a_sandbox",
    Kind.INVALID,
    message="That folder holds something else than a sandbox, so it is left alone.",
    hint="Name a new or an empty folder with --data.",
    cause="The option --data names a folder that is not empty and was not made by `twi sandbox`.",
)
IN_USE: Final = define_error(
    "sandbox.in_use",
    Kind.CONFLICT,
    message="Another sandbox is using that folder.",
    hint="Stop the other one first, or name another folder with --data.",
    cause="Two sandboxes cannot share a folder: each believes that it alone changes the data.",
)
FOLDER_UNUSABLE: Final = define_error(
    "sandbox.folder_unusable",
    Kind.INVALID,
    message="The sandbox cannot use that folder: {problem}.",
    hint="Name a folder of your own with --data.",
    cause="The option --data names a file, or a folder that this user may not make or write to.",
)


@contextmanager
def own_folder(folder: Path, *, reset: bool) -> Iterator[Path]:
    """Have a folder to oneself for the length of the block, emptied first where `reset`; give the place for data.

    Raises:
        RuntimeFailure: it cannot be used, holds something else, or another sandbox uses it.
    """
    with ExitStack() as held:
        try:
            if folder.exists() and not (folder / MARK).exists() and any(folder.iterdir()):
                raise RuntimeFailure(AppError(NOT_A_SANDBOX))
            folder.mkdir(parents=True, exist_ok=True)
            mark = held.enter_context((folder / MARK).open("a"))
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeFailure(AppError(IN_USE)) from None
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise RuntimeFailure(AppError(FOLDER_UNUSABLE, {"problem": problem})) from error
        if reset:
            shutil.rmtree(folder / "data", ignore_errors=True)
        yield folder / "data"


@contextmanager
def passing_folder(base: Path) -> Iterator[Path]:
    """Have a new folder for the length of the block."""
    folder = base / f"tour-{secrets.token_hex(6)}"
    try:
        with own_folder(folder, reset=False) as data:
            yield data
    finally:
        shutil.rmtree(folder, ignore_errors=True)
