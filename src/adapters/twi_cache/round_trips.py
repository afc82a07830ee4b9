"""Runs of one script in Redis, many of them in each round trip."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias, final

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

PATIENCE: Final = 0.25
"""Seconds after which a server that doesn't answer is given up."""
BATCH: Final = 100
"""How many runs go into one round trip at most: few enough for a server under a crowd to answer them in time."""

_TURNS: Final = 5
"""The parts in which a patience is waited. Our own loop loses one while it is busy, and then reads the answer."""
_TOO_LONG: Final = 4
"""How many patiences a run waits for its round trip; a server that lets a crowd wait longer is too slow for it."""
_ENDING: Final = 1.0
"""Seconds that a cancelled round trip may take to end."""

_Answers: TypeAlias = list[object]


class _Run(NamedTuple):
    keys: Sequence[str]
    arguments: Sequence[int]
    answer: asyncio.Future[object]
    since: float


@final
class RoundTrips:
    """Runs of a script that are sent together: those that come during a round trip go into the next one.

    No run waits longer than five times the patience for the server. Where one is given up, all that wait for their
    round trip fail with it.
    """

    def __init__(self, client: "Redis", script: str, patience: float) -> None:
        self._client = client
        self._script = script
        self._name = client.register_script(script).sha
        self._turn = patience / _TURNS
        self._too_long = patience * _TOO_LONG
        self._waited = 0.0
        self._runs: list[_Run] = []
        self._sending: asyncio.Task[None] | None = None

    async def run(self, keys: Sequence[str], arguments: Sequence[int]) -> object:
        """Run the script.

        Raises:
            Exception: the server can't be reached, doesn't answer in time, refuses, or isn't understood.
        """
        answer = asyncio.get_running_loop().create_future()
        self._runs.append(_Run(keys, arguments, answer, self._waited))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(), name="round trips to Redis")
        found: object = await answer
        if isinstance(found, Exception):
            raise found
        return found

    async def aclose(self) -> None:
        """Break the round trip off that is under way."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait({self._sending}, timeout=2 * _ENDING)
        self._settle([ConnectionError("closed")] * len(self._runs))

    async def _send(self) -> None:
        while self._runs:
            batch = self._runs[:BATCH]
            answers = await self._in_time(asyncio.create_task(self._round_trip(batch)))
            if isinstance(answers, Exception):
                self._settle([answers] * len(self._runs))
                continue
            self._settle(answers)
            self._runs = [run for run in self._runs if not run.answer.done()]  # without those that were cancelled
            if self._runs and self._waited - self._runs[0].since >= self._too_long:
                self._settle([TimeoutError("too slow for all who ask")] * len(self._runs))

    def _settle(self, answers: Sequence[object]) -> None:
        """Answer the first runs."""
        settled, self._runs = self._runs[: len(answers)], self._runs[len(answers) :]
        for run, answer in zip(settled, answers, strict=True):
            if not run.answer.done():
                run.answer.set_result(answer)

    async def _in_time(self, asking: asyncio.Task[_Answers]) -> _Answers | Exception:
        now = asyncio.get_running_loop().time
        try:
            for _ in range(_TURNS):
                begun = now()
                answered, _ = await asyncio.wait({asking}, timeout=self._turn)
                self._waited += min(now() - begun, self._turn)
                if answered:
                    break
        finally:
            asking.cancel()
            await asyncio.wait({asking}, timeout=_ENDING)
        if not asking.done() or asking.cancelled():
            return TimeoutError("no answer in time")
        failure = asking.exception()
        if isinstance(failure, Exception):
            return failure
        return asking.result()

    async def _round_trip(self, runs: Sequence[_Run]) -> _Answers:
        answers = await self._pipelined(runs)
        unknown = [place for place, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:
            _, *again = await self._pipelined([runs[place] for place in unknown], ("SCRIPT LOAD", self._script))
            for place, answer in zip(unknown, again, strict=True):
                answers[place] = answer
        return answers

    async def _pipelined(self, runs: Sequence[_Run], *before: tuple[str, str]) -> _Answers:
        async with self._client.pipeline(transaction=False) as pipe:
            for command in before:
                pipe.execute_command(*command)
            for keys, arguments, *_ in runs:
                pipe.execute_command("EVALSHA", self._name, len(keys), *keys, *arguments)
            answers: _Answers = await pipe.execute(raise_on_error=False)
        return answers
