"""Use cases of settings, one per file."""
