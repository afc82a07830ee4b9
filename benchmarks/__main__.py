"""Run every measurement: `python -m benchmarks`, or `python -m benchmarks --quick` to see that they work."""

import asyncio
import platform
import sys

from benchmarks import autocomplete, dispatch, slash, startup


async def main(*, quick: bool) -> None:
    """Measure, and print each table when it is ready."""
    rounds = 2 if quick else 9
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}\n")
    print(await dispatch.run(rounds, 200 if quick else 3000), flush=True)
    print(await slash.run(rounds, 20 if quick else 200), flush=True)
    print(await autocomplete.run(2_000 if quick else 100_000, 5 if quick else 40), flush=True)
    print(await startup.run(2 if quick else 7), flush=True)


if __name__ == "__main__":
    asyncio.run(main(quick="--quick" in sys.argv[1:]))
