"""The sandbox, as a newcomer uses it."""
