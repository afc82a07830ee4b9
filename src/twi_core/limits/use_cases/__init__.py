"""Use cases of limits, one per file."""
