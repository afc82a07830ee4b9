"""The rules of limits that use cases share."""
