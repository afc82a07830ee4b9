"""Run benchmarks: `python -m benchmarks`, with `--quick` to check that they work; names select some of them."""

import asyncio
import platform
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from benchmarks import autocomplete, dispatch, fairness, limits, many_contexts, slash, startup

Measure = Callable[[bool], Awaitable[str]]

EVERY: Final[Mapping[str, Measure]] = {
    "dispatch": lambda quick: dispatch.run(2 if quick else 9, 200 if quick else 3000),
    "slash": lambda quick: slash.run(2 if quick else 9, 20 if quick else 200),
    "autocomplete": lambda quick: autocomplete.run(2_000 if quick else 100_000, 5 if quick else 40),
    "startup": lambda quick: startup.run(2 if quick else 7),
    "many": lambda quick: many_contexts.run(2 if quick else 9),
    "limits": lambda quick: limits.run(2 if quick else 9, 200 if quick else 3000),
    "fairness": lambda quick: fairness.run(1 if quick else 5, 3 if quick else 15),
}
"""Every benchmark by name."""


async def main(names: Sequence[str], *, quick: bool) -> None:
    """Run the benchmarks, and print each table when it is ready."""
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}\n")
    for name in names or EVERY:
        print(await EVERY[name](quick), flush=True)


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--quick"]
    if unknown := [name for name in given if name not in EVERY]:
        sys.exit(f"there is no benchmark called {unknown[0]}; choose from {', '.join(EVERY)}")
    asyncio.run(main(given, quick="--quick" in sys.argv[1:]))
