"""Permission rules."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    schema = op.get_context().version_table_schema
    op.create_table(
        "permission_rules",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("pattern", sa.Text(collation="C"), nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("set_by", sa.BigInteger),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("guild_id", "id", name="permission_rules_pkey"),
        sa.UniqueConstraint(
            "guild_id", "subject_kind", "subject_id", "pattern", name=op.f("permission_rules_subject_key")
        ),
        sa.CheckConstraint(
            "subject_kind IN ('user', 'role', 'channel')", name=op.f("permission_rules_subject_kind_check")
        ),
        sa.CheckConstraint("effect IN ('allow', 'deny')", name=op.f("permission_rules_effect_check")),
        sa.CheckConstraint("char_length(pattern) BETWEEN 1 AND 100", name=op.f("permission_rules_pattern_check")),
        sa.CheckConstraint("char_length(reason) BETWEEN 1 AND 200", name=op.f("permission_rules_reason_check")),
        schema=schema,
    )


def downgrade() -> None:
    schema = op.get_context().version_table_schema
    op.drop_table("permission_rules", schema=schema)
