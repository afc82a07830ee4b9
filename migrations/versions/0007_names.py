"""One name for each context: limits (was throttling), tokens (was access); tag and preview in links."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CONTEXTS: Final = {"throttling": "limits", "access": "tokens"}
OPERATIONS: Final = {
    "access.create_token": "tokens.create",
    "access.list_tokens": "tokens.list",
    "access.revoke_token": "tokens.revoke",
    "links.categories": "links.tags",
}
CODES: Final = {
    "access.token_not_found": "tokens.not_found",
    "access.token_required": "tokens.required",
    "links.category_not_found": "links.tag_not_found",
    "runtime.door_ended": "runtime.server_ended",
    "throttling.mistaken_too_often": "limits.invalid_too_often",
}
COLUMNS: Final = {
    ("permission_rules", "pattern"): {"access.manage_tokens": "tokens.manage"},
    ("limit_rules", "pattern"): OPERATIONS,
    ("failure_occurrences", "operation"): OPERATIONS,
    ("failure_occurrences", "code"): CODES,
    ("bugs", "happened_in"): OPERATIONS,
}
"""The columns that hold dotted names, each with the names that change in more than their context."""

RENAMED: Final = (
    ("links", "embed", "preview"),
    ("bugs", "announced_at", "notified_at"),
    ("bugs", "announced_count", "notified_count"),
)
"""A table, one of its columns, and the column's new name."""

TOKENS: Final = ("pkey", "name_key_key", "digest_key", "name_check", "digest_check", "level_check")


def upgrade() -> None:
    schema = op.get_context().version_table_schema
    for table, old, new in RENAMED:
        op.alter_column(table, old, new_column_name=new, schema=schema)
    _rename_tokens("api_tokens", "tokens")
    _name_not_nulls("links", "bugs", "tokens")
    for column, names in COLUMNS.items():
        _rename(*column, names, CONTEXTS)
    _free_tag("untagged")


def downgrade() -> None:
    for column, names in COLUMNS.items():
        _rename(*column, dict(_reversed(names)), dict(_reversed(CONTEXTS)))
    _rename_tokens("tokens", "api_tokens")
    for table, old, new in RENAMED:
        op.alter_column(table, new, new_column_name=old, schema=op.get_context().version_table_schema)
    _name_not_nulls("links", "bugs", "api_tokens")
    _free_tag("uncategorized")


def _reversed(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for old, new in names.items():
        yield new, old


def _rename(table: str, column: str, names: Mapping[str, str], contexts: Mapping[str, str]) -> None:
    """Rename whole names, then the remaining names of each context."""
    rows = sa.table(table, sa.column(column, sa.Text), schema=op.get_context().version_table_schema)
    found = rows.c[column]
    for old, new in names.items():
        op.execute(sa.update(rows).where(found == old).values({column: new}))
    for old, new in contexts.items():
        renamed = sa.literal(new) + sa.func.substr(found, len(old) + 1)
        op.execute(sa.update(rows).where(sa.func.starts_with(found, f"{old}.")).values({column: renamed}))


def _rename_tokens(old: str, new: str) -> None:
    schema = op.get_context().version_table_schema
    op.rename_table(old, new, schema=schema)
    for constraint in TOKENS:
        op.execute(f'ALTER TABLE "{schema}".{new} RENAME CONSTRAINT {old}_{constraint} TO {new}_{constraint}')


def _free_tag(key: str) -> None:
    """Remove a tag from every link, as links without a tag are listed under its name from now on."""
    text = sa.Text
    columns = (sa.column("tag", text), sa.column("tag_key", text), sa.column("words", text))
    links = sa.table("links", *columns, schema=op.get_context().version_table_schema)
    found = sa.func.regexp_replace(
        links.c.words, f" {key}(?= |$)", ""
    )  # only the first: the tag contributed the word once
    values = {"tag": sa.null(), "tag_key": sa.null(), "words": found}
    op.execute(sa.update(links).where(links.c.tag_key == key).values(values))


def _name_not_nulls(*tables: str) -> None:
    """Name NOT NULL constraints after their tables and columns again; PostgreSQL names them since version 18."""
    schema = op.get_context().version_table_schema
    for table in tables:
        op.execute(f"""
            DO $$ DECLARE old name; new name; BEGIN
                FOR old, new IN
                    SELECT conname, '{table}_' || attname || '_not_null'
                    FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_attribute
                        ON attrelid = conrelid AND attnum = conkey[1]
                    WHERE contype = 'n' AND conrelid = '"{schema}".{table}'::pg_catalog.regclass
                LOOP
                    IF old <> new THEN
                        EXECUTE 'ALTER TABLE "{schema}".{table} RENAME CONSTRAINT '
                            || quote_ident(old) || ' TO ' || new;
                    END IF;
                END LOOP;
            END $$
        """)
