"""The Discord door: a bot whose commands are the core's use cases, and extensions for other people's bots."""

from twi_discord.attachment import attach, detach

__all__ = ["attach", "detach"]
