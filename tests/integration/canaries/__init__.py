"""Secrets that are planted wherever something can go wrong, and looked for wherever something is written or shown."""
