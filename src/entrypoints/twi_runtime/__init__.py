"""The composition root: settings, container, life of the process. Importing it loads nothing until a name is used."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twi_runtime.configuration.settings import Settings, SettingsError
    from twi_runtime.opening.embedding import open_application
    from twi_runtime.opening.lifecycle import Overrides
    from twi_runtime.process.exits import RuntimeFailure

__all__ = ["Overrides", "RuntimeFailure", "Settings", "SettingsError", "open_application"]

if not TYPE_CHECKING:  # for a type checker the names above are the only ones

    def __getattr__(name: str) -> object:
        if name in __all__:
            from twi_runtime.extras import require

            require("runtime", "twi_runtime")
        match name:
            case "open_application":
                from twi_runtime.opening.embedding import open_application

                return open_application
            case "Overrides":
                from twi_runtime.opening.lifecycle import Overrides

                return Overrides
            case "RuntimeFailure":
                from twi_runtime.process.exits import RuntimeFailure

                return RuntimeFailure
            case "Settings" | "SettingsError":
                from twi_runtime.configuration import settings

                found: object = getattr(settings, name)
                return found
            case _:
                raise AttributeError(name)
