"""Occurrences of failures, and bugs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text(collation="C")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    schema = op.get_context().version_table_schema
    op.create_table(
        "failure_occurrences",
        sa.Column("reference", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("actor", sa.BigInteger),
        sa.Column("channel", sa.BigInteger),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("operation", sa.Text),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text),
        sa.Column("more", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("reference", name="failure_occurrences_pkey"),
        sa.CheckConstraint("char_length(reference) BETWEEN 2 AND 40", name=op.f("failure_occurrences_reference_check")),
        schema=schema,
    )
    op.create_index("failure_occurrences_at_idx", "failure_occurrences", ["at"], schema=schema)
    op.create_table(
        "failure_batches",
        sa.Column("name", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="failure_batches_pkey"),
        schema=schema,
    )
    op.create_index("failure_batches_at_idx", "failure_batches", ["at"], schema=schema)
    op.create_table(
        "bugs",
        sa.Column("fingerprint", KEY, nullable=False),
        sa.Column("happened_in", sa.Text, nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("trace", sa.Text, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.Column("last_references", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("reopened", sa.Integer, nullable=False),
        sa.Column("resolved_at", TIME),
        sa.Column("resolved_by", sa.BigInteger),
        sa.Column("announced_at", TIME),
        sa.Column("announced_count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="bugs_pkey"),
        sa.CheckConstraint("seen > 0", name=op.f("bugs_seen_check")),
        sa.CheckConstraint("resolved_at IS NOT NULL OR resolved_by IS NULL", name=op.f("bugs_resolved_by_check")),
        schema=schema,
    )
    op.create_index("bugs_last_seen_at_fingerprint_idx", "bugs", ["last_seen_at", "fingerprint"], schema=schema)


def downgrade() -> None:
    schema = op.get_context().version_table_schema
    for table in ("bugs", "failure_batches", "failure_occurrences"):
        op.drop_table(table, schema=schema)
