"""Failures in PostgreSQL."""
