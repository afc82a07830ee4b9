"""What is announced reaches its listeners, whatever any of them does with it."""

import pytest

from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations

ONE, OTHER = GuildId(1), GuildId(2)


def test_each_listener_gets_its_topic_only() -> None:
    """A change is announced to all who subscribed to its topic, with its guild, and to nobody else."""
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


def test_a_general_invalidation_reaches_everybody() -> None:
    """A general invalidation reaches every listener of every topic once."""
    invalidations = Invalidations()
    announced: list[tuple[str, GuildId | None]] = []
    invalidations.subscribe("a", lambda guild: announced.append(("a", guild)))
    invalidations.subscribe("a", lambda guild: announced.append(("a too", guild)))
    invalidations.subscribe("b", lambda guild: announced.append(("b", guild)))
    invalidations.publish_everything()
    assert announced == [("a", None), ("a too", None), ("b", None)]


def test_invalidations_are_not_live_before_a_storage_says_so() -> None:
    """When no storage publishes, caches keep nothing: new invalidations are not live."""
    assert Invalidations().live is False


def test_a_bug_in_a_listener_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """A listener that raises harms neither the publisher nor the listeners after it, and is logged with its trace."""
    invalidations = Invalidations()
    announced: list[GuildId | None] = []

    def fail(_: GuildId | None) -> None:
        raise ZeroDivisionError("in a listener")

    invalidations.subscribe("a", fail)
    invalidations.subscribe("a", announced.append)
    invalidations.publish("a", ONE)
    invalidations.publish_everything()
    assert announced == [ONE, None]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert caplog.text.count("ZeroDivisionError: in a listener") == 2


def test_a_listener_may_subscribe_others() -> None:
    """A subscription during an announcement disturbs nobody and takes effect afterwards."""
    invalidations = Invalidations()
    late: list[GuildId | None] = []

    def listen(_: GuildId | None) -> None:
        invalidations.subscribe("a", late.append)
        invalidations.subscribe(f"topic {len(late)}", late.append)

    invalidations.subscribe("a", listen)
    invalidations.publish("a", ONE)
    assert late == []
    invalidations.publish_everything()
    assert late == [None, None]
