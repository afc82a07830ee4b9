"""Fixtures that all integration tests may ask for."""

from tests.integration.postgres_server import postgres_server

__all__ = ["postgres_server"]
