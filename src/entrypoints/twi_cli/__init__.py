"""The command line: every use case, and what runs and maintains the bot."""
