"""The rules of links that use cases share."""
