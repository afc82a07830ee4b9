"""The rules of tokens that use cases share."""
