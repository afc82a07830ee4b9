"""What is announced reaches those who asked for it, whatever any of them does with it."""

import pytest

from twi_core.kernel.announcements import Announcements
from twi_core.kernel.ids import GuildId

ONE, OTHER = GuildId(1), GuildId(2)


def test_each_hearer_hears_its_topic_only() -> None:
    """A change is told to all who subscribed to its topic, with its guild, and to nobody else."""
    announcements = Announcements()
    first: list[GuildId | None] = []
    second: list[GuildId | None] = []
    others: list[GuildId | None] = []
    announcements.subscribe("a", first.append)
    announcements.subscribe("a", second.append)
    announcements.subscribe("b", others.append)
    announcements.publish("a", ONE)
    announcements.publish("a", OTHER)
    announcements.publish("nobody listens to this", ONE)
    assert first == second == [ONE, OTHER]
    assert others == []


def test_everything_is_told_to_everybody() -> None:
    """That anything may have changed is told once to every hearer of every topic."""
    announcements = Announcements()
    heard: list[tuple[str, GuildId | None]] = []
    announcements.subscribe("a", lambda guild: heard.append(("a", guild)))
    announcements.subscribe("a", lambda guild: heard.append(("a too", guild)))
    announcements.subscribe("b", lambda guild: heard.append(("b", guild)))
    announcements.publish_everything()
    assert heard == [("a", None), ("a too", None), ("b", None)]


def test_nothing_counts_as_heard_before_a_storage_says_so() -> None:
    """Where no storage publishes, caches keep nothing: new announcements are not live."""
    assert Announcements().live is False


def test_a_bug_in_a_hearer_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """A hearer that raises harms neither who publishes nor the hearers after it, and is logged with its trace."""
    announcements = Announcements()
    heard: list[GuildId | None] = []

    def fail(_: GuildId | None) -> None:
        raise ZeroDivisionError("in a hearer")

    announcements.subscribe("a", fail)
    announcements.subscribe("a", heard.append)
    announcements.publish("a", ONE)
    announcements.publish_everything()
    assert heard == [ONE, None]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert caplog.text.count("ZeroDivisionError: in a hearer") == 2


def test_a_hearer_may_subscribe_others() -> None:
    """Who subscribes while something is announced disturbs nobody and hears what comes after."""
    announcements = Announcements()
    late: list[GuildId | None] = []

    def hear(_: GuildId | None) -> None:
        announcements.subscribe("a", late.append)
        announcements.subscribe(f"topic {len(late)}", late.append)

    announcements.subscribe("a", hear)
    announcements.publish("a", ONE)
    assert late == []
    announcements.publish_everything()
    assert late == [None, None]
