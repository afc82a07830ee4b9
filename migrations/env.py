"""Run migrations over the locked connection of `twi_postgres.database.schema`, or as a script."""

from alembic import context

import twi_postgres.database.models  # noqa: F401  # makes the metadata complete
from twi_postgres.database.metadata import Base
from twi_postgres.database.schema import is_ours


def run_online() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_server_default=True,
        include_name=is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_offline() -> None:
    context.configure(
        dialect_name="postgresql",
        target_metadata=Base.metadata,
        literal_binds=True,
        transaction_per_migration=True,
        output_buffer=context.config.output_buffer,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
