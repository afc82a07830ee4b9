"""The server that other integration tests share."""

import psycopg

from tests.integration.postgres_server import libpq
from twi_embedded.server import EmbeddedServer


def test_the_session_server_answers_and_folds_case_the_same_everywhere(postgres_server: EmbeddedServer) -> None:
    """The shared server has the extensions that search needs, and lower-cases letters beyond ASCII."""
    with psycopg.connect(libpq(postgres_server.url), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        row = connection.execute("SELECT lower('ÉÄ'), similarity('éclair', 'Éclair'), current_database()").fetchone()
    assert row == ("éä", 1.0, "twi")
