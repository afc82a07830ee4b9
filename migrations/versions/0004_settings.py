"""Guild settings and their changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    schema = op.get_context().version_table_schema
    op.create_table(
        "guild_settings",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "key", name="guild_settings_pkey"),
        sa.CheckConstraint("char_length(key) BETWEEN 1 AND 100", name=op.f("guild_settings_key_check")),
        schema=schema,
    )
    op.create_table(
        "guild_setting_changes",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("changed_by", sa.BigInteger),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "id", name="guild_setting_changes_pkey"),
        sa.CheckConstraint("char_length(key) BETWEEN 1 AND 100", name=op.f("guild_setting_changes_key_check")),
        sa.CheckConstraint("before IS DISTINCT FROM after", name=op.f("guild_setting_changes_after_check")),
        schema=schema,
    )
    op.create_index(
        "guild_setting_changes_guild_id_key_id_idx", "guild_setting_changes", ["guild_id", "key", "id"], schema=schema
    )


def downgrade() -> None:
    schema = op.get_context().version_table_schema
    op.drop_table("guild_setting_changes", schema=schema)
    op.drop_table("guild_settings", schema=schema)
