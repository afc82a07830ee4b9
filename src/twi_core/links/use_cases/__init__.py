"""What can be done with links: one file a use case."""
