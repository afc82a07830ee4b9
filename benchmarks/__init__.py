"""Measurements, each a ratio or a figure of one run; see README.md."""
