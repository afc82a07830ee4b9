"""The same call through every door, on the same storage contents, side by side."""
