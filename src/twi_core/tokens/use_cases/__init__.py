"""What can be done with API tokens: one file a use case."""
