"""The bot in a simulated Discord, driven as people would drive it."""
