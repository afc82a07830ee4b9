"""Secrets from the environment, from files that it names, and from credential folders."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from twi_core.kernel.language import text

LARGEST: Final = 64 * 1024
"""A file with more bytes than this is not taken for a secret."""

CONTAINER_FOLDER: Final = Path("/run/secrets")

_PLACEHOLDER: Final = re.compile(
    r"<.*>|x+|\.+|…|\*+|none|null|todo|secret|password|passwd"
    r"|(?:change|replace)[-_ ]?(?:me|this|it).*|your[-_ ].*|insert[-_ ].*"
    r"|(?:discord[-_ ]?)?(?:bot[-_ ]?)?token(?:[-_ ]?(?:here|goes[-_ ]here))?",
    re.IGNORECASE | re.DOTALL,
)


class Unusable(Exception):
    """A secret that can't be used; the message holds no part of it."""


def credential_folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the folders that may hold a secret in a file named after the setting: systemd's, then a container's."""
    named = environ.get("CREDENTIALS_DIRECTORY")
    return (Path(named), CONTAINER_FOLDER) if named else (CONTAINER_FOLDER,)


def find_secret(variable: str, environ: Mapping[str, str], folders: Sequence[Path]) -> str | None:
    """Return a secret: the variable's, or that of the file that `<variable>_FILE` names, or that of a folder.

    Raises:
        Unusable: it is set twice, blank, a placeholder, or unreadable.
    """
    value, file = environ.get(variable), environ.get(f"{variable}_FILE")
    if value is not None and file is not None:
        raise Unusable(text("{name} and {name}_FILE are both set; unset one of them", name=variable))
    if value is not None:
        return _usable(variable, value)
    if file is not None:
        return _usable(f"{variable}_FILE", _read(f"{variable}_FILE", Path(file)))
    for folder in folders:
        path = folder / variable
        if _there(path):
            where = text("{name} in a credential folder", name=variable)
            return _usable(where, _read(where, path))
    return None


def is_placeholder(secret: str) -> bool:
    """Return whether a text is an example's placeholder for a secret."""
    return _PLACEHOLDER.fullmatch(secret) is not None


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True  # it can't be examined, which reading it will report


def _read(where: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unusable(text("{where}: the file can't be read ({reason})", where=where, reason=reason)) from None
    except ValueError:
        raise Unusable(text("{where}: it isn't the name of a file", where=where)) from None
    if len(raw) > LARGEST:
        raise Unusable(text("{where}: the file is too large for a secret", where=where))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Unusable(text("{where}: the file isn't UTF-8 text", where=where)) from None


def _usable(where: str, secret: str) -> str:
    found = secret.strip()
    if not found:
        raise Unusable(text("{where}: it's blank; set the secret, or unset the variable", where=where))
    if is_placeholder(found):
        raise Unusable(text("{where}: it's still a placeholder; replace it with the real secret", where=where))
    if not found.isascii() or not found.isprintable() or " " in found:
        raise Unusable(text("{where}: it contains spaces or characters that can't be in a secret", where=where))
    return found
