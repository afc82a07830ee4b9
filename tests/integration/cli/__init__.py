"""The command line as a process, and on real databases."""
