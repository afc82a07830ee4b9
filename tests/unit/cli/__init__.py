"""The command line, within the test's process."""
