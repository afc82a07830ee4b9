"""Alternating timing of several pieces of work, so that a slow phase of the machine affects all of them."""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

Work = Callable[[], Awaitable[object]]


async def interleaved(works: Mapping[str, Work], *, rounds: int, calls: int) -> dict[str, list[float]]:
    """Return microseconds per call, one figure per round, for each named piece of work."""
    figures: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        for _ in range(max(calls // 10, 1)):
            await work()
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            started = time.perf_counter()
            for _ in range(calls):
                await work()
            figures[name].append((time.perf_counter() - started) / calls * 1e6)
            await asyncio.sleep(0)
    return figures


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [f"### {title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, ""])


def summary(figures: Sequence[float]) -> str:
    """Return the median of some figures, with the smallest and largest."""
    return f"{statistics.median(figures):.1f} ({min(figures):.1f} to {max(figures):.1f})"


def ratio(figures: Sequence[float], baseline: Sequence[float]) -> str:
    """Return the ratio of some figures to a baseline, as the median of the rounds' ratios."""
    return f"{statistics.median(one / other for one, other in zip(figures, baseline, strict=True)):.2f}"


def percentile(figures: Sequence[float], share: float) -> float:
    """Return the figure that a share (0 to 1) of the figures does not exceed."""
    return sorted(figures)[min(int(len(figures) * share), len(figures) - 1)]
