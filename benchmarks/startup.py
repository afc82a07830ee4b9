"""The cost of importing, showing help, starting, and staying in memory."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import table

_READY = """
import asyncio, time
started = time.perf_counter()
from twi_runtime.opening.lifecycle import open_runtime
from twi_runtime.configuration.settings import load_settings
async def main():
    async with open_runtime(load_settings()):
        print(time.perf_counter() - started, int(open("/proc/self/statm").read().split()[1]) * 4 // 1024)
asyncio.run(main())
"""


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - started


async def run(rounds: int) -> str:
    """Run the benchmark, and return its table."""
    return await asyncio.to_thread(_run, rounds)


def _run(rounds: int) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TWI_")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    python = sys.executable
    twi = str(Path(python).with_name("twi"))
    bare = [_seconds([python, "-c", "pass"], environment) for _ in range(rounds)]
    rows = []
    for name, command in {
        "`import twi_core.application`": [python, "-c", "import twi_core.application"],
        "`import discord.ext.commands` (for comparison)": [python, "-c", "import discord.ext.commands"],
        "`twi --help`": [twi, "--help"],
        "`twi links add --help`": [twi, "links", "add", "--help"],
    }.items():
        _seconds(command, environment)
        figures = [_seconds(command, environment) for _ in range(rounds)]
        rows.append([name, f"{statistics.median(figures):.2f} s", f"{statistics.median(bare):.2f} s"])
    for name, extra in {
        "cold start to ready, memory": {"TWI_STORAGE": "memory"},
        "cold start to ready, embedded PostgreSQL, its first start": {},
        "cold start to ready, embedded PostgreSQL, later starts": {},
    }.items():
        rows.append([name, *_ready(environment | extra, python, first="first" in name, rounds=rounds)])
    return table("5. Start", ["", "median", "bare Python, or resident memory"], rows)


def _ready(environment: dict[str, str], python: str, *, first: bool, rounds: int) -> list[str]:
    base = Path("/var/lib/twi") if os.geteuid() == 0 else None
    if base is not None:
        base.mkdir(parents=True, exist_ok=True)
    seconds, megabytes = [], []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=base) as folder:
        Path(folder).chmod(0o755)
        for number in range(rounds if not first else min(rounds, 3)):
            data = Path(folder) / (str(number) if first else "data")
            ran = subprocess.run(
                [python, "-c", _READY], check=True, capture_output=True, env=environment | {"TWI_DATA_DIR": str(data)}
            )
            one, other = ran.stdout.split()
            seconds.append(float(one))
            megabytes.append(int(other))
    seconds = seconds if first or len(seconds) == 1 else seconds[1:]
    return [f"{statistics.median(seconds):.2f} s", f"{statistics.median(megabytes):.0f} MiB"]
