"""The rules of failures that use cases share."""
