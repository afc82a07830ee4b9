"""Lines to paste: what a shell reads in them is what they were made of."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shells import PASTED, in_bash
from twi_cli.output.typed import shell_line
from twi_cli.output.wording import Given, ShellWording, operation_called
from twi_runtime.plain import plain

ARGUMENTS: Final = st.text(st.characters(exclude_characters="\x00", codec="utf-8"))
"""What a process can be given as an argument."""


@pytest.mark.parametrize("value", PASTED)
def test_a_hostile_word_is_read_as_it_is(value: str) -> None:
    """Quotes, options, substitutions, control characters: nothing is run, lost, split or changed."""
    line = shell_line(["twi", value, "end"])
    assert in_bash(line) == ["twi", value, "end"]
    assert plain(line) == line, "nothing in it acts on a terminal"


@given(words=st.lists(ARGUMENTS, min_size=1, max_size=20))
def test_any_words_are_read_as_they_are(words: list[str]) -> None:
    """A line stands for its words alone, in one line that is harmless in a terminal."""
    line = shell_line(words)
    assert in_bash(line) == words
    assert plain(line) == line


def test_bytes_that_are_no_text_are_kept() -> None:
    """An argument need not be UTF-8; Python holds its bytes as halves of surrogate pairs."""
    assert in_bash(shell_line(["caf\udce9"])) == ["caf\udce9"]


def test_zsh_expands_no_word() -> None:
    """A word that begins with an equals sign would be a command's path in zsh."""
    assert shell_line(["=ls"]) == "'=ls'"


@pytest.mark.parametrize(("given_", "option"), [("yes", "--resolved"), ("no", "--no-resolved"), ("", "--resolved")])
def test_a_switch_has_the_value_it_is_given(given_: str, option: str) -> None:
    """A line that names a switch says whether it is on; without a value it is on, as in its example."""
    assert ShellWording().command("failures.list", {"resolved": given_}) == f"twi failures list {option}"


def test_a_list_is_one_option_for_each_item() -> None:
    """One value for a list of them is a list of one; what JSON has in a list is one option each."""
    line = ShellWording().command("tokens.create", {"guilds": "7"})
    assert line is not None
    assert in_bash(line)[-2:] == ["--guilds", "7"]
    called = operation_called("tokens.create")
    again = ShellWording(None, called, Given({"name": "a b", "guilds": ["7", "8"]}, {}, as_json=True)).again(
        "level", "moderator"
    )
    assert again == "twi tokens create 'a b' --level moderator --guilds 7 --guilds 8"
    nothing = ShellWording(None, called, Given({"name": "a b", "guilds": []}, {}, as_json=True))
    assert nothing.again("level", "moderator") is None, "an empty list has no option"
