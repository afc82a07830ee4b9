"""Sliding windows in Redis, shared by all processes that use it."""

from collections.abc import Iterator, Sequence
from typing import Final, final

from redis.asyncio import Redis

from twi_cache.round_trips import PATIENCE, RoundTrips
from twi_core.kernel.limiting import LOG_LIMIT, Decision, Window, WindowState, decided

PREFIX: Final = "{twi}:limit:"
"""How the keys begin; the braces keep the windows of one call on one node of a cluster."""

SCRIPT: Final = """
-- KEYS: one for each window, a list of times (microseconds) and costs in turn, the oldest first.
-- ARGV: whether to count, then for each window its amount, its microseconds, its cost and its slot (0: none).
-- Where the clock was set back, what is later than the call after it, or than now, was made by then at the latest.
-- Answers for each window what is used, the wait, and the time until there is more room.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local answer, windows, room = {}, {}, true
for i, key in ipairs(KEYS) do
  local amount, per, cost, slot = unpack(ARGV, 4 * i - 2, 4 * i + 1)
  local log, gone, used = redis.call('LRANGE', key, 0, -1), 0, 0
  local later = now
  for j = #log - 1, 1, -2 do
    if log[j] - later > 0 then
      log[j] = later
      redis.call('LSET', key, j - 1, string.format('%.0f', later))
    end
    later = log[j]
    if later + per <= now then gone = gone + 2 else used = used + log[j + 1] end
  end
  local missing, wait, reset = used + cost - amount, 0, 0
  if gone < #log then reset = log[gone + 1] + per - now end
  if missing > 0 then
    room, wait = false, tonumber(per)
    for j = gone + 1, #log, 2 do
      missing = missing - log[j + 1]
      if missing <= 0 then wait = log[j] + per - now break end
    end
  end
  windows[i] = {log = log, gone = gone, per = per, cost = cost, slot = tonumber(slot)}
  for _, figure in ipairs({used, wait, reset}) do answer[#answer + 1] = figure end
end
if ARGV[1] == '1' and room then
  for i, key in ipairs(KEYS) do
    local w = windows[i]
    local last = w.log[#w.log - 1]
    if w.gone > 0 then redis.call('LTRIM', key, w.gone, -1) end
    if w.slot > 0 and w.gone < #w.log and math.floor(last / w.slot) == math.floor(now / w.slot) then
      redis.call('LSET', key, -2, string.format('%.0f', now))
      redis.call('LSET', key, -1, w.log[#w.log] + w.cost)
    else
      redis.call('RPUSH', key, string.format('%.0f', now), w.cost)
    end
    redis.call('PEXPIRE', key, math.ceil(w.per / 1000))
  end
end
return answer
"""

_MICROSECONDS: Final = 1_000_000
_TOO_MUCH: Final = 2**53
"""Beyond this the script cannot count exactly: no answer of it."""


@final
class RedisLimiter:
    """Count calls by the clock of the server; one script looks at all windows of a call and counts it.

    A server that doesn't answer within some seconds, its `patience`, is given up; see `RoundTrips`.
    """

    def __init__(self, client: "Redis", patience: float = PATIENCE) -> None:
        self._script = RoundTrips(client, SCRIPT, patience)

    async def acquire(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`.

        Raises:
            Exception: the server cannot be reached in time, refuses, or is no Redis.
        """
        return decided(windows, await self._standings(windows, counting=True), counted=True)

    async def peek(self, windows: Sequence[Window], /) -> Decision:
        """See `Limiter`; raises as `acquire` does."""
        return decided(windows, await self._standings(windows, counting=False), counted=False)

    async def aclose(self) -> None:
        """Ask the server nothing more."""
        await self._script.aclose()

    async def _standings(self, windows: Sequence[Window], *, counting: bool) -> list[WindowState]:
        keys = [_key(window) for window in windows]
        arguments = [int(counting), *(figure for window in windows for figure in _figures(window))]
        return list(_read(await self._script.run(keys, arguments), len(windows)))


def _key(window: Window) -> str:
    return f"{PREFIX}{window.name}:{window.guild:d}:{window.user:d}:{window.rate.per:g}"


def _figures(window: Window) -> tuple[int, int, int, int]:
    amount, length = window.rate.amount, round(window.rate.per * _MICROSECONDS)
    return amount, length, window.cost, length // LOG_LIMIT if amount > LOG_LIMIT else 0


def _read(answer: object, windows: int) -> Iterator[WindowState]:
    """Read what the script answered; whatever else speaks on the port is not believed."""
    given = answer if isinstance(answer, list) else []
    figures = [figure for figure in given if type(figure) is int and 0 <= figure < _TOO_MUCH]
    if len(figures) != 3 * windows or len(given) != len(figures):
        raise ValueError("the server does not answer as a Redis does")
    for used, wait, reset in zip(*[iter(figures)] * 3, strict=True):
        yield WindowState(used, wait / _MICROSECONDS, reset / _MICROSECONDS)
