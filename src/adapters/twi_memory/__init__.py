"""Adapters without a server: storage in memory for tests and small bots, and the system's clock, randomness and ids."""
