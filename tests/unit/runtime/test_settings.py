"""Settings: all problems at once, no value shown, secrets from files."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from twi_core.kernel.ids import UserId
from twi_runtime.configuration.secret_files import LARGEST
from twi_runtime.configuration.settings import (
    SECRETS,
    Settings,
    SettingsError,
    load_settings,
    settings_table,
    unknown_settings,
    variable,
    with_database,
)
from twi_runtime.process.exits import Exit

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz0123"
PASSWORD = "hunter-2-secret"


def problems(folders: tuple[Path, ...] = ()) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(folders)
    assert caught.value.exit_code == Exit.SETTINGS
    return caught.value.problems


def test_nothing_set_is_sound() -> None:
    """A bare environment has usable settings: the embedded database, no secrets."""
    settings = load_settings(())
    assert (settings.storage, settings.database_url, settings.discord_token) == (None, None, None)
    assert settings.secrets() == frozenset()


def test_all_problems_come_at_once_and_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each wrong setting is one problem, each naming its variable, none showing the value."""
    wrong = {
        "TWI_DISCORD_TOKEN": "changeme",
        "TWI_DATABASE_URL": f"mysql://bot:{PASSWORD}@db.example/x",
        "TWI_DATABASE_SCHEMA": "wrong value",
        "TWI_OPERATOR_IDS": "12,wrongvalue",
        "TWI_DISCORD_API_URL": "ftp://wrongvalue",
        "TWI_DISCORD_GATEWAY_URL": "https://wrongvalue",
        "TWI_PREFIX": "wrong value",
        "TWI_HTTP_HOST": "wrong/value",
        "TWI_HTTP_PORT": "123456789",
        "TWI_LOG_LEVEL": "wrongvalue",
        "TWI_STOP_TIMEOUT": "-987654",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    found = problems()
    assert len(found) == len(wrong)
    for name in wrong:
        assert any(problem.startswith(name) for problem in found), name
    problem = "\n".join(found)
    for value in (PASSWORD, "changeme", "wrongvalue", "wrong value", "123456789", "987654", "db.example"):
        assert value not in problem


def test_memory_contradicts_a_database_url_even_with_other_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both storages named is a problem, alone and beside another one."""
    monkeypatch.setenv("TWI_STORAGE", "memory")
    monkeypatch.setenv("TWI_DATABASE_URL", "postgresql://a:b@c/d")
    assert problems() == ("TWI_STORAGE=memory conflicts with TWI_DATABASE_URL; unset one of them",)
    monkeypatch.setenv("TWI_HTTP_PORT", "x")
    assert len(problems()) == 2


def test_secrets_are_never_in_a_repr_or_in_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing settings shows neither token nor URL nor password, and the log knows what to leave out."""
    url = f"postgresql://bot:{PASSWORD}%40@db/x"
    monkeypatch.setenv("TWI_DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("TWI_DATABASE_URL", url)
    monkeypatch.setenv("TWI_REDIS_URL", "redis://:another-s3cret@cache/0")
    settings = load_settings(())
    shown = dict(settings.shown())
    for text in (repr(settings), str(settings), settings.model_dump_json(), json.dumps(shown)):
        assert TOKEN not in text
        assert PASSWORD not in text
        assert "another-s3cret" not in text
    assert shown["TWI_DISCORD_TOKEN"] == shown["TWI_REDIS_URL"] == "set (secret)"
    redis = {"redis://:another-s3cret@cache/0", "another-s3cret"}
    assert settings.secrets() == {TOKEN, url, f"{PASSWORD}%40", f"{PASSWORD}@", *redis}


def test_settings_that_a_program_makes_itself_leak_nothing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pydantic's error, which an embedder may print, does not repeat the input."""
    monkeypatch.setenv("TWI_DATABASE_URL", f"mysql://bot:{PASSWORD}@h/d")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert PASSWORD not in str(caught.value)


def test_secrets_come_from_files_that_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file of `TWI_..._FILE` holds the secret; blanks around it do not matter."""
    file = tmp_path / "token"
    file.write_text(f"\n{TOKEN}\n")
    monkeypatch.setenv("TWI_DISCORD_TOKEN_FILE", str(file))
    token = load_settings(()).discord_token
    assert token is not None
    assert token.get_secret_value() == TOKEN


def test_secrets_come_from_folders_of_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file named as the setting in systemd's folder holds the secret; the variable takes precedence over it."""
    (tmp_path / "TWI_DISCORD_TOKEN").write_text(TOKEN)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    found = load_settings().discord_token
    assert found is not None
    assert found.get_secret_value() == TOKEN
    monkeypatch.setenv("TWI_DISCORD_TOKEN", "another-token")
    found = load_settings().discord_token
    assert found is not None
    assert found.get_secret_value() == "another-token"


def test_the_second_folder_counts_where_the_first_lacks_the_file(tmp_path: Path) -> None:
    """Folders are searched in their order."""
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "TWI_DATABASE_URL").write_text("postgresql://a:b@c/d")
    assert load_settings((tmp_path / "first", tmp_path / "second")).database_url is not None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "blank"),
        (b"\n \n", "blank"),
        (b"<your token>", "placeholder"),
        (b"YOUR_TOKEN_HERE", "placeholder"),
        (b"xxxx", "placeholder"),
        (b"change-me-please", "placeholder"),
        (b"two words", "spaces"),
        (b"tok\x00en", "spaces"),
        (b"\xff\xfe", "UTF-8"),
        (b"x" * (LARGEST + 1), "too large"),
    ],
)
def test_an_unusable_secret_is_a_problem(
    content: bytes, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A secret that is blank, a placeholder or no text is refused from a file and from a folder, without its text."""
    (tmp_path / "TWI_DISCORD_TOKEN").write_bytes(content)
    (problem,) = problems((tmp_path,))
    monkeypatch.setenv("TWI_DISCORD_TOKEN_FILE", str(tmp_path / "TWI_DISCORD_TOKEN"))
    (problem_by_file,) = problems()
    for text in (problem, problem_by_file):
        assert says in text
        assert text.startswith("TWI_DISCORD_TOKEN")
        assert not content.strip() or content.decode(errors="replace") not in text


def test_a_blank_secret_variable_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set to nothing is refused rather than treated as unset."""
    monkeypatch.setenv("TWI_DISCORD_TOKEN", "")
    (problem,) = problems()
    assert "blank" in problem


def test_a_secret_given_twice_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Variable and file together are refused, whatever their values."""
    (tmp_path / "f").write_text(TOKEN)
    monkeypatch.setenv("TWI_DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("TWI_DISCORD_TOKEN_FILE", str(tmp_path / "f"))
    (problem,) = problems()
    assert "both set" in problem


def test_a_secret_file_that_cannot_be_read_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A missing file and a folder in its place are reported, without their path."""
    monkeypatch.setenv("TWI_DISCORD_TOKEN_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("TWI_DATABASE_URL_FILE", str(tmp_path))
    first, second = problems()
    assert first.startswith("TWI_DISCORD_TOKEN_FILE: the file can't be read")
    assert second.startswith("TWI_DATABASE_URL_FILE: the file can't be read")
    assert str(tmp_path) not in first + second


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWI_DATABASE_URL", "postgresql://u:changeme@h/d"),
        ("TWI_DATABASE_URL", "postgresql://u:p@h:notaport/d"),
        ("TWI_DATABASE_URL", "postgresql://u:p@ss@h/d"),
        ("TWI_DATABASE_URL", "h/d"),
        ("TWI_REDIS_URL", "redis://:changeme@h"),
        ("TWI_REDIS_URL", "redis://:p@h:notaport/0"),
        ("TWI_REDIS_URL", "redis://:p@ss@h/0"),
        ("TWI_REDIS_URL", "http://h"),
        ("TWI_DISCORD_API_URL", "https://user:pass@h"),
        ("TWI_DISCORD_API_URL", "https://"),
        ("TWI_DISCORD_GATEWAY_URL", "http://h"),
        ("TWI_OPERATOR_IDS", "0"),
        ("TWI_OPERATOR_IDS", "1_0"),
    ],
)
def test_a_wrong_address_or_id_is_a_problem(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemes, hosts, ports, placeholders and ids are checked when the process starts."""
    monkeypatch.setenv(name, value)
    (problem,) = problems()
    assert problem.startswith(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("public", "only the bot uses"),
        ("pg_catalog", "PostgreSQL reserves"),
        ("pg_twi", "PostgreSQL reserves"),
        ("information_schema", "PostgreSQL reserves"),
        ("Twi", "lower-case"),
        ("1twi", "lower-case"),
        ("_twi", "lower-case"),
        ("twi\n", "lower-case"),
        ("twi-bot", "lower-case"),
        ('twi"; DROP', "lower-case"),
        ("tẅi", "lower-case"),
        ("t" * 41, "40"),
    ],
)
def test_a_schema_that_cannot_be_the_bots_own_is_refused(
    name: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a plain name is accepted, and none that everybody or PostgreSQL uses; the reason says which."""
    monkeypatch.setenv("TWI_DATABASE_SCHEMA", name)
    (problem,) = problems()
    assert problem.startswith("TWI_DATABASE_SCHEMA: ")
    assert reason in problem


@pytest.mark.parametrize("name", ["twi", "t", "bot_2", "pgbot", "t" * 40])
def test_a_plain_name_is_taken_for_the_schema(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of lower-case letters, digits and underscores is used as it is; unset it is `twi`."""
    assert load_settings(()).database_schema == "twi"
    monkeypatch.setenv("TWI_DATABASE_SCHEMA", name)
    assert load_settings(()).database_schema == name


def test_an_unknown_parameter_of_the_database_url_is_a_problem_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt parameter is refused with its name before anything connects; one that PostgreSQL knows is taken."""
    monkeypatch.setenv("TWI_DATABASE_URL", "postgresql://u:p@h/d?sslmode=require&conect_timeout=3")
    (problem,) = problems()
    assert problem.startswith("TWI_DATABASE_URL: ")
    assert "“conect_timeout”; did you mean “connect_timeout”?" in problem
    monkeypatch.setenv("TWI_DATABASE_URL", "postgresql://u:p@h/d?sslmode=require&connect_timeout=3")
    assert load_settings(()).database_url is not None


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("TWI_HTTP_PORT", "x", "it must be a whole number"),
        ("TWI_HTTP_PORT", "70000", "it must be at most 65,535"),
        ("TWI_STOP_TIMEOUT", "0", "it must be greater than 0"),
        ("TWI_STOP_TIMEOUT", "soon", "it must be a number"),
        ("TWI_LOG_LEVEL", "loud", "it must be debug, info, warning or error"),
        ("TWI_PREFIX", "much too long", "it takes at most 5 characters"),
        ("TWI_HTTP_HOST", "a b", "it contains characters that aren't allowed"),
        ("TWI_OPERATOR_IDS", "7,x", None),
        ("TWI_DISCORD_API_URL", "ftp://x", "it must begin with https://"),
    ],
)
def test_a_wrong_value_is_explained_in_our_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str | None
) -> None:
    """Each problem names the variable and what it takes, in no library's words."""
    monkeypatch.setenv(name, value)
    expected = f"{name}: {reason}" if reason else f"{name}, item 2: an id consists of digits"
    assert problems() == (expected,)


def test_operator_ids_are_read_from_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are separated by commas, with or without blanks."""
    monkeypatch.setenv("TWI_OPERATOR_IDS", "175928847299117063, 7 ,")
    assert load_settings(()).operator_ids == {UserId(175928847299117063), UserId(7)}


def test_unknown_names_are_reported_with_a_suggestion() -> None:
    """A misspelt name is reported with the right one; names of tests and other programs are ignored."""
    environ = {"TWI_LOG_LEVL": "x", "TWI_DISCORD_TOKEN_FILE": "x", "TWI_TEST_LONG": "1", "OTHER": "1", "TWI_QQQ": ""}
    assert list(unknown_settings(environ)) == [
        "TWI_LOG_LEVL isn't a setting; did you mean TWI_LOG_LEVEL?",
        "TWI_QQQ isn't a setting",
    ]


def test_the_table_describes_every_setting() -> None:
    """Each setting, and the file of each secret, has a row with a meaning."""
    rows = settings_table().splitlines()
    for name in Settings.model_fields:
        (row,) = [row for row in rows if row.startswith(f"| `{variable(name)}` ")]
        assert len(row.split("|")[3].strip()) > 10
    for name in SECRETS:
        assert len([row for row in rows if row.startswith(f"| `{variable(name)}_FILE` ")]) == 1


def test_a_given_database_replaces_the_one_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedder's database takes precedence over the environment's, and is checked the same way."""
    monkeypatch.setenv("TWI_DATABASE_URL", "postgresql://a:b@c/d")
    settings = load_settings(())
    assert with_database(settings, "memory").database_url is None
    other = with_database(with_database(settings, "memory"), "postgresql://x:y@z/d")
    assert other.storage is None
    assert other.database_url is not None
    with pytest.raises(SettingsError) as caught:
        with_database(settings, f"oracle://x:{PASSWORD}@z/d")
    assert PASSWORD not in str(caught.value)
