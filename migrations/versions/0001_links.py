"""Links."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text(collation="C")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "links",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("title_key", KEY, nullable=False),
        sa.Column("title_words", KEY, nullable=False),
        sa.Column("sort_key", KEY, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("tag", sa.Text),
        sa.Column("tag_key", KEY),
        sa.Column("words", KEY, nullable=False),
        sa.Column("embed", sa.Boolean, nullable=False),
        sa.Column("added_by", sa.BigInteger),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("changed_by", sa.BigInteger),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "id", name="links_pkey"),
        sa.UniqueConstraint("guild_id", "title_key", name="links_guild_id_title_key_key"),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 100", name=op.f("links_title_check")),
        sa.CheckConstraint("char_length(content) BETWEEN 1 AND 1500", name=op.f("links_content_check")),
        sa.CheckConstraint("char_length(tag) BETWEEN 1 AND 50", name=op.f("links_tag_check")),
        sa.CheckConstraint("(tag IS NULL) = (tag_key IS NULL)", name=op.f("links_tag_key_check")),
    )
    op.create_index("links_guild_id_tag_key_sort_key_id_idx", "links", ["guild_id", "tag_key", "sort_key", "id"])
    op.create_index("links_guild_id_sort_key_id_idx", "links", ["guild_id", "sort_key", "id"])
    op.create_index("links_guild_id_changed_at_id_idx", "links", ["guild_id", "changed_at", "id"])
    for column in ("title_words", "words"):
        op.create_index(
            f"links_{column}_idx", "links", [column], postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"}
        )


def downgrade() -> None:
    op.drop_table("links")  # the extension stays: it may have been there before
