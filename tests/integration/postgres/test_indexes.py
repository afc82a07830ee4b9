"""Each query is served by the index that was made for it; `docs/indexes.md` shows their plans among 100,000 links."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPICursor

from tests.contracts.settings import change as setting_change
from tests.contracts.values import CALL, GUILD, START, bug, link, occurrence, token
from tests.every import EveryUnit, every
from tests.integration.postgres_database import fresh_database
from tests.integration.postgres_server import libpq
from twi_embedded.server import EmbeddedServer
from twi_postgres.database.engine import open_engine
from twi_postgres.database.metadata import Base
from twi_postgres.database.unit import PostgresStore

DAY = timedelta(days=1)
FILL = """
INSERT INTO twi.links
SELECT guild, guild * 100000 + n, title, title, title, title, 'some content', tag, tag, ' ' || title || ' some content',
    true, 1, now(), 1, now() - n * interval '1 s'
FROM (
    SELECT 71 AS guild, n FROM generate_series(1, 20000) n UNION ALL
    SELECT guild, n FROM generate_series(100, 299) guild, generate_series(1, 50) n
) rows,
LATERAL (SELECT substr(md5(n::text), 1, 6) || ' ' || substr(md5((n * 7)::text), 1, 5) || ' ' || n AS title) titles,
LATERAL (SELECT CASE WHEN n % 89 > 0 THEN 'tag ' || n % 97 END AS tag) tags;
INSERT INTO twi.tokens
SELECT n, 'n' || n, 'n' || n, sha256(n::text::bytea), 1, 'everyone', '{1}', now() FROM generate_series(1, 3000) n;
INSERT INTO twi.guild_settings
SELECT guild, 'test.key' || n, 'a' FROM generate_series(50, 349) guild, generate_series(1, 20) n;
INSERT INTO twi.guild_setting_changes
SELECT 71, n, 'test.key' || n % 20, NULL, 'a', 1, now() FROM generate_series(1, 20000) n;
INSERT INTO twi.failure_occurrences
SELECT 'r' || n, timestamptz '2026-01-02 03:00Z' - n * interval '1 min', 71, 5, 6, 'discord', 'links.get',
    'links.not_found', 'not_found', NULL, 0
FROM generate_series(1, 20000) n;
INSERT INTO twi.failure_batches SELECT 'b' || n, timestamptz '2026-01-02 03:00Z' - n * interval '1 min'
FROM generate_series(1, 20000) n;
INSERT INTO twi.bugs
SELECT 'f' || n, 'links.get', '{ValueError}', repeat('trace ', 100), 2, at, at, '{r1}', 0,
    CASE WHEN n % 2 = 0 THEN at END, NULL, at, n % 3
FROM generate_series(1, 5000) n, LATERAL (SELECT timestamptz '2026-01-02 03:00Z' - n * interval '1 hour' AS at) times;
ANALYZE;
"""
"""Enough rows of a guild, among those of other guilds, that reading them all is no plan."""

QUERIES: dict[str, tuple[Callable[[EveryUnit], Awaitable[object]], tuple[str, ...]]] = {
    "find": (lambda u: u.links.find(GUILD, "c4ca42"), ("links_guild_id_title_key_key",)),
    "find_to_change": (lambda u: u.links.find_to_change(GUILD, "c4ca42"), ("links_guild_id_title_key_key",)),
    "replace": (lambda u: u.links.replace(link(7_100_001, "new")), ("links_pkey",)),
    "remove": (lambda u: u.links.remove(link(7_100_002, "any")), ("links_pkey",)),
    "tags": (
        lambda u: u.links.tags(GUILD, after=("tag 3", 0), limit=5),
        ("Index Only Scan using links_guild_id_tag_key_sort_key_id_idx", "links_pkey"),
    ),
    "of_tag": (
        lambda u: u.links.of_tag(GUILD, "tag 5", after=("8", 3), limit=21),
        ("links_guild_id_tag_key_sort_key_id_idx",),
    ),
    "of_tag without a tag": (
        lambda u: u.links.of_tag(GUILD, None, after=("8", 3), limit=21),
        ("links_guild_id_tag_key_sort_key_id_idx",),
    ),
    "search for a rare word": (lambda u: u.links.search(GUILD, ["f1c159"], after=None, limit=21), ("links_words_idx",)),
    "search for a common word": (
        lambda u: u.links.search(GUILD, ["some"], after=("8", 3), limit=21),
        ("links_guild_id_sort_key_id_idx",),
    ),
    "tags_beginning": (
        lambda u: u.links.tags_beginning(GUILD, "tag 1", limit=25),
        ("Index Only Scan using links_guild_id_tag_key_sort_key_id_idx", "links_pkey"),
    ),
    "resembling nothing": (lambda u: u.links.resembling(GUILD, "", limit=25), ("links_guild_id_changed_at_id_idx",)),
    "resembling two letters": (lambda u: u.links.resembling(GUILD, "c4", limit=25), ("links_guild_id_title_key_key",)),
    "resembling six letters": (
        lambda u: u.links.resembling(GUILD, "c4ca42", limit=25),
        ("links_guild_id_title_key_key", "title_words ~~", "title_words OPERATOR(public.%)", "links_title_words_idx"),
    ),
    "token by digest": (lambda u: u.tokens.find(b"1" * 32), ("tokens_digest_key",)),
    "remove a token": (lambda u: u.tokens.remove("n77"), ("tokens_name_key_key",)),
    "list tokens": (lambda u: u.tokens.list(after=("n5", 5), limit=51), ("tokens_name_key_key",)),
    "settings": (lambda u: u.settings.of_guild(GUILD), ("guild_settings_pkey",)),
    "settings to change": (lambda u: u.settings.of_guild_to_change(GUILD), ("guild_settings_pkey",)),
    "change a setting": (
        lambda u: u.settings.put(setting_change(90_001, "a", "b", key="test.key1")),
        ("guild_settings_pkey",),
    ),
    "put a setting back": (
        lambda u: u.settings.put(setting_change(90_002, "a", None, key="test.key2")),
        ("guild_settings_pkey",),
    ),
    "history of settings": (
        lambda u: u.settings.history(GUILD, None, before=15_000, limit=11),
        ("Index Scan Backward using guild_setting_changes_pkey",),
    ),
    "history of a setting": (
        lambda u: u.settings.history(GUILD, "test.key3", before=15_000, limit=11),
        ("Index Scan Backward using guild_setting_changes_guild_id_key_id_idx",),
    ),
    "begin a batch": (lambda u: u.occurrences.begin("new", START), ("failure_batches_pkey",)),
    "keep occurrences": (
        lambda u: u.occurrences.keep([occurrence("r7"), occurrence("new")]),
        ("failure_occurrences_pkey",),
    ),
    "find an occurrence": (lambda u: u.occurrences.find("r77"), ("failure_occurrences_pkey",)),
    "remove old occurrences": (
        lambda u: u.occurrences.remove(START - 13 * DAY, START - 13 * DAY, limit=100),
        ("failure_occurrences_at_idx", "failure_occurrences_pkey", "failure_batches_at_idx", "failure_batches_pkey"),
    ),
    "count bugs": (lambda u: u.bugs.count([bug("f7"), bug("new")]), ("bugs_pkey",)),
    "find a bug": (lambda u: u.bugs.find("f77"), ("bugs_pkey",)),
    "list open bugs": (
        lambda u: u.bugs.list(resolved=False, after=(START - 9 * DAY, "f5"), limit=11),
        ("Index Scan Backward using bugs_last_seen_at_fingerprint_idx",),
    ),
    "list all bugs": (
        lambda u: u.bugs.list(resolved=True, after=None, limit=11),
        ("Index Scan Backward using bugs_last_seen_at_fingerprint_idx",),
    ),
    "resolve a bug": (lambda u: u.bugs.resolve("f77", None, START), ("bugs_pkey",)),
    "bugs to announce": (
        lambda u: u.bugs.notification_due(START, limit=5),
        ("Index Scan Backward using bugs_last_seen_at_fingerprint_idx",),
    ),
    "claim a bug": (lambda u: u.bugs.claim("f7", START), ("bugs_pkey",)),
    "release a bug": (lambda u: u.bugs.release(bug("f7"), bug("f7")), ("bugs_pkey",)),
    "remove old bugs": (
        lambda u: u.bugs.remove(START - 180 * DAY, limit=100),
        ("Index Only Scan using bugs_last_seen_at_fingerprint_idx",),
    ),
    "add": (lambda u: u.links.add(link(9, "brand new")), ("links_guild_id_title_key_key",)),
    "add a token": (lambda u: u.tokens.add(token(9_999, "new"), b"2" * 32), ("tokens_name_key_key",)),
}
"""Every query of the repositories, and what its plan must name."""


@pytest.fixture(scope="module")
def filled_url(postgres_template: EmbeddedServer) -> Iterator[str]:
    """Yield a database with many links."""
    with fresh_database(postgres_template) as url:
        with psycopg.connect(libpq(url), autocommit=True) as connection:
            connection.execute(FILL.encode())
            connection.execute("VACUUM")
        yield url


@asynccontextmanager
async def explaining(url: str) -> AsyncIterator[tuple[PostgresStore, list[str]]]:
    """Yield a store, and the plans of the statements that it has run."""
    plans: list[str] = []
    async with open_engine(url) as engine:

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def explain(
            _: object, cursor: DBAPICursor, statement: str, values: Mapping[str, object], *rest: object
        ) -> None:
            if "SAVEPOINT" not in statement and "pg_catalog." not in statement:  # the catalogue is small
                cursor.execute(f"EXPLAIN {statement}", values)
                plans.append("\n".join(line for (line,) in cursor.fetchall()))

        yield PostgresStore(engine), plans


@pytest.mark.asyncio
@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_is_served_by_its_index(filled_url: str, name: str) -> None:
    """The plan names the index, and reads no table from its beginning to its end."""
    work, wanted = QUERIES[name]
    async with explaining(filled_url) as (store, plans), every(store)(CALL) as unit:
        await work(unit)
    plan = "\n\n".join(plans)
    assert [part for part in wanted if part not in plan] == [], plan
    assert "Seq Scan" not in plan, plan


def test_every_index_is_there_for_a_query() -> None:
    """No index exists that no query needs, and each one is documented."""
    documented = (Path(__file__).parents[3] / "docs" / "indexes.md").read_text(encoding="utf-8")
    needed = " ".join(part for _, parts in QUERIES.values() for part in parts)
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            assert str(index.name) in needed
            assert str(index.name) in documented
