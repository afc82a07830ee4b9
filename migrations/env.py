"""Run migrations over the locked connection of `twi_postgres.database.schema`, or write them as a script.

Migrations name the schema of every table, as it is configurable: `op.get_context().version_table_schema`.
"""

from alembic import context

from twi_postgres.database.schema import comparison


def run_online() -> None:
    attributes = context.config.attributes
    context.configure(
        connection=attributes["connection"], transaction_per_migration=True, **comparison(attributes["schema"])
    )
    with context.begin_transaction():
        context.run_migrations()


def run_offline() -> None:
    context.configure(
        dialect_name="postgresql",
        version_table_schema=context.config.attributes["schema"],
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
