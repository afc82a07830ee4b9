"""Permissions: who may do what in a guild, and why."""
