"""Hostile inputs through the command line: the code of each, no traceback, and nothing lost of what is accepted."""

import json
import math
from typing import Final

from tests.each import for_each
from tests.hostile import (
    HOSTILE_BODIES,
    HOSTILE_CONTENTS,
    HOSTILE_CURSORS,
    HOSTILE_IDS,
    HOSTILE_JSON,
    HOSTILE_QUERIES,
    HOSTILE_TAGS,
    HOSTILE_TITLES,
    Body,
    Fields,
    Text,
    Value,
)
from tests.unit.cli.conftest import Ran, Twi
from twi_core.kernel.errors import registered_errors
from twi_runtime.process.exits import EXITS, Exit

CALL: Final = ("--guild=9001", "--output=json")


def answered(ran: Ran, code: str | None) -> None:
    """Check that a command was refused with a code and its exit code, or succeeded where there is none."""
    if code is None:
        assert ran.code == Exit.OK, ran.err
    else:
        assert ran.out == ""
        assert ran.error["code"] == code
        assert ran.code == EXITS[registered_errors()[code].kind]
        assert ran.err.isascii(), "nothing in it can act on a terminal"


def given(case: Text) -> bool:
    """Return whether a process could be given the text as an argument."""
    return "\x00" not in case.text and len(case.text) < 30_000


@for_each("case", [case for case in HOSTILE_TITLES if given(case)])
def test_titles(case: Text, twi: Twi) -> None:
    """A title is refused with its code, or kept as written."""
    ran = twi("links", "add", *CALL, "--content=x", f"--title={case.text}")
    answered(ran, case.code)
    assert case.code or ran.result["title"] == case.kept


@for_each("case", [case for case in HOSTILE_TAGS if given(case)])
def test_tags(case: Text, twi: Twi) -> None:
    """A tag is refused with its code, or kept as written."""
    ran = twi("links", "add", *CALL, "title", "content", f"--tag={case.text}")
    answered(ran, case.code)
    assert case.code or ran.result["tag"] == case.kept


@for_each("case", [case for case in HOSTILE_CONTENTS if given(case)])
def test_contents(case: Text, twi: Twi) -> None:
    """A content is refused with its code, or kept as written; as text it is shown without effect."""
    ran = twi("links", "add", *CALL, "--title=x", f"--content={case.text}")
    answered(ran, case.code)
    assert case.code or ran.result["content"] == case.kept
    shown = twi("links", "add", "--guild=9001", "--title=x", f"--content={case.text}").out
    assert not [
        c for c in shown if c not in "\n\t" and (c < " " or "\x7f" <= c < "\xa0" or c in "\u2028\u2029\u202e\u2067")
    ]


@for_each("case", [case for case in HOSTILE_QUERIES if given(case)])
def test_queries(case: Text, twi: Twi) -> None:
    """A query is refused with its code, or finds nothing where there is nothing."""
    answered(twi("links", "search", *CALL, "--", case.text), case.code)


@for_each("case", [case for case in HOSTILE_CURSORS if given(case)])
def test_cursors(case: Text, twi: Twi) -> None:
    """A cursor that no page returned is refused."""
    answered(twi("links", "tags", *CALL, f"--after={case.text}"), case.code)


@for_each("case", HOSTILE_IDS)
def test_ids(case: Value, twi: Twi) -> None:
    """An id is refused with its code in JSON, and, where it is a text, as an option too."""
    raw = json.dumps({"title": "x", "to": case.given})
    no_number = isinstance(case.given, float) and not math.isfinite(case.given)
    strict = "input.malformed" if no_number else case.code
    answered(twi("call", "links.transfer", "-", *CALL, stdin=raw.encode()), strict or "links.not_found")
    if isinstance(case.given, str) and "\x00" not in case.given:
        ran = twi("links", "transfer", *CALL, "--title=x", f"--to={case.given}")
        answered(ran, case.code or "links.not_found")


@for_each("case", HOSTILE_IDS)
def test_ids_of_the_caller(case: Value, twi: Twi) -> None:
    """An invalid id of the caller is refused by the command line itself."""
    if isinstance(case.given, str):
        ran = twi("links", "get", "x", *CALL, f"--actor={case.given}")
        assert ran.code == (Exit.USAGE if case.code else Exit.NOT_FOUND)


@for_each("case", HOSTILE_JSON)
def test_json(case: Body, twi: Twi) -> None:
    """JSON that is broken, ambiguous, too deep or too large is refused, and the message says what is wrong."""
    ran = twi("call", "links.add", "-", *CALL, stdin=case.given)
    answered(ran, case.code)
    assert case.says in ran.error["message"]


@for_each("case", HOSTILE_BODIES)
def test_bodies(case: Fields, twi: Twi) -> None:
    """Unknown, missing or mistyped parameters are named; nobody gains rights through them."""
    ran = twi("call", "links.add", json.dumps(case.given), *CALL)
    answered(ran, case.code)
    assert case.says in ran.error["message"]
