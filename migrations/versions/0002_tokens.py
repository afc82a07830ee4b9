"""API tokens."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    schema = op.get_context().version_table_schema
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("actor", sa.BigInteger, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("guilds", sa.ARRAY(sa.BigInteger), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="api_tokens_pkey"),
        sa.UniqueConstraint("name_key", name="api_tokens_name_key_key"),
        sa.UniqueConstraint("digest", name="api_tokens_digest_key"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 50", name=op.f("api_tokens_name_check")),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("api_tokens_digest_check")),
        sa.CheckConstraint(
            "level IN ('everyone', 'moderator', 'administrator', 'operator')", name=op.f("api_tokens_level_check")
        ),
        schema=schema,
    )


def downgrade() -> None:
    schema = op.get_context().version_table_schema
    op.drop_table("api_tokens", schema=schema)
