"""The embedded PostgreSQL server: found, started, shared and upgraded without anybody looking after it."""
