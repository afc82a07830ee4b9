"""Use cases of links, one per file."""
