"""Use cases of failures, one per file."""
