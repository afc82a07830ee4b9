"""Bugs are recognised by kind and place, and written without secrets, values or paths."""

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import NoReturn

import pytest
from typing_extensions import override

from twi_core.failures.domain import CHAIN_LIMIT, TRACE_LIMIT
from twi_core.failures.rules.fingerprints import FRAMES_LIMIT, MESSAGE_LIMIT, chain, recognise, written
from twi_core.kernel.redaction import Redactor

WHERE = "links.get"
TOKEN = "ghp_" + "a1B2" * 9


def plain(text: str) -> str:
    return text


def caught(run: Callable[[], object]) -> Exception:
    with pytest.raises((ValueError, KeyError)) as found:
        run()
    return found.value


def fail(message: object = "x") -> NoReturn:
    raise ValueError(message)


def fail_otherwise() -> NoReturn:
    raise KeyError("x")


def through(depth: int) -> NoReturn:
    if depth:
        through(depth - 1)
    fail()


def because_of_another() -> NoReturn:
    try:
        fail_otherwise()
    except KeyError as error:
        raise ValueError("x") from error


def while_another() -> NoReturn:
    try:
        fail_otherwise()
    except KeyError:
        raise ValueError("x")  # noqa: B904


def hiding_another() -> NoReturn:
    try:
        fail_otherwise()
    except KeyError:
        raise ValueError("x") from None


def moved(function: Callable[..., object], lines: int) -> Callable[[], object]:
    """Return a function as it is after lines were put in before it."""
    code: CodeType = function.__code__
    return FunctionType(code.replace(co_firstlineno=code.co_firstlineno + lines), globals())


def fingerprint(run: Callable[[], object], where: str = WHERE) -> str:
    return recognise(caught(run), where).fingerprint


def test_neither_words_nor_lines_nor_depth_matter() -> None:
    """The same bug is the same whatever its message, after the file was edited above it, and at any depth."""
    assert fingerprint(lambda: fail("one")) == fingerprint(lambda: fail("other"))
    assert fingerprint(moved(fail_otherwise, 7)) == fingerprint(fail_otherwise)
    assert fingerprint(lambda: through(2)) == fingerprint(lambda: through(50))


def test_place_kind_and_cause_matter() -> None:
    """Another function, type, cause or operation is another bug."""
    runs = (fail, fail_otherwise, because_of_another, hiding_another, lambda: fail(1), lambda: through(1))
    found = [fingerprint(run) for run in runs] + [fingerprint(fail, "links.add")]
    assert len(set(found)) == len(found)
    assert all(len(each) == 16 and set(each) <= set("0123456789abcdef") for each in found)


def test_the_chain_is_followed() -> None:
    """Causes and contexts are kinds of the bug, unless they were suppressed; so is what a group holds."""
    assert recognise(caught(because_of_another), WHERE).kinds == ("ValueError", "KeyError")
    assert recognise(caught(while_another), WHERE).kinds == ("ValueError", "KeyError")
    assert recognise(caught(hiding_another), WHERE).kinds == ("ValueError",)
    group = ExceptionGroup("x", [caught(because_of_another), caught(fail)])
    assert recognise(group, WHERE).kinds == ("ExceptionGroup", "ValueError", "ValueError", "KeyError")


def test_a_chain_without_end_ends() -> None:
    """Neither a cycle nor a long chain is followed forever."""
    one, other = ValueError("one"), KeyError("other")
    one.__cause__, other.__cause__ = other, one
    assert chain(one) == [one, other]
    long = ValueError(0)
    for number in range(1000):
        deeper = ValueError(number)
        deeper.__cause__ = long
        long = deeper
    assert len(chain(long)) == CHAIN_LIMIT
    nested: ExceptionGroup[Exception] = ExceptionGroup("x", [ValueError(1)])
    for _ in range(1000):
        nested = ExceptionGroup("x", [nested, nested, nested, nested])
    assert len(chain(nested)) <= CHAIN_LIMIT


def test_a_trace_names_functions_and_lines_the_innermost_first() -> None:
    """It says what was raised, where, and by which callers, for every exception of the chain; no path, no value."""
    secret_local = "a value"  # noqa: F841  # it must not appear
    lines = written(caught(because_of_another), plain).splitlines()
    assert lines[0] == "ValueError: x"
    assert lines[1].startswith(f"  {__name__}:because_of_another, line ")
    cause = lines.index("KeyError: 'x'")
    assert [line.partition(", line ")[0] for line in lines[cause + 1 :]] == [
        f"  {__name__}:fail_otherwise",
        f"  {__name__}:because_of_another",
    ]
    assert not [line for line in lines if "a value" in line or "/" in line]


def test_secrets_are_left_out_wherever_they_are() -> None:
    """In a message, an argument, a note, a cause or a group, also across the place where it is cut."""
    error = ValueError("password=hunter22", {"token": TOKEN})
    error.add_note(f"while sending {TOKEN}")
    error.__cause__ = KeyError(TOKEN)
    redact = Redactor(["hunter22"])
    for each in (error, ExceptionGroup(f"with {TOKEN}", [error])):
        text = written(each, redact)
        assert "hunter22" not in text
        assert TOKEN[:20] not in text
    for length in range(MESSAGE_LIMIT - 60, MESSAGE_LIMIT + 4_100, 13):
        for more in (0, 10, 5_000):
            text = written(ValueError("x " * (length // 2) + TOKEN + " y" * more), redact)
            assert TOKEN[:8] not in text, (length, more)
            assert len(text) > MESSAGE_LIMIT - 100


def test_a_trace_is_bounded_and_can_be_stored() -> None:
    """Megabytes, deep stacks, and characters that no storage takes or that deceive do no harm."""
    assert len(written(ValueError("x" * 5_000_000), plain)) <= MESSAGE_LIMIT + 10
    deep = written(caught(lambda: through(500)), plain).splitlines()
    assert len(deep) == FRAMES_LIMIT + 2
    assert deep[1].startswith(f"  {__name__}:fail,")
    many = ValueError("x" * 10_000)
    for _ in range(20):
        outer = ValueError("x" * 10_000)
        outer.__cause__ = many
        many = outer
    assert len(written(many, plain)) <= TRACE_LIMIT
    odd = written(ValueError("a\x00b\ud800c\u202ed\x1b[31m\ne\u2028f"), plain)
    assert odd == "ValueError: a\ufffdb\ufffdc\ufffdd\ufffd[31m\n    e\ufffdf"
    odd.encode()


class Evil(Exception):
    @override
    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_an_exception_that_cannot_be_shown_is_reported_by_its_type() -> None:
    """Code that an exception runs may fail without harm."""
    assert written(Evil(), plain).startswith(f"{__name__}.Evil: ")
    assert recognise(Evil(), WHERE).kinds == (f"{__name__}.Evil",)
