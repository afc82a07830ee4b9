"""Buttons, selects and forms."""
