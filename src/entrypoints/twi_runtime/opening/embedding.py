"""The application inside another program."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from twi_core.application import Application
from twi_runtime.configuration.settings import Settings, load_settings, with_database
from twi_runtime.opening.lifecycle import Overrides, open_runtime


@asynccontextmanager
async def open_application(
    database: str | None = None, *, settings: Settings | None = None, overrides: Overrides | None = None
) -> AsyncIterator[Application]:
    """Open the application for the duration of the block.

    `database` is `"memory"`, or the URL of a PostgreSQL database whose schema `twi db upgrade` has created; it
    overrides the settings. Without it and without `TWI_DATABASE_URL`, the embedded server is used. `settings` defaults
    to those of the environment.

    Raises:
        RuntimeFailure: the settings are wrong, or the storage can't be opened; `error` has a registered code.
    """
    chosen = load_settings() if settings is None else settings
    if database is not None:
        chosen = with_database(chosen, database)
    async with open_runtime(chosen, overrides) as runtime:
        yield runtime.app
