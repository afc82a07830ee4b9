"""Refusals of a schema whose revision is not the one that this program needs."""

from typing import Literal

from twi_core.kernel.language import text
from twi_postgres.database.finding import Found
from twi_postgres.database.refusals import SCHEMA_AHEAD, SCHEMA_DIRECTION, SchemaError
from twi_postgres.database.revisions import head, revisions


def behind(found: Found, schema: str) -> str:
    """Return what is wrong with a database that an older version of the program created."""
    if found.revision is None:
        return text(
            "The database has no schema, and this program needs {needed} in {schema}. Make a backup, then run "
            "`twi db upgrade`.",
            needed=head(),
            schema=schema,
        )
    if found.in_public:
        return text(
            "The database has the schema {found}, outside the bot's own PostgreSQL schema, and this program needs "
            "{needed} in {schema}. Make a backup, then run `twi db upgrade`.",
            found=found.revision,
            needed=head(),
            schema=schema,
        )
    return text(
        "The database has the schema {found}, and this program needs {needed} in {schema}. Make a backup, then run "
        "`twi db upgrade`.",
        found=found.revision,
        needed=head(),
        schema=schema,
    )


def refuse_ahead(found: Found) -> None:
    """Refuse a database that a newer version of the program upgraded.

    Raises:
        SchemaError: it is ahead.
    """
    if found.standing == "ahead":
        raise SchemaError(
            SCHEMA_AHEAD,
            text(
                "The database's schema {found} is newer than {newest}, the newest this program knows. Upgrade the "
                "program.",
                found=found.revision or "",
                newest=head(),
            ),
        )


def refuse_direction(found: Found, revision: str, way: Literal["upgrade", "downgrade"]) -> None:
    """Refuse what alembic can't do, or would silently ignore.

    Raises:
        SchemaError: the revision is in the other direction, or the database is ahead.
    """
    refuse_ahead(found)
    line = ("base", *revisions())
    if revision not in line:
        return  # alembic's own names, such as `head`
    here, there = line.index(found.revision or "base"), line.index(revision)
    if there < here if way == "upgrade" else there > here:
        if way == "upgrade":
            problem = text(
                "Going from {start} to {end} is a downgrade, not an upgrade. Nothing was changed.",
                start=line[here],
                end=revision,
            )
        else:
            problem = text(
                "Going from {start} to {end} is an upgrade, not a downgrade. Nothing was changed.",
                start=line[here],
                end=revision,
            )
        raise SchemaError(SCHEMA_DIRECTION, problem)
