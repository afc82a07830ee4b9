"""The embedded server, started for real and by real processes."""
