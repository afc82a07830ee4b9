"""The process's settings, from the environment and from secret files."""

import os
from pathlib import Path
from typing import Annotated, Final, Literal, Self, final

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from twi_core.kernel.ids import UserId

PREFIX: Final = "TWI_"


class SettingsError(Exception):
    """Tell every problem with the settings at once, one line each, without any value."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@final
class Settings(BaseSettings):
    """Hold the settings of one process; each is an environment variable with the prefix `TWI_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    discord_token: SecretStr | None = Field(None, description="The bot's token from Discord's developer portal.")
    database_url: SecretStr | None = Field(None, description="A PostgreSQL server: postgresql://user:password@host/db.")
    storage: Literal["memory"] | None = Field(None, description="`memory` forgets everything at the end.")
    data_dir: Path | None = Field(None, description="Where the embedded database and the logs live.")
    postgres_bin: Path | None = Field(None, description="PostgreSQL programs to use instead of the bundled ones.")
    operator_ids: Annotated[frozenset[UserId], NoDecode] = Field(
        frozenset(), description="Users who run the bot, ids separated by commas."
    )
    discord_api_url: str | None = Field(None, description="A proxy for Discord's REST API.")
    discord_gateway_url: str | None = Field(None, description="A proxy for Discord's gateway.")
    prefix: str = Field("!", min_length=1, max_length=5, description="What written commands begin with.")
    http_host: str = Field("127.0.0.1", description="The address that the HTTP API listens on.")
    http_port: int = Field(8080, ge=0, le=65535, description="The port that the HTTP API listens on.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    stop_timeout: float = Field(10.0, gt=0, le=300, description="Seconds that running calls get to end.")

    @field_validator("operator_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_storage(self) -> Self:
        if self.storage == "memory" and self.database_url is not None:
            raise ValueError("TWI_STORAGE=memory contradicts TWI_DATABASE_URL; unset one of them")
        return self


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: some are missing or wrong.
    """
    try:
        return Settings(**_from_files())
    except ValidationError as error:
        raise SettingsError(
            tuple(f"{_variable(detail['loc'])}: {detail['msg']}" for detail in error.errors(include_input=False))
        ) from None


def _variable(place: tuple[int | str, ...]) -> str:
    return f"{PREFIX}{str(place[0]).upper()}" if place else "the settings together"


def _from_files() -> dict[str, str]:
    """Read secrets whose file is named by `TWI_..._FILE`."""
    found: dict[str, str] = {}
    for name in ("discord_token", "database_url"):
        file = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
        if file:
            found[name] = Path(file).read_text(encoding="utf-8").strip()
    return found
