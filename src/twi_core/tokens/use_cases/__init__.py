"""Use cases of API tokens, one per file."""
