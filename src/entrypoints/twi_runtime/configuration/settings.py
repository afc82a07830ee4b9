"""The process's settings, from the environment and from secret files."""

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, final
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from twi_core.kernel.errors import AppError, Kind, define_error
from twi_core.kernel.ids import ChannelId, UserId
from twi_core.kernel.language import text
from twi_core.kernel.reasons import reason
from twi_runtime.configuration.addresses import database_problem, schema_problem, url_problem
from twi_runtime.configuration.secret_files import Unusable, credential_folders, find_secret
from twi_runtime.process.exits import Exit, RuntimeFailure

PREFIX: Final = "TWI_"
TEST_PREFIX: Final = "TWI_TEST_"
"""Variables that the project's own tests read; they are not settings."""

_REDIS: Final = ("redis", "rediss", "unix")


INVALID: Final = define_error(
    "settings.invalid",
    Kind.INVALID,
    message="The settings can't be used: {problems}.",
    hint="Correct them, and check them: twi config check",
    cause="Some TWI_ variables of the environment, or the files they name, are wrong or conflict with one another.",
    example={"problems": "TWI_HTTP_PORT: it must be a whole number"},
)


@final
class SettingsError(RuntimeFailure):
    """Settings that can't be used, with every problem in a separate line and without any value."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(AppError(INVALID, {"problems": "; ".join(problems)}), Exit.SETTINGS)
        self.problems = tuple(problems)


@final
class Settings(BaseSettings):
    """The settings of one process; each is an environment variable with the prefix `TWI_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    discord_token: SecretStr | None = Field(None, description="The bot's token from Discord's developer portal.")
    database_url: SecretStr | None = Field(
        None,
        description="A PostgreSQL server, as postgresql://user:password@host/database. Unset: an embedded server.",
    )
    database_schema: str = Field(
        "twi",
        description="The PostgreSQL schema that holds the bot's tables; two bots in one database need two.",
    )
    redis_url: SecretStr | None = Field(
        None,
        description="A Redis server that lets processes share limits, as redis://:password@host:6379/0. Unset: none.",
    )
    storage: Literal["memory"] | None = Field(None, description="`memory` keeps nothing after a stop; for trials.")
    data_dir: Path | None = Field(
        None,
        description="Where the embedded database is kept. Unset: /var/lib/twi for root, else the user's data folder.",
    )
    postgres_bin: Path | None = Field(None, description="PostgreSQL programs to use instead of the bundled ones.")
    operator_ids: Annotated[frozenset[UserId], NoDecode] = Field(
        frozenset(),
        description="Users who run the bot, as comma-separated ids. Unset: its Discord application's owner or team.",
    )
    discord_api_url: str | None = Field(None, description="A proxy for Discord's REST API, as http(s)://host.")
    discord_gateway_url: str | None = Field(None, description="A proxy for Discord's gateway, as ws(s)://host.")
    operator_channel_id: ChannelId | None = Field(
        None, description="The channel where bugs are reported to the operators, as an id."
    )
    prefix: str = Field("!", min_length=1, max_length=5, pattern=r"^\S+$", description="How written commands begin.")
    http_host: str = Field("127.0.0.1", pattern=r"^[\w.:\-]+$", description="The address that the HTTP API listens on.")
    http_port: int = Field(8080, ge=0, le=65535, description="The port that the HTTP API listens on; 0 takes any.")
    catalogues: Path | None = Field(
        None, description="A folder of translations, as <language>/LC_MESSAGES/twi.mo. Unset: English only."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_format: Literal["console", "json"] = Field(
        "console", description="How the log is written to standard error: `console` for people, `json` for programs."
    )
    log_file: Path | None = Field(
        None,
        description="A file that the log also goes to, always as JSON, for `twi logs`; several processes may share it.",
    )
    log_file_size: float = Field(10, gt=0, le=256, description="MiB after which the log file is archived, compressed.")
    log_file_hours: float = Field(24, gt=0, le=8784, description="Hours after which the log file is archived.")
    log_keep_days: float = Field(30, gt=0, le=3660, description="Days after which an archive of the log is deleted.")
    log_keep_files: int = Field(
        100, ge=1, le=10_000, description="How many archives of the log are kept; the oldest are deleted first."
    )
    stop_timeout: float = Field(10.0, gt=0, le=300, description="Seconds for running calls to finish at a stop.")

    @field_validator("operator_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _sound_database_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (problem := database_problem(value.get_secret_value())):
            raise ValueError(problem)
        return value

    @field_validator("database_schema")
    @classmethod
    def _sound_database_schema(cls, value: str) -> str:
        if problem := schema_problem(value):
            raise ValueError(problem)
        return value

    @field_validator("redis_url")
    @classmethod
    def _sound_redis_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (problem := url_problem(value.get_secret_value(), _REDIS, secret=True)):
            raise ValueError(problem)
        return value

    @field_validator("discord_api_url")
    @classmethod
    def _sound_api_url(cls, value: str | None) -> str | None:
        if value is not None and (problem := url_problem(value, ("https", "http"))):
            raise ValueError(problem)
        return value

    @field_validator("discord_gateway_url")
    @classmethod
    def _sound_gateway_url(cls, value: str | None) -> str | None:
        if value is not None and (problem := url_problem(value, ("wss", "ws"))):
            raise ValueError(problem)
        return value

    @model_validator(mode="after")
    def _one_storage(self) -> Self:
        if self.storage == "memory" and self.database_url is not None:
            raise ValueError(_contradiction())
        return self

    def secrets(self) -> frozenset[str]:
        """Return the texts that must never be shown: every secret, and the password of one that is a URL."""
        fields: list[SecretStr | None] = [getattr(self, name) for name in SECRETS]
        found = {secret.get_secret_value() for secret in fields if secret is not None}
        passwords = {password for secret in found if "://" in secret and (password := urlsplit(secret).password)}
        return frozenset(found | passwords | {unquote(password) for password in passwords})

    def shown(self) -> Iterator[tuple[str, str]]:
        """Yield each variable with its value; of secrets only whether they are set."""
        for name in type(self).model_fields:
            value: object = getattr(self, name)
            if name in SECRETS:
                yield variable(name), "unset" if value is None else "set (secret)"
            elif isinstance(value, frozenset):
                yield variable(name), ",".join(str(item) for item in sorted(value)) or "unset"
            else:
                yield variable(name), "unset" if value is None else str(value)


SECRETS: Final = ("discord_token", "database_url", "redis_url")
"""The fields that hold secrets; they are also read from files."""


def variable(field: str) -> str:
    """Return the name of a field's environment variable."""
    return PREFIX + field.upper()


def load_settings(folders: Sequence[Path] | None = None) -> Settings:
    """Load the settings; `folders` replaces the credential folders.

    Raises:
        SettingsError: some are wrong; it names all problems.
    """
    problems: list[str] = []
    secrets: dict[str, Any] = {}
    for name in SECRETS:
        try:
            found = find_secret(
                variable(name), os.environ, credential_folders(os.environ) if folders is None else folders
            )
        except Unusable as error:
            problems.append(str(error))
            found = None
        secrets[name] = found
    try:
        settings = Settings.model_validate(secrets)  # these take precedence over the environment
    except ValidationError as error:
        problems += [_described(detail) for detail in error.errors(include_input=False, include_url=False)]
        if os.environ.get("TWI_STORAGE") == "memory" and secrets["database_url"] and _contradiction() not in problems:
            problems.append(_contradiction())
        raise SettingsError(problems) from None
    if problems:
        raise SettingsError(problems)
    return settings


def with_database(settings: Settings, database: str) -> Settings:
    """Return the same settings with another database: a URL or `memory`.

    Raises:
        SettingsError: it is neither.
    """
    if database == "memory":
        return settings.model_copy(update={"storage": "memory", "database_url": None})
    if problem := database_problem(database):
        raise SettingsError([text("the database: {problem}", problem=problem)])
    return settings.model_copy(update={"storage": None, "database_url": SecretStr(database)})


def unknown_settings(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each `TWI_` variable that is not a setting, with the one that may be meant."""
    known = [variable(name) for name in Settings.model_fields] + [f"{variable(name)}_FILE" for name in SECRETS]
    for name in sorted(environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known and not name.startswith(TEST_PREFIX):
            near = difflib.get_close_matches(name.upper(), known, 1)
            shown = name if name.isprintable() and len(name) <= 64 else f"{PREFIX}…"
            if near:
                yield text("{name} isn't a setting; did you mean {near}?", name=shown, near=near[0])
            else:
                yield text("{name} isn't a setting", name=shown)


def settings_table() -> str:
    """Return a Markdown table of every setting."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "unset" if field.default is None or field.default == frozenset() else f"`{field.default}`"
        rows.append(f"| `{variable(name)}` | {default} | {field.description} |")
        if name in SECRETS:
            rows.append(f"| `{variable(name)}_FILE` | unset | A file that holds `{variable(name)}`. |")
    return "\n".join(rows) + "\n"


def _described(detail: ErrorDetails) -> str:
    """Return the problem that pydantic found, without the value."""
    why = _reason(detail)
    if not detail["loc"]:
        return why
    field, *rest = detail["loc"]
    name = variable(str(field))
    if rest and isinstance(rest[0], int):
        return text("{name}, item {number}: {reason}", name=name, number=rest[0] + 1, reason=why)
    return f"{name}: {why}"


def _reason(detail: ErrorDetails) -> str:
    """Return why a value is refused: in the words of our own validators, else in those for pydantic's errors."""
    context = detail.get("ctx", {})
    ours = context.get("error") if detail["type"] == "value_error" else context.get("reason")
    if ours:
        return str(ours)
    field = Settings.model_fields.get(str(detail["loc"][0])) if detail["loc"] else None
    return reason(detail["type"], context, field.annotation if field else None)


def _contradiction() -> str:
    return text("TWI_STORAGE=memory conflicts with TWI_DATABASE_URL; unset one of them")
