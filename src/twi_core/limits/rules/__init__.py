"""Rules that the use cases of limits share."""
