"""The library by itself, as a process."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.waiting import PATIENCE

EXAMPLE: Final = Path(__file__).parents[3] / "examples/library_only.py"

FOREIGN: Final = (
    "aiohttp", "alembic", "cyclopts", "discord", "litestar", "psycopg", "punq", "pydantic_settings", "rich", "simcord",
    "sqlalchemy", "twi_cli", "twi_discord", "twi_http", "twi_postgres", "twi_runtime", "uvicorn",
)  # fmt: skip
"""What a program that embeds only the core does not need."""

PROBE: Final = f"""
import runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
print("loaded:", sorted({{name.partition(".")[0] for name in sys.modules}} & set({FOREIGN!r})))
"""


def test_it_finds_and_refuses_in_words() -> None:
    """The example ends well and shows a link that is found, one that is misspelt, and an input that is refused."""
    done = subprocess.run([sys.executable, EXAMPLE], capture_output=True, text=True, check=True, timeout=PATIENCE * 3)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "found: https://wanderinginn.com/map",
        "refused: links.not_found - There's no link called “wolrd map” here. Did you mean “World Map”?",
        "refused: input.empty",
    ]


def test_it_loads_no_entrypoint_database_or_container() -> None:
    """Although every library is installed here, running the example imports none beyond the core's three."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, EXAMPLE], capture_output=True, text=True, check=True, timeout=PATIENCE * 3
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"
