"""Fixtures for all integration tests."""

from tests.integration.postgres_database import empty_url, postgres_template, postgres_url
from tests.integration.postgres_server import postgres_server

__all__ = ["empty_url", "postgres_server", "postgres_template", "postgres_url"]
