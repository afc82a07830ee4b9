"""How answers about permissions look in a terminal."""

import pytest

from tests.unit.cli.conftest import Twi

GUILD = "--guild=9001"


@pytest.mark.parametrize(
    "asked", [("check", "7", "links.add"), ("overview", "7"), ("simulate", "grant", "links.add", "--user=7")]
)
def test_what_is_supposed_about_somebody_is_said(twi: Twi, asked: tuple[str, ...]) -> None:
    """No bot runs here, so nothing is known of a user, and people and programs can read that."""
    assert "because Discord can't be asked" in twi("permissions", *asked, GUILD).out
    assert twi("permissions", *asked, GUILD, "--output=json").result["supposed"] is True


def test_a_trial_run_names_whom_it_is_about(twi: Twi) -> None:
    """A user of whom nothing is known and the holders of a role are reported by level."""
    for subject in ("--user=7", "--role=9001"):
        shown = twi("permissions", "simulate", "deny", "links.view", subject, GUILD).out
        assert "links.view: the level everyone would lose it" in shown
    assert "nothing for this user" in twi("permissions", "simulate", "grant", "links.view", "--user=7", GUILD).out
