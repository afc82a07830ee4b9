"""Limit rules."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    schema = op.get_context().version_table_schema
    op.create_table(
        "limit_rules",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("pattern", sa.Text(collation="C"), nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("amount", sa.Integer),
        sa.Column("seconds", sa.Integer),
        sa.Column("set_by", sa.BigInteger),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "id", name="limit_rules_pkey"),
        sa.UniqueConstraint(
            "guild_id", "subject_kind", "subject_id", "pattern", "scope", name=op.f("limit_rules_place_key")
        ),
        sa.CheckConstraint("subject_kind IN ('everyone', 'role', 'user')", name=op.f("limit_rules_subject_kind_check")),
        sa.CheckConstraint("char_length(pattern) BETWEEN 1 AND 100", name=op.f("limit_rules_pattern_check")),
        sa.CheckConstraint(
            "scope = 'member' OR (scope = 'guild' AND subject_kind = 'everyone')", name=op.f("limit_rules_scope_check")
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000", name=op.f("limit_rules_amount_check")),
        sa.CheckConstraint("seconds BETWEEN 1 AND 86400", name=op.f("limit_rules_seconds_check")),
        sa.CheckConstraint("(amount IS NULL) = (seconds IS NULL)", name=op.f("limit_rules_exemption_check")),
        schema=schema,
    )


def downgrade() -> None:
    schema = op.get_context().version_table_schema
    op.drop_table("limit_rules", schema=schema)
