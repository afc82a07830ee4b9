"""The command line, within the test's own process."""
