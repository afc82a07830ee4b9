"""What processes share through Redis; each can do without."""
