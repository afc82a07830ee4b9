"""Rules that the use cases of settings share."""
