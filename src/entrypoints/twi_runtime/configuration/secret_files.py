"""Find secrets: in the environment, in files that it names, and in folders of credentials."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

LARGEST: Final = 64 * 1024
"""More bytes than this are no secret."""

CONTAINER_FOLDER: Final = Path("/run/secrets")

_PLACEHOLDER: Final = re.compile(
    r"<.*>|x+|\.+|…|\*+|none|null|todo|secret|password|passwd"
    r"|(?:change|replace)[-_ ]?(?:me|this|it).*|your[-_ ].*|insert[-_ ].*"
    r"|(?:discord[-_ ]?)?(?:bot[-_ ]?)?token(?:[-_ ]?(?:here|goes[-_ ]here))?",
    re.IGNORECASE | re.DOTALL,
)


class Unusable(Exception):
    """Tell what is wrong with a secret, without any part of it."""


def credential_folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Give the folders where a secret may lie in a file that has the setting's name: systemd's, then a container's."""
    named = environ.get("CREDENTIALS_DIRECTORY")
    return (Path(named), CONTAINER_FOLDER) if named else (CONTAINER_FOLDER,)


def find_secret(variable: str, environ: Mapping[str, str], folders: Sequence[Path]) -> str | None:
    """Return a secret: the variable's, else that of the file named by `<variable>_FILE`, else that of a folder.

    Raises:
        Unusable: it is given twice, blank, a placeholder, or cannot be read.
    """
    given, file = environ.get(variable), environ.get(f"{variable}_FILE")
    if given is not None and file is not None:
        raise Unusable(f"{variable} and {variable}_FILE are both set; unset one of them")
    if given is not None:
        return _usable(variable, given)
    if file is not None:
        return _usable(f"{variable}_FILE", _read(f"{variable}_FILE", Path(file)))
    for folder in folders:
        path = folder / variable
        if _there(path):
            where = f"{variable} in a folder of credentials"
            return _usable(where, _read(where, path))
    return None


def is_placeholder(secret: str) -> bool:
    """Return whether a text stands where a secret belongs, as in an example."""
    return _PLACEHOLDER.fullmatch(secret) is not None


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True  # it cannot be looked at, which reading it will say


def _read(where: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise Unusable(f"{where}: its file cannot be read ({error.strerror or 'no such file'})") from None
    except ValueError:
        raise Unusable(f"{where}: it does not name a file") from None
    if len(raw) > LARGEST:
        raise Unusable(f"{where}: its file is too large for a secret")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Unusable(f"{where}: its file is not UTF-8 text") from None


def _usable(where: str, secret: str) -> str:
    found = secret.strip()
    if not found:
        raise Unusable(f"{where}: it is blank; give the secret, or unset it")
    if is_placeholder(found):
        raise Unusable(f"{where}: it still holds an example's placeholder; put the real secret there")
    if not found.isascii() or not found.isprintable() or " " in found:
        raise Unusable(f"{where}: it holds blanks or characters that do not belong in it")
    return found
