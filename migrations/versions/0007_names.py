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
    ("permission_rules", "pattern"): {},
    ("limit_rules", "pattern"): OPERATIONS,
    ("failure_occurrences", "operation"): OPERATIONS,
    ("failure_occurrences", "code"): CODES,
    ("bugs", "happened_in"): OPERATIONS,
}
"""The columns that hold dotted names, each with the names that change otherwise than by their context."""

TOKENS: Final = ("pkey", "name_key_key", "digest_key", "name_check", "digest_check", "level_check")


def upgrade() -> None:
    op.alter_column("links", "embed", new_column_name="preview")
    op.alter_column("bugs", "announced_at", new_column_name="notified_at")
    op.alter_column("bugs", "announced_count", new_column_name="notified_count")
    _rename_tokens("api_tokens", "tokens")
    for column, names in COLUMNS.items():
        _rename(*column, names, CONTEXTS)
    # What links without a tag are listed under can be no link's tag.
    op.execute("UPDATE links SET tag = NULL, tag_key = NULL WHERE tag_key = 'untagged'")


def downgrade() -> None:
    for column, names in COLUMNS.items():
        _rename(*column, dict(_turned(names)), dict(_turned(CONTEXTS)))
    _rename_tokens("tokens", "api_tokens")
    op.alter_column("bugs", "notified_count", new_column_name="announced_count")
    op.alter_column("bugs", "notified_at", new_column_name="announced_at")
    op.alter_column("links", "preview", new_column_name="embed")


def _turned(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for old, new in names.items():
        yield new, old


def _rename(table: str, column: str, names: Mapping[str, str], contexts: Mapping[str, str]) -> None:
    """Rename whole names, then what is left of each context."""
    rows = sa.table(table, sa.column(column, sa.Text))
    found = rows.c[column]
    for old, new in names.items():
        op.execute(sa.update(rows).where(found == old).values({column: new}))
    for old, new in contexts.items():
        renamed = sa.literal(new) + sa.func.substr(found, len(old) + 1)
        op.execute(sa.update(rows).where(found.startswith(f"{old}.")).values({column: renamed}))


def _rename_tokens(old: str, new: str) -> None:
    op.rename_table(old, new)
    for constraint in TOKENS:
        op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT {old}_{constraint} TO {new}_{constraint}")
