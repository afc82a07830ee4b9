"""The folder of a sandbox's data, and emptying it without touching anything else."""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from twi_core.kernel.errors import AppError
from twi_runtime.process.exits import RuntimeFailure
from twi_sandbox.errors import FOLDER_UNUSABLE, IN_USE, NOT_A_SANDBOX

MARK: Final = ".twi-sandbox"


@contextmanager
def own_folder(folder: Path, *, reset: bool) -> Iterator[Path]:
    """Lock a folder for the duration of the block, emptied first if `reset`, and yield the folder for data.

    Raises:
        RuntimeFailure: it can't be used, contains something else, or another sandbox is using it.
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
def temporary_folder(base: Path) -> Iterator[Path]:
    """Yield a new folder that is removed after the block."""
    folder = base / f"tour-{secrets.token_hex(6)}"
    try:
        with own_folder(folder, reset=False) as data:
            yield data
    finally:
        shutil.rmtree(folder, ignore_errors=True)
