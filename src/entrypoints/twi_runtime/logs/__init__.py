"""The log: written, rotated, read and analysed."""
