"""The rules of settings that use cases share."""
