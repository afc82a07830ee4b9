"""The commands of `twi`, and how one calls an operation."""
