"""Discord's objects as JSON: users, members, roles, channels, guilds, messages.

Ids are ints on the way in and strings in the payloads, as in Discord's API.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tests.wire.records import Json

TEXT_CHANNEL: Final = 0
DM_CHANNEL: Final = 1
PUBLIC_THREAD: Final = 11

ADMINISTRATOR: Final = 1 << 3
MANAGE_MESSAGES: Final = 1 << 13
EVERYONE_MAY: Final = 1 << 6 | 1 << 10 | 1 << 11 | 1 << 14 | 1 << 16 | 1 << 31
"""Add reactions, see channels, send messages, embed links, read history, use commands."""
ALL_PERMISSIONS: Final = (1 << 53) - 1


def now() -> str:
    """Return the time as Discord writes it."""
    return datetime.now(UTC).isoformat()


def user(user_id: int, name: str, *, bot: bool = False) -> Json:
    """Return a user."""
    return {
        "id": str(user_id),
        "username": name,
        "discriminator": "0",
        "global_name": name.title(),
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
    }


def role(role_id: int, name: str, *, permissions: int, position: int) -> Json:
    """Return a role; the one with the guild's id and position 0 is everyone's."""
    return {
        "id": str(role_id),
        "name": name,
        "permissions": str(permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def member(who: Json, *, roles: Sequence[int] = (), nick: str | None = None) -> Json:
    """Return a guild's member; `roles` leaves out everyone's."""
    return {
        "user": who,
        "roles": [str(role_id) for role_id in roles],
        "nick": nick,
        "avatar": None,
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def text_channel(channel_id: int, name: str, *, position: int = 0) -> Json:
    """Return a text channel without overwrites."""
    return {
        "id": str(channel_id),
        "type": TEXT_CHANNEL,
        "name": name,
        "position": position,
        "topic": None,
        "nsfw": False,
        "parent_id": None,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "permission_overwrites": [],
    }


def thread(thread_id: int, name: str, *, guild_id: int, parent_id: int, owner_id: int) -> Json:
    """Return an open public thread."""
    return {
        "id": str(thread_id),
        "type": PUBLIC_THREAD,
        "guild_id": str(guild_id),
        "parent_id": str(parent_id),
        "owner_id": str(owner_id),
        "name": name,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "message_count": 1,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": now(),
            "create_timestamp": now(),
            "locked": False,
        },
    }


def dm_channel(channel_id: int, recipient: Json) -> Json:
    """Return the direct-message channel with one person."""
    return {"id": str(channel_id), "type": DM_CHANNEL, "recipients": [recipient], "last_message_id": None}


def guild(
    guild_id: int,
    name: str,
    *,
    owner_id: int,
    roles: Sequence[Json],
    members: Sequence[Json],
    channels: Sequence[Json],
    threads: Sequence[Json] = (),
) -> Json:
    """Return a guild as GUILD_CREATE carries it."""
    return {
        "id": str(guild_id),
        "name": name,
        "owner_id": str(owner_id),
        "roles": list(roles),
        "members": list(members),
        "member_count": len(members),
        "channels": list(channels),
        "threads": list(threads),
        "unavailable": False,
        "large": False,
        "joined_at": "2024-01-01T00:00:00+00:00",
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "vanity_url_code": None,
        "application_id": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "features": [],
        "emojis": [],
        "stickers": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def message(
    message_id: str,
    content: str,
    *,
    channel_id: str,
    author: Json,
    of_guild: Json | None = None,
    of_member: Json | None = None,
    mentions: Sequence[Json] = (),
) -> Json:
    """Return a message; in a guild, `of_member` is its author as a member."""
    payload: Json = {
        "id": message_id,
        "channel_id": channel_id,
        "author": author,
        "content": content,
        "timestamp": now(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": list(mentions),
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "reactions": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }
    if of_guild is not None:
        payload["guild_id"] = of_guild["id"]
    if of_member is not None:
        payload["member"] = {key: value for key, value in of_member.items() if key != "user"}
    return payload


def bot_message(message_id: str, sent: Json, *, channel_id: str, author: Json) -> Json:
    """Return the message that Discord makes from what a bot sent (`content`, `embeds`, `components`, ...)."""
    made = message(message_id, "", channel_id=channel_id, author=author)
    kept: Json = {key: sent[key] for key in ("message_reference", "nonce") if key in sent}
    return {**made, **kept, **edited_fields(sent)}


def edited_fields(sent: Json) -> Json:
    """Return those fields of `sent` that a message shows, with null as empty."""
    empty: Json = {"content": "", "embeds": [], "components": [], "flags": 0}
    return {key: (default if sent[key] is None else sent[key]) for key, default in empty.items() if key in sent}


def application(application_id: int, owner: Json) -> Json:
    """Return the bot's application, owned by one person."""
    return {
        "id": str(application_id),
        "name": "fake",
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": owner,
        "team": None,
        "flags": 1 << 14 | 1 << 18,
        "install_params": None,
    }
