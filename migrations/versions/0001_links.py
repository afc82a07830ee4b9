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
SHARED = 0x7477695F636F7265  # the lock over what all our schemas in a database share


def upgrade() -> None:
    schema = op.get_context().version_table_schema
    # One extension serves all schemas of the database; if it is already installed, it stays in its schema.
    op.execute(f"SELECT pg_advisory_xact_lock({SHARED})")
    op.execute(f"""
        DO $$ BEGIN
            EXECUTE 'CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ' || coalesce(
                (SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = 'public'), '"{schema}"');
        END $$
    """)
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
        schema=schema,
    )
    op.create_index(
        "links_guild_id_tag_key_sort_key_id_idx", "links", ["guild_id", "tag_key", "sort_key", "id"], schema=schema
    )
    op.create_index("links_guild_id_sort_key_id_idx", "links", ["guild_id", "sort_key", "id"], schema=schema)
    op.create_index("links_guild_id_changed_at_id_idx", "links", ["guild_id", "changed_at", "id"], schema=schema)
    for column in ("title_words", "words"):
        op.execute(f"""
            DO $$ BEGIN
                EXECUTE 'CREATE INDEX links_{column}_idx ON "{schema}".links USING gin ({column} ' || (
                    SELECT quote_ident(nspname) FROM pg_catalog.pg_extension e
                    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'pg_trgm'
                ) || '.gin_trgm_ops)';
            END $$
        """)


def downgrade() -> None:
    schema = op.get_context().version_table_schema
    op.drop_table("links", schema=schema)  # the extension stays: it may have been installed before
