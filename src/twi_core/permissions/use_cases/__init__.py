"""What can be done with permissions: one file a use case."""
