"""Tell Discord of the slash commands, when they are not what it knows."""

import logging
from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import app_commands

_COMMAND_KEYS: Final = ("name", "description", "nsfw", "default_member_permissions", "contexts", "integration_types")
_OPTION_KEYS: Final = (
    "type", "name", "description", "required", "autocomplete", "choices", "channel_types",
    "min_value", "max_value", "min_length", "max_length",
)  # fmt: skip

_log: Final = logging.getLogger(__name__)


async def sync_if_changed(tree: app_commands.CommandTree[Any]) -> bool:
    """Send the definitions where Discord's differ; false where they are the same.

    A failure is logged, and the bot goes on with what Discord knows.
    """
    try:
        known = [_known(command) for command in await tree.fetch_commands()]
        wanted = [_plain(command.to_dict(tree)) for command in tree.get_commands()]
        if _by_name(known) == _by_name(wanted):
            return False
        await tree.sync()
    except discord.HTTPException:
        _log.warning("the slash commands could not be synced; try `twi bot --sync`", exc_info=True)
        return False
    _log.info("synced %s slash commands", len(wanted))
    return True


def _by_name(found: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(found, key=lambda command: (str(command["name"]), str(command["type"])))


def _known(command: app_commands.AppCommand) -> dict[str, object]:
    permissions = command.default_member_permissions
    raw: dict[str, Any] = {**command.to_dict(), "nsfw": command.nsfw}
    raw["default_member_permissions"] = None if permissions is None else permissions.value
    return _plain(raw)


def _plain(command: Mapping[str, Any]) -> dict[str, object]:
    """Keep what we define, without what is as by default, so that both sides compare."""
    found = {key: command.get(key) for key in _COMMAND_KEYS if command.get(key) not in (None, False, "")}
    return {**found, "type": int(command.get("type", 1)), "options": [_option(o) for o in command.get("options", ())]}


def _option(option: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {key: option[key] for key in _OPTION_KEYS if option.get(key) not in (None, False, [], 0)}
    if "choices" in found:
        found["choices"] = [(choice["name"], choice["value"]) for choice in option["choices"]]
    return {**found, "options": [_option(inner) for inner in option.get("options", ())]}
