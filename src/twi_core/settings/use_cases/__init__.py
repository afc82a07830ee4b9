"""What can be done with settings: one file a use case."""
