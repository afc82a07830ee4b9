"""Throttling: how often something may be done, by whom, and what a guild makes of it."""
