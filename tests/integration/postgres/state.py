"""What is in a database, seen without our code."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import psycopg
from psycopg import sql

from tests.integration.postgres_server import libpq
from twi_embedded.binaries import find_programs

Rows: TypeAlias = Mapping[str, Sequence[tuple[object, ...]]]


def execute(url: str, statement: str) -> Sequence[tuple[object, ...]]:
    """Run a statement on a separate connection."""
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def dump(url: str) -> list[str]:
    """Return what pg_dump prints for a schema, without what differs from run to run."""
    program = find_programs(None).folder / "pg_dump"
    done = subprocess.run(
        [program, "--schema-only", "--no-owner", f"--dbname={libpq(url)}"], capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if line and not re.match(r"--|\\\\?(un)?restrict", line)]


def rows(url: str, schema: str) -> Rows:
    """Return every row of every table in a schema, by the name of the table."""
    with psycopg.connect(libpq(url)) as connection:
        query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(%s)"
        found: dict[str, Sequence[tuple[object, ...]]] = {}
        for (name,) in connection.execute(query, (f'"{schema}"',)).fetchall():
            every = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, name)))
            found[name] = sorted(every.fetchall(), key=repr)
        return found
