"""The engine: one connection pool, with a time limit on everything that could wait."""

import difflib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, final

from psycopg.pq import Conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from twi_core.kernel.language import text
from twi_postgres.database.metadata import SCHEMA

DRIVER: Final = "postgresql+psycopg"
_TRANSLATED: Final = "schema_translate_map"  # not set for the schema that the models name, as it slows every statement
_DIALECTS: Final = frozenset({"postgres", "postgresql", DRIVER})
# A connection whose peer vanished silently is noticed after about a minute, not after hours.
_KEEPALIVE: Final[Mapping[str, int]] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

# Queries are short and many: none is compiled, and none takes cores from the others.
_SESSION: Final = ("-c TimeZone=UTC", "-c jit=off", "-c max_parallel_workers_per_gather=0")

# Our names are all qualified; unqualified ones are PostgreSQL's own, whatever path a role, database or URL sets.
_PATH: Final = "-c search_path=pg_catalog"


@final
class DatabaseUrlError(ValueError):
    """A database URL that can't be used; the message does not repeat it, as it may hold a password."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """The engine's limits; times are in seconds.

    `size` connections are kept and up to `overflow` more opened under load; `wait` limits the wait for a free one and
    `connect` the time to open one. Connections are replaced after `recycle`. A statement may take `statement` and wait
    `lock` for a lock, and a transaction may be idle for `idle`.
    """

    size: int = 5
    overflow: int = 5
    wait: float = 3.0
    connect: int = 5
    recycle: int = 1800
    statement: float = 10.0
    lock: float = 4.0
    idle: float = 30.0
    application_name: str = "twi"


def read_url(url: str) -> URL:
    """Parse a database URL, for psycopg.

    Raises:
        DatabaseUrlError: it is no URL, one of another database or driver, or it has an unknown parameter.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in _DIALECTS:
        raise DatabaseUrlError(text("the database URL must look like postgresql://user:password@host:port/database"))
    known = sorted(option.keyword.decode() for option in Conninfo.get_defaults())
    for name in parsed.query:
        if name not in known:
            raise DatabaseUrlError(_unknown(name, known))
    return parsed.set(drivername=DRIVER)


def _unknown(name: str, known: Sequence[str]) -> str:
    """Return the refusal of a parameter; anything but a plain name may be part of a secret and is not repeated."""
    if not name.isidentifier():
        return text("the database URL has an unknown parameter")
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return text(
            "the database URL has an unknown parameter, “{name}”; did you mean “{near}”?", name=name, near=near[0]
        )
    return text("the database URL has an unknown parameter, “{name}”", name=name)


@asynccontextmanager
async def open_engine(
    url: str, settings: EngineSettings | None = None, *, schema: str = SCHEMA
) -> AsyncIterator[AsyncEngine]:
    """Yield an engine for the duration of the block; it connects when a connection is first needed.

    Statements built from the models name `schema`; SQL written as text, COPY included, has to name it itself
    (`schema_of`).

    Raises:
        DatabaseUrlError: see `read_url`.
    """
    chosen = settings or EngineSettings()
    parsed = read_url(url)
    engine = create_async_engine(
        parsed,
        connect_args=connect_arguments(parsed, chosen),
        execution_options={} if schema == SCHEMA else {_TRANSLATED: {SCHEMA: schema}},
        hide_parameters=True,  # people's texts must not reach the log with a driver's error
        max_overflow=chosen.overflow,
        pool_pre_ping=True,
        pool_recycle=chosen.recycle,
        pool_size=chosen.size,
        pool_timeout=chosen.wait,
    )
    try:
        yield engine
    finally:
        await engine.dispose()


def schema_of(engine: AsyncEngine) -> str:
    """Return the schema that the statements of an engine name."""
    translated: Mapping[str, str] = engine.get_execution_options().get(_TRANSLATED, {})
    return translated.get(SCHEMA, SCHEMA)


def connect_arguments(url: URL, settings: EngineSettings) -> dict[str, str | int | None]:
    """Return the arguments of each connection; those in the URL take precedence, except for `search_path`.

    Statements are never prepared on the server: its generic plans can't know how common a searched text is, and a
    pooler could mix up prepared statements.
    """
    defaults: dict[str, str | int | None] = {
        "application_name": settings.application_name,
        "client_encoding": "utf8",
        "connect_timeout": settings.connect,
        **_KEEPALIVE,
    }
    arguments = {name: value for name, value in defaults.items() if name not in url.query}
    arguments["prepare_threshold"] = None
    limits = {
        "statement_timeout": settings.statement,
        "lock_timeout": settings.lock,
        "idle_in_transaction_session_timeout": settings.idle,
    }
    options = [f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items()]
    own = url.query.get("options", "")
    arguments["options"] = " ".join([*options, *_SESSION, own if isinstance(own, str) else "", _PATH])
    return arguments
