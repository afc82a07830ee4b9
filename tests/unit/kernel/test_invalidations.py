"""What is announced reaches those who asked for it, whatever any of them does with it."""

import pytest

from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations

ONE, OTHER = GuildId(1), GuildId(2)


def test_each_hearer_hears_its_topic_only() -> None:
    """A change is told to all who subscribed to its topic, with its guild, and to nobody else."""
    invalidations = Invalidations()
    first: list[GuildId | None] = []
    second: list[GuildId | None] = []
    others: list[GuildId | None] = []
    invalidations.subscribe("a", first.append)
    invalidations.subscribe("a", second.append)
    invalidations.subscribe("b", others.append)
    invalidations.publish("a", ONE)
    invalidations.publish("a", OTHER)
    invalidations.publish("nobody listens to this", ONE)
    assert first == second == [ONE, OTHER]
    assert others == []


def test_everything_is_told_to_everybody() -> None:
    """That anything may have changed is told once to every hearer of every topic."""
    invalidations = Invalidations()
    heard: list[tuple[str, GuildId | None]] = []
    invalidations.subscribe("a", lambda guild: heard.append(("a", guild)))
    invalidations.subscribe("a", lambda guild: heard.append(("a too", guild)))
    invalidations.subscribe("b", lambda guild: heard.append(("b", guild)))
    invalidations.publish_everything()
    assert heard == [("a", None), ("a too", None), ("b", None)]


def test_nothing_counts_as_heard_before_a_storage_says_so() -> None:
    """Where no storage publishes, caches keep nothing: new invalidations are not live."""
    assert Invalidations().live is False


def test_a_bug_in_a_hearer_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """A hearer that raises harms neither who publishes nor the hearers after it, and is logged with its trace."""
    invalidations = Invalidations()
    heard: list[GuildId | None] = []

    def fail(_: GuildId | None) -> None:
        raise ZeroDivisionError("in a hearer")

    invalidations.subscribe("a", fail)
    invalidations.subscribe("a", heard.append)
    invalidations.publish("a", ONE)
    invalidations.publish_everything()
    assert heard == [ONE, None]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert caplog.text.count("ZeroDivisionError: in a hearer") == 2


def test_a_hearer_may_subscribe_others() -> None:
    """Who subscribes while something is announced disturbs nobody and hears what comes after."""
    invalidations = Invalidations()
    late: list[GuildId | None] = []

    def hear(_: GuildId | None) -> None:
        invalidations.subscribe("a", late.append)
        invalidations.subscribe(f"topic {len(late)}", late.append)

    invalidations.subscribe("a", hear)
    invalidations.publish("a", ONE)
    assert late == []
    invalidations.publish_everything()
    assert late == [None, None]
