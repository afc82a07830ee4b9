"""What can be done with limits: one file a use case."""
