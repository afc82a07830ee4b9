"""A wire-level fake of Discord, for what a simulation in the process cannot show: transport and its faults."""

from tests.wire.records import Identify, Json, Request, Resume
from tests.wire.server import FakeDiscord
from tests.wire.world import (
    ADMIN,
    ADMINISTRATOR_ROLE,
    ALICE,
    APPLICATION,
    BOB,
    BOT,
    CHANNEL,
    GUILD,
    MOD,
    MODERATOR_ROLE,
    OPERATOR,
    THREAD,
    TOKEN,
    World,
)

__all__ = [
    "ADMIN",
    "ADMINISTRATOR_ROLE",
    "ALICE",
    "APPLICATION",
    "BOB",
    "BOT",
    "CHANNEL",
    "GUILD",
    "MOD",
    "MODERATOR_ROLE",
    "OPERATOR",
    "THREAD",
    "TOKEN",
    "FakeDiscord",
    "Identify",
    "Json",
    "Request",
    "Resume",
    "World",
]
