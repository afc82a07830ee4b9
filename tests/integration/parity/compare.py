"""Compare what every entrypoint answers with what the library answers."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from tests.contexts import Call
from tests.integration.parity.entrypoints import (
    WHILE_TYPING,
    Answer,
    Answers,
    described,
    operation_of,
    play_cli,
    play_discord,
    play_http,
    play_library,
)
from tests.integration.parity.world import LEVELS, cast, offered
from twi_cli.output.wording import Given, ShellWording
from twi_core.kernel.context import Origin
from twi_core.kernel.ids import GuildId
from twi_core.kernel.permissions import Level
from twi_core.kernel.schemas import WRONG_TYPE
from twi_core.kernel.wording import Wording
from twi_http.wording import RequestWording

ENTRYPOINTS: Final[Mapping[str, Origin]] = {
    "shown": Origin.DISCORD,
    "shown as written": Origin.DISCORD,
    "slash": Origin.DISCORD,
    "prefix": Origin.DISCORD,
    "typed": Origin.CLI,
    "call": Origin.CLI,
    "http": Origin.HTTP,
}
"""Entrypoints by their names here: `shown` is what Discord should answer, `typed` and `call` are
the two ways of the command line."""

NO_SUCH: Final = {"operations.unknown", "guild.required"}
"""What HTTP answers for an operation that is closed to it."""


def play(calls: Sequence[Call]) -> tuple[list[Answer], dict[str, Answers]]:
    """Play the calls through the library and through every entrypoint."""
    played: dict[str, Answers] = asyncio.run(play_discord(calls))
    played |= play_cli(calls)
    played["http"] = asyncio.run(play_http(calls))
    return asyncio.run(play_library(calls)), played


def alike(calls: Sequence[Call]) -> tuple[list[Answer], dict[str, Answers]]:
    """Play the calls, and check that every entrypoint that can carry a call answers it as the library does."""
    truths, played = play(calls)
    for number, (call, truth) in enumerate(zip(calls, truths, strict=True)):
        for entrypoint, answers in played.items():
            answer = answers[number]
            if answer is None:
                continue
            if ENTRYPOINTS[entrypoint] in operation_of(call).policy.closed_to:
                assert answer.code in NO_SUCH, (entrypoint, str(call))
                continue
            check(entrypoint, call, truth, answer)
        for way, expected in (("slash", "shown"), ("prefix", "shown as written")):
            answer, shown = played[way][number], played[expected][number]
            if answer is not None and shown is not None:
                assert answer.text == shown.text, str(call)
    return truths, played


def check(entrypoint: str, call: Call, truth: Answer, answer: Answer) -> None:
    """Check one answer against the library's: code, state, and whatever of the value the entrypoint shows."""
    where = f"{entrypoint}: {call}"
    kept = {"tokens"} if entrypoint == "http" else set()  # those that the callers themselves carry
    assert answer.state == {table: rows for table, rows in truth.state.items() if table not in kept}, where
    if answer.suggested is not None:
        assert answer.suggested == ([] if truth.code else suggestions(call, truth)), where
        return
    assert answer.code == truth.code, where
    if answer.words is not None and truth.error is not None:
        wording = wording_at(entrypoint, call)
        expected = (truth.error.message(wording), truth.error.hint(wording))
        if entrypoint == "http" and answer.code == WRONG_TYPE.code:
            # JSON has truth values and numbers, so that HTTP takes no words for them; it says so in its own words.
            assert answer.words[0].partition(":")[0] == expected[0].partition(":")[0], where
        else:
            assert answer.words == expected, where
    if answer.text is None:
        assert answer.value == truth.value, where


def wording_at(entrypoint: str, call: Call) -> Wording:
    """Return how an entrypoint words what a call is refused with."""
    operation = operation_of(call)
    guild = GuildId(cast()[0]) if call.guild and (operation.policy.guild or entrypoint == "call") else None
    if entrypoint == "http":
        within = guild if operation.policy.guild else None
        return RequestWording(offered().operations(), within, operation, call.raw)
    level, caller = LEVELS[call.who], {}
    if entrypoint == "call" or "actor" not in described(call):
        caller = {"actor": ("--actor", str(cast()[1][call.who]))}
        caller |= {} if level is Level.EVERYONE else {"as_": ("--as", level.label)}
    return ShellWording(guild, operation, Given(call.raw, caller, as_json=entrypoint == "call"))


def suggestions(call: Call, truth: Answer) -> list[str]:
    """Return the values that a list of things is suggested as."""
    part = WHILE_TYPING[call.name][2]
    assert isinstance(truth.value, list)
    return [item if isinstance(item, str) else item[part] or "Untagged" for item in truth.value]
