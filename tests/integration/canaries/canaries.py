"""The canaries: secrets of every sort, as they stand in texts, and the exceptions that carry them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, final

from pydantic import SecretStr
from typing_extensions import override

from twi_core.kernel.faults import Conflict, CorruptData, PortError, TimedOut, Unavailable
from twi_runtime.configuration.settings import Settings

DISCORD_TOKEN: Final = "MTE0NjQ1Njg3OTM1NDMyMTk4.GcanaR.y1xQ2rT5vB8nM0kL3jH6gF9dS4aP7oI1uY2tRe"
DATABASE_PASSWORD: Final = "canary-database-Pa55"
DATABASE_URL: Final = f"postgresql://twi:{DATABASE_PASSWORD}@127.0.0.1:1/twi"
PEM_BODY: Final = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCanary"


@final
@dataclass(frozen=True)
class Canary:
    """One secret: `needle` must be found nowhere; `text` is how it stands where somebody writes it."""

    name: str
    needle: str
    text: str

    @override
    def __str__(self) -> str:
        return self.name


def _canary(name: str, needle: str, text: str = "{}") -> Canary:
    return Canary(name, needle, text.replace("{}", needle))


CANARIES: Final = (
    _canary("discord_token", DISCORD_TOKEN),
    _canary("webhook_url", "canaryW3bh00kT0ken-_x" * 3, "https://discord.com/api/webhooks/123456789012345678/{}"),
    _canary("api_token", "twi_" + "cAnaRy0123" * 4 + "xyz"),
    _canary("database_password", DATABASE_PASSWORD, "the server refused {} for user twi"),
    _canary("database_url", "other-Pa55word", "postgresql+psycopg://other:{}@db.example.org:5432/other"),
    _canary("redis_password", "canary-redis-Pa55", "redis://:{}@cache.example.org:6379/0"),
    _canary("authorization", "c4nary.Opaque+Header/Value==", "{'Authorization': 'Bearer {}', 'Accept': '*/*'}"),
    _canary("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"),
    _canary("aws_key", "AKIACANARY0123456789"),
    _canary("github_token", "ghp_cAnaRy0123456789cAnaRy0123456789ab"),
    _canary("password_in_text", "c4naryP4ss", "could not log in with password={} at host"),
    _canary("client_secret", "c4nary-client", "{'client_id': 'twi', 'client_secret': '{}'}"),
    _canary("pem_key", PEM_BODY, "-----BEGIN PRIVATE KEY-----\n{}\nAgEAAoIBAQ==\n-----END PRIVATE KEY-----"),
)
"""Each sort of secret; the process itself knows the first and the fourth."""


def settings(**given: object) -> Settings:
    """Return the settings of a process that has secrets, though it needs none here."""
    found = Settings(discord_token=SecretStr(DISCORD_TOKEN), storage="memory", log_level="debug")
    return found.model_copy(update={"database_url": SecretStr(DATABASE_URL), **given})


SECRET_SETTINGS: Final = settings()


def _caused(text: str) -> BaseException:
    error = ValueError("x")
    error.__cause__ = KeyError(text)
    return error


def _while(text: str) -> BaseException:
    error = ValueError("x")
    error.__context__ = LookupError({"config": text})
    return error


def _noted(text: str) -> BaseException:
    error = ValueError("x")
    error.add_note(f"while using {text}")
    return error


CARRIERS: Final[Mapping[str, Callable[[str], BaseException]]] = {
    "message": ValueError,
    "argument": lambda text: RuntimeError("x", {"options": [text]}, text.encode()),
    "cause": _caused,
    "context": _while,
    "note": _noted,
    "group": lambda text: ExceptionGroup(f"several, with {text}", [ValueError(text), OSError(5, text)]),
    "settings": lambda text: ValueError(f"{text} {SECRET_SETTINGS!r} {SECRET_SETTINGS.model_dump()}"),
    "unavailable": Unavailable,
    "timed_out": TimedOut,
    "conflict": Conflict,
    "corrupt": CorruptData,
    "port": PortError,
}
"""How an exception carries a text."""
