"""Catalogues: which one answers, what it says, and what a bad one is refused with."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from tests.german import compiled
from twi_core.kernel.errors import AppError, ErrorCode, Kind
from twi_core.kernel.language import ENGLISH, plural, speaking, text, translated
from twi_runtime.languages import Catalogues, environment_languages
from twi_runtime.mo_files import LARGEST
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


@pytest.mark.parametrize(
    "translation",
    ["{titel} weg.", "{title} weg. }", "{ {title} weg.", "{{title}} weg.", "{title!r} weg.", "{title.a} weg.", "weg."],
)
def test_only_sound_translations_are_used(tmp_path: Path, translation: str) -> None:
    """Braces that differ from the message's are a slip, even where they could be filled in: the message stands in."""
    catalogue(tmp_path, "de", it=("Deleted {title}.", translation), other=("Next", "Weiter"))
    with speaking(Catalogues.read(tmp_path).find("de")):
        assert text("Deleted {title}.", title="x") == "Deleted x."
        assert text("Next") == "Weiter"


@pytest.mark.parametrize(
    ("forms", "shown"),
    [
        (("ein Link für {who}", "{count} Links für {who}"), ["ein Link für me", "2 Links für me"]),
        (("{count} } Link", "{count} Links für {who}"), ["1 link for me", "2 Links für me"]),
        (("{count} Link für {wen}", "Links"), ["1 link for me", "2 links for me"]),
        (("", "Links für {who}"), ["1 link for me", "Links für me"]),
    ],
)
def test_each_form_is_sound_or_english(tmp_path: Path, forms: tuple[str, str], shown: list[str]) -> None:
    """A form may leave out the count and nothing else; where it isn't used, the English form goes with the count."""
    catalogue(tmp_path, "de", it=(("{count} link for {who}", "{count} links for {who}"), forms))
    with speaking(Catalogues.read(tmp_path).find("de")):
        assert [plural("{count} link for {who}", "{count} links for {who}", n, who="me") for n in (1, 2)] == shown


def test_the_two_english_forms_may_differ_in_what_they_show(tmp_path: Path) -> None:
    """A form has what both English ones have, and may have what either has."""
    catalogue(tmp_path, "de", it=(("once, {last}", "{count} times, {first} to {last}"), ("{last}", "{first}, {last}")))
    with speaking(Catalogues.read(tmp_path).find("de")):
        for count, shown in ((1, "b"), (2, "a, b")):
            assert plural("once, {last}", "{count} times, {first} to {last}", count, first="a", last="b") == shown


def test_a_bad_translation_is_logged_once_when_it_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """However many answers would have used it, the log names its message once."""
    catalogue(tmp_path, "de", it=("Deleted {title}.", "weg"), forms=(("{count} a", "{count} b"), ("}", "{")))
    with speaking(Catalogues.read(tmp_path).find("de")):
        for _ in range(10):
            text("Deleted {title}.", title="x")
            plural("{count} a", "{count} b", 2)
    assert len(caplog.records) == 2


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
    code = "catalogues_unusable" if path.endswith("other.mo") else "catalogue_unreadable"
    assert caught.value.error.code == f"runtime.{code}"
    assert caught.value.exit_code == Exit.SETTINGS


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Content-Type: text/plain; charset=nonsense\n", "it isn't a compiled gettext catalogue"),
        ("Content-Type: text/plain\n", "it isn't a compiled gettext catalogue"),
        ("Plural-Forms: plural\n", "it isn't a compiled gettext catalogue"),
        ("Plural-Forms: nplurals=2; plural=n 1;\n", "it isn't a compiled gettext catalogue"),
        ("Plural-Forms: nplurals=2; plural=0 == 1 == ;\n", "it isn't a compiled gettext catalogue"),
        ("Plural-Forms: nplurals=2; plural=n%0;\n", "its rule for plurals divides by zero"),
        ("Plural-Forms: nplurals=2; plural=n/(n-150);\n", "its rule for plurals divides by zero"),
    ],
)
def test_a_catalogue_with_a_bad_header_is_refused(tmp_path: Path, header: str, reason: str) -> None:
    """Whatever its header makes of reading it, a catalogue is read or refused, and no answer finds out later."""
    path = tmp_path / "de" / "LC_MESSAGES" / "twi.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(compiled(header, {"{count} link\0{count} links": "a\0b"}))
    assert refused(tmp_path) == ("de/LC_MESSAGES/twi.mo", reason)


def refused(folder: Path) -> tuple[object, object]:
    """Return the file that a folder is refused for, and the reason."""
    with pytest.raises(RuntimeFailure) as caught:
        Catalogues.read(folder)
    error = caught.value.error
    assert error.code in {"runtime.catalogue_unreadable", "runtime.catalogues_unusable"}
    return error.params.get("file", error.params.get("folder")), error.params["reason"]


def test_only_regular_files_of_a_sensible_size_are_read(tmp_path: Path) -> None:
    """A pipe keeps nobody waiting, a device isn't read without end, nor is a file that is far too large."""
    path = tmp_path / "de" / "LC_MESSAGES" / "twi.mo"
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    assert refused(tmp_path) == ("de/LC_MESSAGES/twi.mo", "it isn't a regular file")
    path.unlink()
    path.symlink_to("/dev/zero")
    assert refused(tmp_path) == ("de/LC_MESSAGES/twi.mo", "it isn't a regular file")
    path.unlink()
    with path.open("wb") as file:
        file.truncate(LARGEST * 2**20 + 1)
    assert refused(tmp_path) == ("de/LC_MESSAGES/twi.mo", "it's larger than 16 MiB")
    path.unlink()
    path.mkdir()
    assert refused(tmp_path) == ("de/LC_MESSAGES/twi.mo", "Is a directory")


@pytest.mark.parametrize("content", [b"garbage garbage", b"", b"\xde\x12\x04\x95" + b"\xff" * 40])
def test_a_reason_is_in_our_own_words(tmp_path: Path, content: bytes) -> None:
    """What gettext says of a file reaches nobody."""
    path = tmp_path / "de" / "LC_MESSAGES" / "twi.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert refused(tmp_path) == ("de/LC_MESSAGES/twi.mo", "it isn't a compiled gettext catalogue")


def test_a_folder_that_cannot_be_looked_into_is_refused(tmp_path: Path) -> None:
    """A name that is too long for a folder is refused as one without catalogues is."""
    assert refused(tmp_path / ("x" * 5000))[1] == "File name too long"


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"LANG": "de_DE.UTF-8"}, ("de-DE",)),
        ({"LANG": "de_DE", "LC_MESSAGES": "pl_PL@euro"}, ("pl-PL",)),
        ({"LANG": "de", "LC_ALL": "C"}, ("C",)),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "da:en_GB"}, ("da", "en-GB")),
        ({"LC_ALL": "de", "LANGUAGE": ":da_DK@x:"}, ("da-DK",)),
        ({"LANG": "de", "LANGUAGE": ""}, ("de",)),
        ({"LANG": "de", "LANGUAGE": "da:C:pl"}, ("da",)),
        ({"LC_ALL": "C.UTF-8", "LANG": "de", "LANGUAGE": "da"}, ("C",)),
        ({"LANG": "POSIX", "LANGUAGE": "da"}, ("POSIX",)),
        ({"LANGUAGE": "da"}, ()),
        ({"LANG": ""}, ()),
        ({}, ()),
    ],
)
def test_a_terminal_says_its_language(environment: dict[str, str], found: tuple[str, ...]) -> None:
    """LC_ALL goes before LC_MESSAGES and LANG, and LANGUAGE before all where they ask for one, as gettext has it."""
    assert environment_languages(environment) == found
