"""The application within another program."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from twi_core.application import Application
from twi_runtime.configuration.settings import Settings, load_settings, with_database
from twi_runtime.opening.lifecycle import Overrides, open_runtime


@asynccontextmanager
async def open_application(
    database: str | None = None, *, settings: Settings | None = None, overrides: Overrides | None = None
) -> AsyncIterator[Application]:
    """Open the application for the length of the block.

    `database` is `"memory"`, or the URL of a PostgreSQL server, whose schema `twi db upgrade` must have made; it
    replaces what the settings say. Without it and without `TWI_DATABASE_URL` the embedded server is used. The settings
    are those of the environment unless given.

    Raises:
        RuntimeFailure: the settings are wrong, or the storage cannot be opened; `error` tells with a registered code.
    """
    chosen = load_settings() if settings is None else settings
    if database is not None:
        chosen = with_database(chosen, database)
    async with open_runtime(chosen, overrides) as runtime:
        yield runtime.app
