"""Rules that the use cases of permissions share."""
