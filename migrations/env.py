"""Run migrations over the connection that `twi_postgres.schema` hands in, which holds the lock, or as a script."""

from alembic import context

import twi_postgres.models  # noqa: F401  # makes the metadata complete
from twi_postgres.metadata import Base
from twi_postgres.schema import is_ours


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
