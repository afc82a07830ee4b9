"""Where a sandbox keeps its data, and how it is emptied without touching other data."""

import errno
import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from twi_core.kernel.errors import AppError
from twi_core.kernel.language import text
from twi_runtime.process.exits import RuntimeFailure
from twi_sandbox.errors import FOLDER_UNUSABLE, IN_USE, NOT_A_SANDBOX

MARK: Final = ".twi-sandbox"


@contextmanager
def own_folder(folder: Path, *, reset: bool) -> Iterator[Path]:
    """Lock a folder for the length of the block, emptied first where `reset`; yield the place for data.

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
            raise RuntimeFailure(AppError(FOLDER_UNUSABLE, {"problem": _problem(error)})) from error
        if reset:
            shutil.rmtree(folder / "data", ignore_errors=True)
        yield folder / "data"


def _problem(error: OSError) -> str:
    match error:
        case PermissionError():
            return text("you can't write there")
        case FileExistsError() | NotADirectoryError():
            return text("it's a file, or inside one")
        case _:
            return text("the system reported {code}", code=errno.errorcode.get(error.errno or 0, type(error).__name__))


@contextmanager
def temporary_folder(base: Path) -> Iterator[Path]:
    """Create a folder for the length of the block."""
    folder = base / f"tour-{secrets.token_hex(6)}"
    try:
        with own_folder(folder, reset=False) as data:
            yield data
    finally:
        shutil.rmtree(folder, ignore_errors=True)
