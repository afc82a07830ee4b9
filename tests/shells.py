"""Shells, for lines that people paste into one."""

import subprocess
from typing import Final


def in_bash(line: str) -> list[str]:
    """Return the words of a line as bash reads them."""
    ran = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True)
    return ran.stdout.decode(errors="surrogateescape").split("\0")[:-1]


PASTED: Final = (
    'say "hi"',
    "it's",
    "'",
    "'quoted'",
    "--x",
    "-x y",
    "--",
    "$(id)",
    "$HOME ${HOME}",
    "`id`",
    "a\nb",
    "a\\nb",
    "a\tb",
    "\\",
    "it's\nhere!",
    "wow!",
    "!!",
    "a;b|c&d>e<f",
    "*?[a]{b,c}",
    "~",
    "#tag",
    "=ls",
    "a=b",
    "%s %d",
    "{title}",
    "x" * 81,
    "é" * 90,
    "y" * 100,
    "👩‍🚀🎉",
    "“curly” ‘quotes’",  # noqa: RUF001  # they are the point
    "\u202eevil",
    "zero\u200bwidth",
)
"""Values that a line must carry unchanged: to quote them wrongly is to lose, split, expand or run them."""
