"""Checks of settings that name a database, a schema or a proxy; no problem repeats the value."""

import re
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from twi_core.kernel.language import text
from twi_runtime.configuration.secret_files import is_placeholder
from twi_runtime.extras import installed

_SCHEMA: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_POSTGRES: Final = ("postgresql", "postgres", "postgresql+psycopg")


def schema_problem(name: str) -> str | None:
    """Return why a name can't be that of the bot's PostgreSQL schema, without the name."""
    if not _SCHEMA.fullmatch(name):
        return text("it must be 1 to 40 lower-case letters, digits and underscores, beginning with a letter")
    if name == "public":
        return text("every program's tables share public; choose a schema that only the bot uses")
    if name.startswith("pg_") or name == "information_schema":
        return text("PostgreSQL reserves that name; choose another one")
    return None


def database_problem(url: str) -> str | None:
    """Return what is wrong with a database URL, without its values; the driver, if installed, checks its parameters."""
    problem = url_problem(url, _POSTGRES, secret=True)
    if problem or "?" not in url or not installed("postgres"):
        return problem
    from twi_postgres.database.engine import DatabaseUrlError, read_url

    try:
        read_url(url)
    except DatabaseUrlError as error:
        return str(error)
    return None


def url_problem(url: str, schemes: tuple[str, ...], *, secret: bool = False) -> str | None:
    """Return what is wrong with a URL, without any part of it; only a secret one may contain a password."""
    try:
        parts: SplitResult = urlsplit(url)
        _ = parts.port
    except ValueError:
        return text("it isn't a valid URL")
    if parts.scheme not in schemes:
        return text("it must begin with {scheme}://", scheme=schemes[0])
    if not secret and (parts.username is not None or not parts.hostname):
        return text("it must have a host, and no user or password")
    if secret and "@" in parts.netloc.rpartition("@")[0]:
        return text("write an @ in its user or password as %40")  # otherwise the rest is taken for the host, and logged
    if secret and is_placeholder(unquote(parts.password or "-")):
        return text("its password is still a placeholder; replace it with the real one")
    return None
