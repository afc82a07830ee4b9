"""The embedded PostgreSQL server: found, started, shared and stopped without administration."""
