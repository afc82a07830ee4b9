"""Settings of a guild: what contexts declare, each guild's values, and their history."""
