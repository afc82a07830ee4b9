"""Catalogues: which one answers, what it says, and what a bad one is refused with."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from twi_core.kernel.errors import AppError, ErrorCode, Kind
from twi_core.kernel.language import ENGLISH, plural, speaking, text, translated
from twi_runtime.languages import Catalogues, environment_languages
from twi_runtime.process.exits import Exit, RuntimeFailure

SAMPLE = ErrorCode(
    "test.translated",
    Kind.INVALID,
    message="There's no “{name}” among {count}.",
    hint="Try {names}.",
    cause="Never.",
    example={"name": "a", "count": 1, "names": ("b",)},
)
MOMENT = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)


def catalogue(folder: Path, tag: str, **messages: tuple[object, object]) -> None:
    """Compile a catalogue of messages."""
    catalog = Catalog(locale=tag.replace("-", "_"))
    for message, translation in messages.values():
        catalog.add(message, translation)  # type: ignore[arg-type]  # a message, or its forms
    path = folder / tag / "LC_MESSAGES" / "twi.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


@pytest.fixture
def languages(tmp_path: Path) -> Catalogues:
    """Return the languages of a folder with German and Polish."""
    catalogue(
        tmp_path,
        "de",
        sample=("There's no “{name}” among {count}.", "Unter {count} ist kein „{name}“."),
        hint=("Try {names}.", "Versuch {names}."),
        broken=("Deleted {title}.", "{titel} gelöscht."),
    )
    catalogue(
        tmp_path,
        "pl",
        links=(("{count} link", "{count} links"), ("{count} link", "{count} linki", "{count} linków")),
    )
    return Catalogues.read(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (("de",), "de"),
        (("de-AT",), "de"),
        (("de_AT.UTF-8",), "de"),
        (("DE-at",), "de"),
        (("fr", "pl"), "pl"),
        (("fr-FR",), "en"),
        (("en-US", "de"), "en"),
        ((), "en"),
        (("*", ""), "en"),
        (("../../etc", "x" * 10_000), "en"),
    ],
)
def test_the_first_tag_that_has_a_catalogue_decides(languages: Catalogues, wanted: tuple[str, ...], found: str) -> None:
    """A region falls back to its language, and what nobody has translated to English."""
    assert languages.find(*wanted).tag == found


@given(st.lists(st.text()))
def test_any_tags_find_a_language(wanted: list[str]) -> None:
    """Whatever a caller sends as tags, they are answered."""
    assert Catalogues().find(*wanted) is ENGLISH


def test_a_refusal_is_in_the_language_of_the_call(languages: Catalogues) -> None:
    """Message and hint are translated, with numbers and lists by the rules of the language; the code is not."""
    error = AppError(SAMPLE, {"name": "Käse", "count": 12_345, "names": ("a", "b", "c")})
    with speaking(languages.find("de")):
        assert error.message() == "Unter 12.345 ist kein „Käse“."
        assert error.hint() == "Versuch “a”, “b” und “c”."
    assert error.message() == "There's no “Käse” among 12,345."
    assert error.hint() == "Try “a”, “b” and “c”."
    assert error.code == "test.translated"


@pytest.mark.parametrize(("count", "shown"), [(1, "1 link"), (3, "3 linki"), (5, "5 linków"), (22, "22 linki")])
def test_a_language_has_its_plural_forms(languages: Catalogues, count: int, shown: str) -> None:
    """Which form goes with a count is the language's to say."""
    with speaking(languages.find("pl")):
        assert plural("{count} link", "{count} links", count) == shown


def test_what_is_not_translated_is_english(languages: Catalogues) -> None:
    """A message that a catalogue lacks is shown as it is, with the language's numbers; so is an empty one."""
    with speaking(languages.find("pl")):
        assert text("Links tagged {tag}: {count}", tag="x", count=1234567) == "Links tagged x: 1\xa0234\xa0567"
        assert translated("") == ""


def test_a_translation_that_cannot_be_filled_in_is_left_out(languages: Catalogues) -> None:
    """A translation with other placeholders than its message breaks no answer: the message stands in."""
    with speaking(languages.find("de")):
        assert text("Deleted {title}.", title="x") == "Deleted x."


def test_dates_follow_the_language(languages: Catalogues) -> None:
    """A date in a terminal is written as the language writes dates, in UTC."""
    assert languages.find("de").moment(MOMENT) == "01.03.26, 15:30 UTC"
    assert ENGLISH.moment(MOMENT) == "2026-03-01 15:30 UTC"


@given(st.integers(-(10**15), 10**15), st.lists(st.text("abc", min_size=1), max_size=4))
def test_our_own_english_keeps_the_rules_of_english(number: int, items: list[str]) -> None:
    """Numbers and lists are written as Babel has it for British English."""
    from babel.lists import format_list
    from babel.numbers import format_decimal

    assert ENGLISH.number(number) == format_decimal(number, locale="en_GB")
    assert ENGLISH.listed(items) == (format_list(items, locale="en_GB") if items else "")
    assert ENGLISH.either(items) == (format_list(items, "or", locale="en_GB") if items else "")


def test_a_failure_of_the_process_is_in_english_for_the_log(languages: Catalogues) -> None:
    """The exception's own text is for the host, whose log has one language; the error is worded where it is shown."""
    with speaking(languages.find("de")):
        failure = RuntimeFailure(AppError(SAMPLE, {"name": "a", "count": 1, "names": ("b",)}))
        assert failure.error.message() == "Unter 1 ist kein „a“."
    assert str(failure) == "test.translated: There's no “a” among 1. Try “b”."


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("de/LC_MESSAGES/twi.mo", b"not a catalogue"),
        ("de/LC_MESSAGES/twi.mo", b""),
        ("klingon!/LC_MESSAGES/twi.mo", b""),
        ("de/LC_MESSAGES/other.mo", b""),
    ],
)
def test_a_bad_catalogue_is_named(tmp_path: Path, path: str, content: bytes) -> None:
    """A file that is no catalogue, a folder that is no language, and a folder without catalogues are refused."""
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(RuntimeFailure) as caught:
        Catalogues.read(tmp_path)
    assert caught.value.error.code == "runtime.catalogue_unreadable"
    assert caught.value.exit_code == Exit.SETTINGS


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"LANG": "de_DE.UTF-8"}, ("de-DE",)),
        ({"LANG": "de_DE", "LC_MESSAGES": "pl_PL@euro"}, ("pl-PL",)),
        ({"LANG": "de", "LC_ALL": "C"}, ("C",)),
        ({"LANG": ""}, ()),
        ({}, ()),
    ],
)
def test_a_terminal_says_its_language(environment: dict[str, str], found: tuple[str, ...]) -> None:
    """LC_ALL goes before LC_MESSAGES, and that before LANG, as gettext has it."""
    assert environment_languages(environment) == found
