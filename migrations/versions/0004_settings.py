"""Settings of guilds."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "guild_settings",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "key", name="guild_settings_pkey"),
        sa.CheckConstraint("char_length(key) BETWEEN 1 AND 100", name=op.f("guild_settings_key_check")),
    )


def downgrade() -> None:
    op.drop_table("guild_settings")
