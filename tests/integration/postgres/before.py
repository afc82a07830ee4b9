"""An old database, whose tables are in `public`, with a row in each of them."""

from typing import Final

import psycopg

from tests.integration.postgres_server import libpq
from twi_postgres.database import schema

NOW: Final = "'2026-01-02 03:04+00'"
ADDED: Final = {
    "0001": f"""
        INSERT INTO {{0}}.links VALUES
            (71, 1, 'Map', 'map', ' map', 'map', 'https://a.example', 'Maps', 'maps',
                ' map maps a', true, 5, {NOW}, 5, {NOW}),
            (71, 2, 'Untagged', 'untagged', ' untagged', 'untagged', 'untagged2', 'UNTAGGED', 'untagged',
                ' untagged untagged untagged2', false, NULL, {NOW}, NULL, {NOW})
    """,
    "0002": f"""
        INSERT INTO {{0}}.api_tokens VALUES
            (1, 'bot', 'bot', sha256('a'), 5, 'moderator', '{{{{71,72}}}}', {NOW})
    """,
    "0003": f"""
        INSERT INTO {{0}}.permission_rules VALUES
            (71, 1, 'user', 5, 'throttling.view', 'allow', 'because', 6, {NOW}, {NOW}),
            (71, 2, 'role', 5, 'throttling.*', 'deny', NULL, NULL, {NOW}, NULL),
            (71, 3, 'role', 5, 'access.manage_tokens', 'deny', NULL, NULL, {NOW}, NULL),
            (71, 4, 'role', 5, 'access.*', 'deny', NULL, NULL, {NOW}, NULL),
            (71, 5, 'role', 5, 'links.*', 'deny', NULL, NULL, {NOW}, NULL)
    """,
    "0004": f"""
        INSERT INTO {{0}}.guild_settings VALUES (71, 'links.page_size', '7');
        INSERT INTO {{0}}.guild_setting_changes VALUES (71, 1, 'links.page_size', NULL, '7', 5, {NOW})
    """,
    "0005": f"""
        INSERT INTO {{0}}.limit_rules VALUES
            (71, 1, 'everyone', 0, 'links.categories', 'guild', 5, 60, 5, {NOW}),
            (71, 2, 'user', 5, 'throttling.*', 'member', NULL, NULL, NULL, {NOW}),
            (71, 3, 'user', 5, 'access.create_token', 'member', 1, 1, NULL, {NOW}),
            (71, 4, 'user', 5, 'throttling.exempt', 'member', 1, 1, NULL, {NOW}),
            (71, 5, 'user', 5, 'accessible.thing', 'member', 1, 1, NULL, {NOW})
    """,
    "0006": f"""
        INSERT INTO {{0}}.failure_occurrences VALUES
            ('r1', {NOW}, 71, 5, 6, 'discord', 'links.categories', 'links.category_not_found', 'not_found', NULL, 0),
            ('r2', {NOW}, 71, 5, 6, 'cli', 'access.revoke_token', 'access.token_not_found', 'not_found', NULL, 0),
            ('r3', {NOW}, NULL, NULL, NULL, 'http', NULL, 'access.token_required', 'denied', NULL, 2),
            ('r4', {NOW}, 71, 5, 6, 'discord', 'throttling.set', 'throttling.limited', 'limited', 'f1', 0),
            ('r5', {NOW}, 71, 5, 6, 'discord', NULL, 'throttling.mistaken_too_often', 'limited', NULL, 0),
            ('r6', {NOW}, NULL, NULL, NULL, 'job', NULL, 'runtime.door_ended', 'unavailable', NULL, 0);
        INSERT INTO {{0}}.failure_batches VALUES ('b1', {NOW});
        INSERT INTO {{0}}.bugs VALUES
            ('f1', 'access.list_tokens', '{{{{ValueError}}}}', 'trace', 2, {NOW}, {NOW}, '{{{{r1,r2}}}}', 1,
                NULL, NULL, {NOW}, 1),
            ('f2', 'throttling.show', '{{{{KeyError}}}}', 'trace', 1, {NOW}, {NOW}, '{{{{}}}}', 0, {NOW}, 5, NULL, 0)
    """,
}
"""Rows for the tables of each revision, with the old names."""

RENAMED: Final = {
    "throttling.view": "limits.view",
    "throttling.*": "limits.*",
    "access.manage_tokens": "tokens.manage",
    "access.*": "tokens.*",
    "links.categories": "links.tags",
    "access.create_token": "tokens.create",
    "throttling.exempt": "limits.exempt",
    "links.category_not_found": "links.tag_not_found",
    "access.revoke_token": "tokens.revoke",
    "access.token_not_found": "tokens.not_found",
    "access.token_required": "tokens.required",
    "throttling.set": "limits.set",
    "throttling.limited": "limits.limited",
    "throttling.mistaken_too_often": "limits.invalid_too_often",
    "runtime.door_ended": "runtime.server_ended",
    "access.list_tokens": "tokens.list",
    "throttling.show": "limits.show",
}
"""The new names of those in the rows."""


def make_before(url: str, revision: str, place: str = "public") -> None:
    """Make the tables of a revision in `public`, as older programs did, and put a row or more into each."""
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        connection.execute(schema.sql("base", min(revision, "0006"), schema=place).encode())
        for number, statements in ADDED.items():
            if number <= revision:
                connection.execute(statements.format(place).encode())
        if revision > "0006":
            connection.execute(schema.sql("0006", revision, schema=place).encode())
