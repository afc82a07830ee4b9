"""The history of the schema, read from the names of the migrations without importing alembic."""

from pathlib import Path
from typing import Final, Literal, TypeAlias

from sqlalchemy import TableClause, column, table

Standing: TypeAlias = Literal["behind", "current", "ahead"]

VERSION_TABLE: Final = "alembic_version"
"""Alembic's default name, in our own schema."""


def migrations_folder() -> Path:
    """Return the folder of the migrations: the installed package's, or else the checkout's."""
    here = Path(__file__)
    packaged = here.parents[1] / "migrations"
    return packaged if (packaged / "env.py").is_file() else here.parents[4] / "migrations"


def revisions() -> list[str]:
    """Return every revision that this program knows, oldest first."""
    return sorted(path.name.split("_")[0] for path in (migrations_folder() / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """Return the revision that this program works with."""
    return revisions()[-1]


def standing(found: str | None) -> Standing:
    """Compare the revision of a database with this program's; None is an empty database, which is behind."""
    if found == head():
        return "current"
    return "behind" if found is None or found in revisions() else "ahead"


def version_table(schema: str) -> TableClause:
    """Return the table that holds the revision of a schema."""
    return table(VERSION_TABLE, column("version_num"), schema=schema)
