"""The rules of permissions that use cases share."""
