"""Rules that the use cases of tokens share."""
