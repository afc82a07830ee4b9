"""What each command does: exit codes, where output goes, who calls."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

from tests.each import for_each
from tests.unit.cli.conftest import Twi
from twi_cli.commands.contexts import verb_of
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.parameters import ParameterKind, parameters
from twi_runtime.opening.lifecycle import application_without_storage
from twi_runtime.process.exits import Exit
from twi_runtime.recorded import answered_at, recorded_answers

GUILD = "--guild=9001"
OPERATIONS = application_without_storage().operations()


def test_a_result_is_on_standard_output_and_nothing_else_is(twi: Twi) -> None:
    """A success writes its result as JSON and leaves standard error empty; ids are texts."""
    ran = twi("links", "add", "world map", "https://example.org", GUILD, "--tag", "maps", "--output", "json")
    assert (ran.code, ran.err) == (Exit.OK, "")
    assert ran.result["guild"] == "9001"
    assert ran.result["tag"] == "maps"
    assert ran.result["added_by"] is None


def test_an_error_is_on_standard_error_with_its_code_and_reference(twi: Twi) -> None:
    """A refusal writes nothing to standard output; people get message, hint, code and reference."""
    ran = twi("links", "get", "nowhere", GUILD)
    assert (ran.code, ran.out) == (Exit.NOT_FOUND, "")
    assert "There's no link called “nowhere” here." in ran.err
    assert "links.not_found, reference " in ran.err


def test_an_error_is_json_where_json_was_asked_for(twi: Twi) -> None:
    """A program gets the same facts as one line of JSON."""
    error = twi("links", "get", "nowhere", GUILD, "--output=json").error
    assert error["code"] == "links.not_found"
    assert error["kind"] == "not_found"
    assert error["message"] == "There's no link called “nowhere” here."
    assert len(error["reference"]) == 10


@pytest.mark.parametrize("arguments", [("links", "get", "", GUILD), ("call", "links.get", "[]"), ("call", "x.y")])
def test_what_was_refused_before_a_call_has_no_reference(twi: Twi, arguments: tuple[str, ...]) -> None:
    """A reference leads somewhere: what the command line itself refuses is stored nowhere, and has none."""
    assert twi(*arguments, "--output=json").error["reference"] is None
    assert "reference" not in twi(*arguments).err


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("links", "get", "x"), "guild.required", Exit.INVALID),
        (("links", "get", "", GUILD), "input.empty", Exit.INVALID),
        (("links", "add", "a", "b", GUILD, "--actor=7"), "permissions.denied", Exit.FORBIDDEN),
        (("links", "get", "x", GUILD), "links.not_found", Exit.NOT_FOUND),
        (("call", "links.nothing"), "operations.unknown", Exit.NOT_FOUND),
        (("call", "links.get", "[]", GUILD), "input.malformed", Exit.INVALID),
        (("links", "get"), "cli.missing_value", Exit.USAGE),
        (("links", "get", "x", "--bogus"), "cli.unknown_option", Exit.USAGE),
        (("links", "get", "x", "--guild", "no-id"), "cli.invalid_value", Exit.USAGE),
        (("links", "get", "x", "--guild", str(2**63)), "cli.invalid_value", Exit.USAGE),
        (("links", "get", "x", "--actor", "0", GUILD), "cli.invalid_value", Exit.USAGE),
        (("links", "get", "x", "--as", "king", GUILD), "cli.invalid_value", Exit.USAGE),
        (("bogus",), "cli.unknown_command", Exit.USAGE),
        (("call", "links.get", "@/no/such/file"), "cli.unreadable_file", Exit.USAGE),
        (("call", "links.suggest", "--bogus"), "cli.unknown_option", Exit.USAGE),
        (("db", "status"), "storage.no_database", Exit.SETTINGS),
        (("db", "downgrade", "base"), "cli.not_confirmed", Exit.USAGE),
        (("bot",), "discord.token_missing", Exit.SETTINGS),
    ],
)
def test_each_refusal_has_its_code_and_exit_code(
    arguments: tuple[str, ...], code: str, exit_code: Exit, twi: Twi
) -> None:
    """What the parser refuses exits with 2; what the model, the pipeline or the use case refuses, by its kind."""
    ran = twi(*arguments, *(() if arguments[0] in {"bot", "bogus"} else ("--output=json",)))
    assert ran.code == exit_code
    assert ran.out == ""
    found = ran.err.splitlines()[-1]
    assert code in found


def test_who_calls_is_the_operator_unless_an_actor_is_named(twi: Twi) -> None:
    """Without an actor everything is allowed; with one only what everyone may do, or what `--as` says."""
    add = ("links", "add", "map", "x", GUILD, "--output=json")
    assert twi(*add).result["added_by"] is None
    assert twi(*add, "--as=everyone").error["code"] == "permissions.denied"
    assert twi(*add, "--actor=7").error["code"] == "permissions.denied"
    assert twi(*add, "--actor=7", "--as=moderator").result["added_by"] == "7"


def test_an_actor_whom_the_settings_name_is_an_operator(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """TWI_OPERATOR_IDS holds for this entrypoint too."""
    monkeypatch.setenv("TWI_OPERATOR_IDS", "7")
    assert twi("links", "add", "map", "x", GUILD, "--actor=7").code == Exit.OK


def test_parameters_are_read_from_argument_file_and_standard_input(twi: Twi, tmp_path: Path) -> None:
    """The same JSON gives the same answer, wherever it comes from."""
    raw = json.dumps({"title": "map", "content": "x"})
    (tmp_path / "f.json").write_text(raw)
    ways = [twi("call", "links.add", way, GUILD, "--output=json", stdin=raw.encode()) for way in (raw, "-")]
    ways.append(twi("call", "links.add", f"@{tmp_path / 'f.json'}", GUILD, "--output=json"))
    assert [way.result["title"] for way in ways] == ["map"] * 3


def test_words_that_look_like_options_can_be_given(twi: Twi) -> None:
    """A title that begins with a dash is taken after `--` or after an equals sign."""
    assert twi("links", "add", "--output=json", GUILD, "--", "--title", "-x").result["title"] == "--title"
    assert twi("links", "add", GUILD, "--title=--x", "--content=-y", "--output=json").result["content"] == "-y"


def test_names_of_several_words_have_dashes(twi: Twi) -> None:
    """Commands and options are spelt as people expect of a command line."""
    assert twi("links", "suggest-tags", GUILD).code == Exit.OK
    assert twi("links", "edit", "x", "--clear-tag", GUILD).code == Exit.NOT_FOUND
    assert twi("links", "rename", "x", "--new-title=y", GUILD).code == Exit.NOT_FOUND


def test_a_flag_can_be_set_both_ways(twi: Twi) -> None:
    """`--preview` and `--no-preview` differ from leaving it out."""
    add = ("links", "add", "map", "x", GUILD, "--output=json")
    assert [twi(*add, *flag).result["preview"] for flag in ((), ("--preview",), ("--no-preview",))] == [
        True,
        True,
        False,
    ]


def test_a_token_is_made_for_several_guilds_and_its_secret_shown(twi: Twi) -> None:
    """A list is a repeated option, by either name; the secret is in the result and nowhere else."""
    ran = twi("tokens", "create", "dash", "7", "--guilds=1", "--guild=2", "--level=moderator", "--output=json")
    assert ran.result["token"]["guilds"] == ["1", "2"]
    assert ran.result["secret"].startswith("twi_")
    text = twi("tokens", "create", "dash", "7", "--guild=1")
    assert "twi_" in text.out
    assert "shown only once" in text.out


def test_text_is_harmless_in_a_terminal(twi: Twi) -> None:
    """Escape sequences, line breaks and directions in stored text are written out, in results and in errors."""
    ran = twi("links", "add", "map", "a\x1b[2Jb\u202ec\x9b", GUILD)
    assert "a\\x1b[2Jb\\u202ec\\x9b" in ran.out
    for shown in (ran.out, twi("links", "get", "a\x1b[2J", GUILD).err, twi("call", "a\x1b[2J\u2028").err):
        assert not any(character in shown for character in "\x1b\x9b\u202e\u2028")
    error = twi("links", "get", "x", "--bogus\x1b[2J", GUILD).err
    assert "\x1b" not in error


def test_an_address_is_shown_with_its_host_in_ascii(twi: Twi) -> None:
    """Letters that look like others are shown for what they are."""
    ran = twi("links", "add", "map", "https://аррӏе.example/", GUILD)  # noqa: RUF001  # Cyrillic on purpose
    assert "https://xn--80ak6aa92e.example/" in ran.out


@for_each("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_is_a_typed_command_with_help(operation: AnyOperation, twi: Twi) -> None:
    """Each operation's help names its summary, its permission and an option for each parameter."""
    context = operation.name.partition(".")[0]
    ran = twi(context, verb_of(operation), "--help")
    shown = " ".join(ran.out.split())
    assert ran.code == Exit.OK
    assert operation.summary in shown
    assert operation.policy.requires.name in shown
    for parameter in parameters(operation.command):
        option = f"--{parameter.name.replace('_', '-')}"
        assert option in shown
        assert parameter.description.rstrip(".") in shown
        if parameter.kind is ParameterKind.BOOLEAN:
            assert f"--no-{option.removeprefix('--')}" in shown


def test_operations_are_listed_for_people_and_programs(twi: Twi) -> None:
    """Every operation is there, with permission, limit and parameters."""
    listed = {entry["name"]: entry for entry in twi("operations", "--output=json").result["operations"]}
    assert set(listed) == {operation.name for operation in OPERATIONS}
    assert listed["links.add"]["limits"] == [{"amount": 10, "seconds": 60, "scope": "member"}]
    text = twi("operations").out
    for name in listed:
        assert name in text


def test_the_catalogue_of_errors_is_complete(twi: Twi) -> None:
    """Every registered code is listed with kind, message, hint, cause and exit code."""
    listed = {entry["code"]: entry for entry in twi("errors", "--output=json").result["errors"]}
    assert set(listed) == set(registered_errors())
    assert listed["links.not_found"]["exit_code"] == Exit.NOT_FOUND
    assert listed["storage.data_owner"]["exit_code"] == listed["settings.invalid"]["exit_code"] == Exit.SETTINGS
    assert {"http.no_route", "discord.expired", "sandbox.in_use"} <= set(listed)
    assert "links.not_found" in twi("errors").out


def test_one_code_is_shown_in_full(twi: Twi) -> None:
    """`twi errors CODE` shows cause, exit code, operations, and what was answered where; JSON has an example."""
    definition = registered_errors()["links.title_taken"]
    ran = twi("errors", "links.title_taken")
    assert ran.code == Exit.OK
    for text in (definition.cause, "14", "409", "links.add", "links.rename"):
        assert text in ran.out
    assert "(example)" not in ran.out
    for place, answer in recorded_answers("links.title_taken").items():
        assert f"\n\n{answered_at(place)}:\n{indent(answer, '  ')}" in ran.out
    entry = twi("errors", "links.title_taken", "--output=json").result
    assert entry == next(e for e in twi("errors", "--output=json").result["errors"] if e["code"] == entry["code"])
    assert entry["operations"] == ["links.add", "links.rename"]
    assert entry["hint"].endswith("or see the existing link: links.get title=world map")
    assert twi("errors", "tokens.required", "--output=json").result["entrypoints"] == ["http"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("links.notfound", "links.not_found"),
        ("LINKS.NOT_FOUND", "links.not_found"),
        ("title_taken", "links.title_taken"),
    ],
)
def test_an_unknown_code_is_refused_with_those_that_may_be_meant(twi: Twi, given: str, meant: str) -> None:
    """An unknown code is a separate error, with near misses in its hint."""
    ran = twi("errors", given, "--output=json")
    assert (ran.code, ran.out) == (Exit.NOT_FOUND, "")
    assert ran.error["code"] == "cli.unknown_code"
    assert f"“{meant}”" in ran.error["hint"]


def test_a_code_that_resembles_none_is_not_echoed_without_end(twi: Twi) -> None:
    """Escape sequences are written out and the rest is cut; the hint says where the codes are listed."""
    ran = twi("errors", "\x1b[31m" + "x" * 5000)
    assert ran.code == Exit.NOT_FOUND
    assert "\x1b" not in ran.err
    assert len(ran.err) < 300
    assert "twi errors" in ran.err


def test_a_page_says_how_to_go_on(twi: Twi) -> None:
    """An empty list says so, on standard output."""
    ran = twi("links", "tags", GUILD)
    assert (ran.code, ran.out.strip()) == (Exit.OK, "No links have been saved there yet.")


def test_settings_are_shown_without_secrets(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """`twi config show` says of a secret only whether it is set."""
    monkeypatch.setenv("TWI_DISCORD_TOKEN", "very-secret-token")
    ran = twi("config", "show")
    assert "very-secret-token" not in ran.out + ran.err
    assert twi("config", "show", "--output=json").result["TWI_DISCORD_TOKEN"] == "set (secret)"


def test_settings_are_checked(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound settings are 0, an unknown name is 3 with a suggestion, a wrong value is 78."""
    assert twi("config", "check").code == Exit.OK
    monkeypatch.setenv("TWI_HTTP_PROT", "1")
    unknown = twi("config", "check")
    assert unknown.code == Exit.CHECK_FAILED
    assert "did you mean TWI_HTTP_PORT?" in unknown.err
    monkeypatch.setenv("TWI_HTTP_PORT", "secret-value")
    wrong = twi("config", "check", "--output=json")
    assert (wrong.code, wrong.error["code"]) == (Exit.SETTINGS, "settings.invalid")
    assert "secret-value" not in wrong.err
    assert "did you mean TWI_HTTP_PORT?" in wrong.err


def test_a_command_warns_of_unknown_settings_and_works(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt setting is reported on standard error and stops nothing."""
    monkeypatch.setenv("TWI_LOG_LEVL", "1")
    ran = twi("links", "tags", GUILD)
    assert ran.code == Exit.OK
    assert "did you mean TWI_LOG_LEVEL?" in ran.err


def test_the_doctor_reports_every_finding(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound is 0; each failure is a separate finding, and then it is 3."""
    healthy = twi("doctor", "--output=json")
    assert (healthy.code, healthy.result["healthy"]) == (Exit.OK, True)
    monkeypatch.setenv("TWI_DISCORD_TOKEN", "no-token-of-discord")
    ill = twi("doctor", "--output=json")
    assert ill.code == Exit.CHECK_FAILED
    assert [f["check"] for f in ill.result["findings"] if f["state"] == "failed"] == ["discord"]
    monkeypatch.setenv("TWI_REDIS_URL", "redis://:hunter-2@127.0.0.1:1/0")
    alone = twi("doctor", "--output=json")
    assert [f["check"] for f in alone.result["findings"] if f["state"] == "failed"] == ["redis", "discord"]
    assert "hunter" not in alone.out + alone.err
    monkeypatch.setenv("TWI_HTTP_PORT", "x")
    monkeypatch.setenv("TWI_LOG_LEVEL", "x")
    monkeypatch.setenv("TWI_QQQ", "x")
    worse = twi("doctor", "--output=json")
    assert worse.code == Exit.CHECK_FAILED
    assert [f["check"] for f in worse.result["findings"] if f["state"] == "failed"] == ["settings"] * 3


def test_an_unreachable_database_is_reported_without_its_url(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the URL or the driver is shown; commands say 16, the doctor 3."""
    monkeypatch.delenv("TWI_STORAGE")
    monkeypatch.setenv("TWI_DATABASE_URL", "postgresql://bot:hunter-2@127.0.0.1:1/x")
    ran = twi("links", "get", "x", GUILD, "--output=json")
    assert (ran.code, ran.error["code"]) == (Exit.UNAVAILABLE, "storage.unavailable")
    doctor = twi("doctor")
    assert doctor.code == Exit.CHECK_FAILED
    for text in (ran.err, doctor.out, doctor.err):
        assert "hunter" not in text
        assert "psycopg" not in text


def test_a_bug_has_no_traceback_unless_asked_for(twi: Twi, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen error is a code and a hint, exit 1."""
    monkeypatch.setattr("twi_cli.commands.calling.decode", None)
    ran = twi("links", "get", "", GUILD, "--output=json")
    assert (ran.code, ran.error["code"]) == (Exit.UNEXPECTED, "cli.unexpected")


def test_help_loads_nothing_heavy() -> None:
    """The root help needs neither the core's models nor a database, a web framework or Discord."""
    heavy = "('pydantic', 'sqlalchemy', 'discord', 'litestar', 'alembic', 'psycopg', 'twi_core.assembly')"
    probe = f"""
import sys
from twi_cli.main import main
code = main(["--help"])
print([name for name in {heavy} if name in sys.modules], code, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[] 0"
    assert "links" in done.stdout


@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_an_invalid_port_is_refused_before_anything_starts(twi: Twi, port: str) -> None:
    """The sandbox's port is checked with the command line: exit 2, and nothing was opened."""
    ran = twi("sandbox", f"--port={port}")
    assert ran.code == Exit.USAGE
    assert "65535" in ran.err


@pytest.mark.parametrize("within", ["", "inner"])
def test_a_sandbox_in_a_file_is_refused(twi: Twi, tmp_path: Path, within: str) -> None:
    """A sandbox whose folder is a file, or lies below one, is refused with a code, and the file stays."""
    file = tmp_path / "file"
    file.write_text("mine")
    ran = twi("sandbox", "--data", str(file / within))
    assert ran.code == Exit.INVALID
    assert "sandbox.folder_unusable" in ran.err
    assert file.read_text() == "mine"
