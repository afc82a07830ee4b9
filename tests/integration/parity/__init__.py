"""The same call through every entrypoint, on the same storage contents, side by side."""
