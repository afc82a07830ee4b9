"""The search for canaries finds them."""

from tests.integration.canaries.canaries import CANARIES
from tests.integration.canaries.sinks import Sinks


def test_the_search_finds_each_canary_where_it_is() -> None:
    """A canary is found wherever it is: in plain text, in JSON and in a Python text."""
    for canary in CANARIES:
        sinks = Sinks()
        sinks.add("log", f"something {canary.text} else")
        sinks.add("answer", repr({"text": canary.text}))
        assert len({leak.partition(" in ")[2].partition(":")[0] for leak in sinks.leaks()}) == 2, str(canary)


def test_there_are_twelve_sorts() -> None:
    """No sort of secret is there twice."""
    assert len({canary.needle for canary in CANARIES}) == len(CANARIES) >= 12
