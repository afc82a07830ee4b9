"""Failures: what went wrong, found by its reference, and bugs, told apart by their fingerprints."""
