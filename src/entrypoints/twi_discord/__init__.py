"""The Discord entrypoint: a bot whose commands are the core's use cases, and extensions for other people's bots.

Importing it loads nothing until a name is used, so that its error codes can be listed without discord.py.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twi_discord.calls.attachment import attach, detach

__all__ = ["attach", "detach"]

if not TYPE_CHECKING:  # for a type checker the names above are all that there are

    def __getattr__(name: str) -> object:
        match name:
            case "attach":
                from twi_discord.calls.attachment import attach

                return attach
            case "detach":
                from twi_discord.calls.attachment import detach

                return detach
            case _:
                raise AttributeError(name)
