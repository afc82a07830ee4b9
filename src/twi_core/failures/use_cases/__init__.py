"""What can be done with failures: one file a use case."""
