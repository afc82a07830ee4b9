"""The registry of codes, and the texts that people are shown."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given

import twi_core.assembly  # noqa: F401  # every context registers its codes
from tests.strategies import hostile_text
from twi_core.kernel.errors import AppError, ErrorCode, Kind, Param, define_error, registered_errors
from twi_core.kernel.wording import PLAIN, PlainWording

SHOUTED = PlainWording(lambda text: f"<{text}>")


SAMPLE = ErrorCode(
    "test.sample",
    Kind.INVALID,
    "{name} of {count} in {items} and {absent}.",
    "Try {name}.",
    "Never.",
    other_hints=("Did you mean {name}?",),
)


def test_every_code_is_described_completely() -> None:
    """Each registered code has a message, a hint that says what to do, and a cause, each a whole sentence."""
    codes = registered_errors()
    assert len(codes) > 20
    for code, definition in codes.items():
        assert code == definition.code
        for text in (definition.message, definition.hint, definition.cause):
            assert text.strip() == text
            typed = re.search(r": (?:twi [a-z. -]+|/docs)$", text)  # a command to type ends as it is typed
            assert typed or text.endswith((".", "?", "}", "'", "`")), (code, text)
            assert text[0].isupper() or text[0] in "“{`" or text.startswith("twi"), (code, text)


def test_codes_are_sorted_and_spelt_alike() -> None:
    """Codes come in the order of the alphabet, each `context.snake_case`."""
    codes = list(registered_errors())
    assert codes == sorted(codes)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", code) for code in codes)


@pytest.mark.parametrize("code", ["nodot", "Two.words", "a.b.c", "a.", ".b", "a.b-c", "a.b\n", "1a.b"])
def test_a_code_is_spelt_right(code: str) -> None:
    """A code of another form is refused when it is defined, and not registered."""
    with pytest.raises(ValueError, match="snake_case"):
        define_error(code, Kind.INVALID, message="M.", hint="H.", cause="C.")
    assert code not in registered_errors()


@pytest.mark.parametrize(
    ("example", "named"),
    [
        (None, "count, name, other"),
        ({"name": "a", "count": 1}, "other"),
        ({"name": "a", "count": 1, "other": "b", "more": 2, "most": 3}, "more, most"),
    ],
)
def test_an_example_fits_its_code(example: Mapping[str, Param] | None, named: str) -> None:
    """A word in braces without an example, in the message or a hint, is refused, and so is an example of no word."""
    with pytest.raises(ValueError, match=f"test.fitting lacks, or has too many: {named}$"):
        define_error(
            "test.fitting",
            Kind.INVALID,
            message="{name} of {count}.",
            hint="Try {name}.",
            cause="C.",
            example=example,
            other_hints=("Or {other}.",),
        )
    assert "test.fitting" not in registered_errors()


def test_a_code_is_defined_once() -> None:
    """A second definition of a code is refused, and the first one stays."""
    before = registered_errors()["input.empty"]
    with pytest.raises(ValueError, match="already"):
        define_error("input.empty", Kind.INTERNAL, message="M.", hint="H.", cause="C.")
    assert registered_errors()["input.empty"] is before


def test_the_registry_cannot_be_changed_through_what_it_returns() -> None:
    """`registered_errors` returns a copy."""
    given_out = dict(registered_errors())
    given_out.clear()
    assert registered_errors()


def test_values_are_filled_in_and_escaped() -> None:
    """Texts, numbers and lists are filled in, each through the entrypoint's escape; an absent one stays as it is."""
    error = AppError(SAMPLE, {"name": "a", "count": 3, "items": ("x", "y")})
    assert error.message(SHOUTED) == "<a> of 3 in “<x>” and “<y>” and {absent}."
    assert error.hint(SHOUTED) == "Try <a>."
    assert (error.code, error.kind) == ("test.sample", Kind.INVALID)


def test_a_case_may_have_its_own_hint() -> None:
    """A hint of the case replaces the one of the code, and is filled in alike."""
    assert AppError(SAMPLE, {"name": "a"}, "Did you mean {name}?").hint(SHOUTED) == "Did you mean <a>?"


def test_a_hint_of_the_case_is_declared_with_the_code() -> None:
    """A hint that the code does not declare is refused, so that each one is documented and has its example."""
    with pytest.raises(ValueError, match=r"test\.sample declares no such hint"):
        AppError(SAMPLE, {"name": "a"}, "Do {name}.")


@pytest.mark.parametrize(
    "text", ["{count}", "{0.__class__}", "{name!r}", "{{name}}", "%(count)s", "\\g<0>", "\\1", "$1"]
)
def test_user_text_is_never_a_template(text: str) -> None:
    """Braces and other placeholders in a user's text are shown, not filled in."""
    assert AppError(SAMPLE, {"name": text, "count": 7}).hint(PLAIN) == f"Try {text}."


@given(hostile_text)
def test_user_text_comes_through_unchanged(text: str) -> None:
    """Any text stands in the message as the escape made it, once."""
    error = AppError(SAMPLE, {"name": text})
    assert error.hint(SHOUTED) == f"Try <{text}>."
