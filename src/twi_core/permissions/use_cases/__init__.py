"""Use cases of permissions, one per file."""
