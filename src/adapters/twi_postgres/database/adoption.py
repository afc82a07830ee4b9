"""Tables from before the bot had its own schema: recognised in `public`, and moved.

The shapes are those that releases made there; what a later revision adds is made in our own schema and not listed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy import text as sql

from twi_core.kernel.language import text
from twi_postgres.database.catalog import columns_of, owners_of, table_right
from twi_postgres.database.refusals import SCHEMA_DENIED, SchemaError
from twi_postgres.database.revisions import VERSION_TABLE, version_table

PUBLIC: Final = "public"

_MADE: Final = {
    "0001": {
        "links": "guild_id id title title_key title_words sort_key content tag tag_key words embed added_by added_at"
        " changed_by changed_at"
    },
    "0002": {"api_tokens": "id name name_key digest actor level guilds created_at"},
    "0003": {
        "permission_rules": "guild_id id subject_kind subject_id pattern effect reason set_by set_at expires_at",
    },
    "0004": {
        "guild_settings": "guild_id key value",
        "guild_setting_changes": "guild_id id key before after changed_by changed_at",
    },
    "0005": {"limit_rules": "guild_id id subject_kind subject_id pattern scope amount seconds set_by set_at"},
    "0006": {
        "failure_occurrences": "reference at guild_id actor channel origin operation code kind fingerprint more",
        "failure_batches": "name at",
        "bugs": "fingerprint happened_in kinds trace seen first_seen_at last_seen_at last_references reopened"
        " resolved_at resolved_by announced_at announced_count",
    },
}
"""The tables that each revision created in `public`, with their column names."""


_RENAMED: Final = {
    "api_tokens": "tokens",
    "embed": "preview",
    "announced_at": "notified_at",
    "announced_count": "notified_count",
}
"""What 0007, the last revision that could be reached in `public`, renamed."""


def shapes() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return the tables and columns of each revision that our tables may have in `public`."""
    found: dict[str, Mapping[str, frozenset[str]]] = {}
    tables: dict[str, frozenset[str]] = {}
    for revision, made in _MADE.items():
        tables |= {name: frozenset(columns.split()) for name, columns in made.items()}
        found[revision] = dict(tables)
    found["0007"] = {
        _RENAMED.get(name, name): frozenset(_RENAMED.get(column, column) for column in columns)
        for name, columns in tables.items()
    }
    return found


def found_in_public(connection: Connection) -> str | None:
    """Return the revision of our tables in `public`, or None if there are none.

    A version table alone proves nothing, nor does a table's name: it must hold one of our revisions, and every table
    that we had at that revision must exist with all its columns.

    Raises:
        SchemaError: they belong to another user and can't be read.
    """
    there = defaultdict[str, set[str]](set)
    for name, column in connection.execute(columns_of(PUBLIC)):
        there[name].add(column)
    possible = [
        revision
        for revision, tables in shapes().items()
        if all(columns <= there[name] for name, columns in tables.items())
    ]
    if not possible or there[VERSION_TABLE] != {"version_num"}:
        return None  # another program's table is not even read: we may not have the right
    if not connection.execute(table_right(PUBLIC, VERSION_TABLE, "SELECT")).scalar_one():
        _refuse_owners(connection, (*shapes()[possible[0]], VERSION_TABLE))
    rows = connection.execute(select(version_table(PUBLIC).c.version_num)).scalars().all()
    return rows[0] if len(rows) == 1 and rows[0] in possible else None


def move(connection: Connection, revision: str, schema: str) -> None:
    """Move our tables at a revision, with their indexes, constraints, rows and rights, into a schema.

    Raises:
        SchemaError: some belong to another user.
    """
    names = (*shapes()[revision], VERSION_TABLE)
    _refuse_owners(connection, names)
    quote = connection.dialect.identifier_preparer.quote_identifier
    for name in names:
        connection.execute(sql(f"ALTER TABLE {PUBLIC}.{quote(name)} SET SCHEMA {quote(schema)}"))


def _refuse_owners(connection: Connection, names: Collection[str]) -> None:
    """Refuse tables of other users, even if we may use them: anyone who can create in `public` could have planted them.

    They could carry operators' tokens, and triggers that run with the rights of the bot's user.
    """
    user = connection.execute(select(func.current_user())).scalar_one()
    others = sorted(set(connection.execute(owners_of(PUBLIC, names)).scalars()) - {user})
    if others:
        raise SchemaError(
            SCHEMA_DENIED,
            text(
                "Tables in {schema} that look like the bot's belong to {owners}, and this is {user}. If they're the "
                "bot's, upgrade as the user who owns them; if they aren't, remove them first.",
                schema=PUBLIC,
                owners=", ".join(others),
                user=str(user),
            ),
        )
