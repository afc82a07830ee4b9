"""Adapters without a server: honest storages for tests and small bots, and the machine's own clock, chance and ids."""
