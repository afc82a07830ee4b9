"""The bot, and its connection to Discord."""
