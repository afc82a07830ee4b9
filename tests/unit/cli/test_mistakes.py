"""Command lines that can't be understood: what is said, in our own words, and the line that is suggested."""

import re
import shlex
from typing import Final

import pytest
from cyclopts import App, CycloptsError, RepeatArgumentError, UnknownOptionError
from cyclopts.exceptions import ArgumentOrderError

from tests.unit.cli.conftest import Ran, Twi
from twi_cli.commands.mistakes import LINE, Mistake
from twi_cli.output.wording import GUILD as EXAMPLE
from twi_cli.root import build_app
from twi_core.kernel.errors import registered_errors
from twi_runtime.process.exits import Exit
from twi_runtime.registry import USAGE_CODES, import_every_code

GUILD: Final = "--guild 9001"
THEIRS: Final = re.compile(
    r"Unused Tokens|Invalid value|unable to convert|requires an argument|specified multiple", re.IGNORECASE
)
ADD: Final = "twi links add 'world map' https://wanderinginn.com/map"
MISTAKES: Final = [
    ("lnks tags", "unknown_command", "There's no command “twi lnks”.", "Did you mean: twi links tags"),
    ("links ad a b", "unknown_command", "There's no command “twi links ad”.", "Did you mean: twi links add a b"),
    ("xyzzy", "unknown_command", "There's no command “twi xyzzy”.", "See all commands: twi --help"),
    ("db xyzzy", "unknown_command", "There's no command “twi db xyzzy”.", "See all commands: twi db --help"),
    ("links add a b --tga=x", "unknown_option", "has no option “--tga”.", "Did you mean: twi links add a b --tag=x"),
    ("links add a b --tga x", "unknown_option", "has no option “--tga”.", "Did you mean: twi links add a b --tag x"),
    ("links get -x", "unknown_option", "has no option “-x”.", "--name=VALUE`: twi links get --help"),
    ("--bogus", "unknown_option", "“twi” has no option “--bogus”.", ": twi --help"),
    ("links --hlep", "unknown_option", "“twi links” has no option “--hlep”.", "Did you mean: twi links --help"),
    ("call links.get --bogus", "unknown_option", "“twi call” has no option “--bogus”.", ": twi call --help"),
    (
        "logs search --bogus=1",
        "unknown_option",
        "“twi logs search” has no option “--bogus”.",
        ": twi logs search --help",
    ),
    ("links get world map", "unexpected_words", "has too many words: “map”.", "quotes", "twi links get --help"),
    ("links add a b --preview maybe", "unexpected_words", "has too many words: “maybe”.", "twi links add --help"),
    ("links add", "missing_value", "A value for --title is missing.", f"for example: {ADD} --guild {EXAMPLE}"),
    (
        f"links add a {GUILD}",
        "missing_value",
        "A value for --content is missing.",
        f"for example: twi links add a https://wanderinginn.com/map {GUILD}",
    ),
    (
        f"links add a --guild={EXAMPLE} --tag",
        "missing_value",
        "A value for --tag",
        f"twi links add a https://wanderinginn.com/map --tag maps --guild {EXAMPLE}",
    ),
    ("links tags --guild", "missing_value", "A value for --guild is missing.", f"twi links tags --guild {EXAMPLE}"),
    ("db downgrade", "missing_value", "A value for REVISION is missing.", ": twi db downgrade --help"),
    ("sandbox --port", "missing_value", "A value for --port is missing.", ": twi sandbox --help"),
    ("links tags --output=jsn", "invalid_value", "it takes one of text, json.", "mean: twi links tags --output=json"),
    ("links tags --output jsn", "invalid_value", "it takes one of text, json.", "mean: twi links tags --output json"),
    (
        "links tags --as king",
        "invalid_value",
        "be “king”: it takes one of everyone, ",
        "twi links tags --help",
    ),
    ("links add a b --preview=maybe", "invalid_value", "“maybe”: it takes no value.", ": twi links add --help"),
    ("sandbox --port=x", "invalid_value", "--port can't be “x”: it takes a whole number.", ": twi sandbox --help"),
    ("sandbox --port=70000", "invalid_value", "it takes a whole number from 0 to 65535.", ": twi sandbox --help"),
    ("logs slow --limit=0", "invalid_value", "a whole number from 1 to 10,000.", ": twi logs slow --help"),
    ("logs slow --since=noon", "invalid_value", "it takes a time such as", ": twi logs slow --help"),
    ("links tags --guild=x", "invalid_value", "--guild can't be “x”: it takes an id", ": twi links tags --help"),
    (
        f"links get --title a --title b {GUILD}",
        "repeated_option",
        "--title appears",
        f"twi links get 'world map' {GUILD}",
    ),
    ("sandbox --port 1 --port 2", "repeated_option", "--port appears more than once.", ": twi sandbox --help"),
    ("links add --title x y", "unnamed_value", "“y” needs", "mean: twi links add --title x --content=y"),
    ("links add x --title y", "unnamed_value", "“x” needs", "mean: twi links add --content=x --title y"),
    ("db downgrade base", "not_confirmed", "deletes", "then run: twi db downgrade base --yes"),
]


def suggested(ran: Ran) -> list[str]:
    """Return the words of the line that the hint of a refusal shows, behind `twi`."""
    hint = next(line for line in ran.err.splitlines() if line.startswith("hint: "))
    program, *words = shlex.split(hint[hint.index(": twi") + 1 :])
    assert program == "twi"
    return words


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake[0])
def test_a_mistake_is_explained_with_the_line_to_type(mistake: tuple[str, ...], twi: Twi) -> None:
    """Each mistake has a code, exit code 2, our own words, and a hint whose line is understood as it stands."""
    typed, code, *expected = mistake
    ran = twi(*typed.split())
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert f"code:  cli.{code}\n" in ran.err
    for part in expected:
        assert part in ran.err
    assert not THEIRS.search(ran.err)
    assert twi(*suggested(ran)).code != Exit.USAGE


def test_what_is_repeated_is_quoted_harmless_and_no_longer_than_a_line(twi: Twi) -> None:
    """Words with blanks are quoted, control characters written out, and a line that is too long gives way to help."""
    assert suggested(twi("links", "ad", "world map", "it's")) == ["links", "add", "world map", "it's"]
    ran = twi("links", "ad", "a\x1b[2J\u202e\u2028\n")
    assert "\\x1b[2J\\u202e\\u2028\\n" in ran.err
    assert ran.err.translate({10: None}).isprintable()
    assert suggested(twi("links", "ad", "x" * LINE)) == ["links", "--help"]
    long = twi("links", "get", "x", "--guild=1", "--bogus" + "x" * 10_000)
    assert len(long.err) < 500


def test_json_has_the_same_words(twi: Twi) -> None:
    """A program gets the same code, message and hint, in one line."""
    error = twi("links", "tags", "--output=jsn", "--output=json").error
    assert error["code"] == "cli.repeated_option"
    error = twi("links", "get", "--output=json").error
    assert (error["code"], error["message"]) == ("cli.missing_value", "A value for --title is missing.")
    assert error["hint"].startswith("Add it, for example: twi links get ")


def kinds(of: type[CycloptsError]) -> set[type[CycloptsError]]:
    return {of}.union(*(kinds(each) for each in of.__subclasses__()))


IN_LINES: Final = {UnknownOptionError, RepeatArgumentError, ArgumentOrderError}
"""Errors that can't be without a word of the line; the mistakes above have them."""


@pytest.mark.parametrize("kind", sorted(kinds(CycloptsError) - IN_LINES, key=str))
def test_no_error_of_the_parser_reaches_people(kind: type[CycloptsError]) -> None:
    """Every error that cyclopts has is answered with a code of ours, even where it carries nothing but its text."""
    mistake = Mistake(build_app(), ["links", "get"])
    error = mistake.error(kind(msg="theirs"))
    assert error.code in USAGE_CODES
    assert "theirs" not in error.message(mistake.wording()) + error.hint(mistake.wording())


@pytest.mark.parametrize(
    "line",
    [
        "links.tags",
        "link tags",
        "Links tags",
        "LINK Tags",
        "link.tags",
        "links-tags",
        "/links tags",
    ],
)
def test_a_command_is_found_by_every_spelling_of_its_name(line: str, twi: Twi) -> None:
    """The name of an operation, the singular, other letters: all run the same command, and help shows it."""
    expected = twi("links", "tags", GUILD.replace(" ", "="))
    assert expected.code == Exit.OK
    assert twi(*line.split(), GUILD.replace(" ", "=")) == expected
    shown = twi("links", "tags", "--help")
    assert twi(*line.split(), "--help") == shown
    assert twi("help", *line.split()) == shown


def test_names_of_several_words_are_found_too(twi: Twi) -> None:
    """Underscores and hyphens are the same, also in the groups that are no context; what is misspelt is suggested."""
    for words in (["links.suggest_tags"], ["links", "suggest_tags"], ["Link", "Suggest-Tags"]):
        assert twi(*words, "--help").out == twi("links", "suggest-tags", "--help").out
    assert twi("log.summary", "--help").out == twi("logs", "summary", "--help").out
    assert "Did you mean: twi links list" in twi("links.lst").err
    assert twi("links", "get", "Map.Of_it", GUILD.replace(" ", "=")).err.startswith(
        "error: There's no link called “Map.Of"
    )


def test_help_is_a_command_too(twi: Twi) -> None:
    """`twi help` is `twi --help`; of a command that doesn't exist it says so."""
    assert twi("help") == twi("--help")
    assert twi("Help") == twi("--help")
    assert twi("help", "links") == twi("links", "--help")
    assert twi("help", "db", "status") == twi("db", "status", "--help")
    ran = twi("help", "lnks")
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert "There's no command “twi lnks”." in ran.err


@pytest.mark.parametrize("singular", ["link", "permission", "limit", "setting", "failure", "token"])
def test_a_context_is_also_found_by_its_singular(singular: str, twi: Twi) -> None:
    """`twi link` is `twi links`, as Discord's group is called, and is not listed a second time."""
    assert twi(singular, "--help").out == twi(f"{singular}s", "--help").out
    assert f"  {singular} " not in twi("--help").out


def test_every_code_of_a_command_line_ends_with_2() -> None:
    """The codes that end with 2 are registered ones of the command line."""
    import_every_code()
    assert {code for code in registered_errors() if code.startswith("cli.")} > set(USAGE_CODES)


def test_the_probe_knows_the_parsers_words() -> None:
    """What the parser itself says of a mistake is found by the pattern that must not match."""
    app = App("probe", result_action="return_value")

    @app.default
    def command(title: str, *, number: int = 1) -> None:
        """Do nothing."""

    for typed in (["a", "b"], ["a", "--number=x"], ["--title"], ["a", "--number=1", "--number=2"]):
        with pytest.raises(CycloptsError) as found:
            app(typed, exit_on_error=False, print_error=False)
        assert THEIRS.search(str(found.value)), typed


REPEATED: Final = {
    f"links edit a --tag --preview {GUILD}": f"twi links edit a --tag maps --preview {GUILD}",
    f"links add --content=x --tag t --as moderator {GUILD}": (
        f"twi links add 'world map' x --tag t --as moderator {GUILD}"
    ),
    f"limits set links.get --amount 0 --seconds 60 {GUILD}": f"twi limits set links.get 10 60 {GUILD}",
    f"links edit a --tag ' ' --content text {GUILD}": f"twi links edit a --content text --tag maps {GUILD}",
}


@pytest.mark.parametrize("typed", REPEATED)
def test_a_hint_repeats_what_was_typed(twi: Twi, typed: str) -> None:
    """Only what is missing or wrong is replaced by an example, so that the line does what was meant."""
    assert REPEATED[typed] in twi(*shlex.split(typed)).err
