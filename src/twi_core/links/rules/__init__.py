"""Rules that the use cases of links share."""
