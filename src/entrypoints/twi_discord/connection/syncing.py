"""The slash commands that Discord knows, brought up to date where ours differ."""

import logging
from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import app_commands
from discord.http import Route

_COMMAND_KEYS: Final = ("name", "description", "nsfw", "default_member_permissions", "contexts", "integration_types")
_OPTION_KEYS: Final = (
    "type", "name", "description", "required", "autocomplete", "choices", "channel_types",
    "min_value", "max_value", "min_length", "max_length",
)  # fmt: skip
_LOCALISED: Final = ("name_localizations", "description_localizations")

_log: Final = logging.getLogger(__name__)


async def sync_if_changed(tree: app_commands.CommandTree[Any]) -> bool:
    """Send the definitions where Discord's differ, in any language; return False where they are the same.

    A failure is logged, and the bot goes on with what Discord knows.
    """
    try:
        known = [_plain(command) for command in await _fetch(tree)]
        wanted = [_plain(command) for command in await payloads(tree)]
        if _by_name(known) == _by_name(wanted):
            return False
        await tree.sync()
    except discord.HTTPException:
        _log.warning("the slash commands could not be synced; try `twi bot --sync`", exc_info=True)
        return False
    _log.info("synced %s slash commands", len(wanted))
    return True


async def payloads(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """Return the global commands as `tree.sync` sends them."""
    translator = tree.translator
    if translator is None:
        return [command.to_dict(tree) for command in tree.get_commands()]
    return [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]


async def _fetch(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """Return the commands as Discord has them; discord.py's own way leaves the other languages out."""
    if tree.client.application_id is None:
        raise app_commands.MissingApplicationID
    route = Route("GET", "/applications/{application_id}/commands", application_id=tree.client.application_id)
    found: list[dict[str, Any]] = await tree.client.http.request(route, params={"with_localizations": "true"})
    return found


def _by_name(found: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(found, key=lambda command: (str(command["name"]), str(command["type"])))


def _plain(command: Mapping[str, Any]) -> dict[str, object]:
    """Return what we define, without what is as by default, so that both sides compare."""
    found: dict[str, object] = {key: command[key] for key in _COMMAND_KEYS if command.get(key) not in (None, False, "")}
    if "default_member_permissions" in found:
        found["default_member_permissions"] = int(command["default_member_permissions"])
    options = [_option(option) for option in command.get("options") or ()]
    return {**found, **_localised(command), "type": int(command.get("type", 1)), "options": options}


def _option(option: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {key: option[key] for key in _OPTION_KEYS if option.get(key) not in (None, False, [], 0)}
    if "choices" in found:
        found["choices"] = [(choice["name"], choice["value"], _localised(choice)) for choice in option["choices"]]
    return {**found, **_localised(option), "options": [_option(inner) for inner in option.get("options") or ()]}


def _localised(part: Mapping[str, Any]) -> dict[str, object]:
    return {key: part[key] for key in _LOCALISED if part.get(key)}
