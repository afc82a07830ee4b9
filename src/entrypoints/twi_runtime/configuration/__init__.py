"""The settings of the process, and its secrets."""
