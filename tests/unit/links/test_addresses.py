"""What may be saved as an address, and how it is shown."""

import time
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings

from tests.hostile import BAD_ADDRESSES, Text
from tests.strategies import addresses, contents, hostile_text
from twi_core.kernel.addresses import shown_url, url_problem


@pytest.mark.parametrize("case", BAD_ADDRESSES, ids=str)
def test_bad_addresses(case: Text) -> None:
    """What a browser might take for another address, scheme or host is refused, and never shown."""
    assert url_problem(case.text)
    assert shown_url(case.text) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://wanderinginn.com/map", "https://wanderinginn.com/map"),
        ("HTTPS://Example.ORG/Path?Q=1#Part", "https://example.org/Path?Q=1#Part"),
        ("http://example.org", "http://example.org"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("http://example.org:/", "http://example.org/"),
        ("https://archiveofourown.org./works/1", "https://archiveofourown.org./works/1"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/ä"),
        ("https://аррӏе.example/", "https://xn--80ak6aa92e.example/"),  # noqa: RUF001  # a look-alike on purpose
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
        ("https://a_b.example/", "https://a_b.example/"),
        ("https://example.org/%20?a=b&c={x}#%s", "https://example.org/%20?a=b&c={x}#%s"),
        ("https://" + ".".join(["a" * 63] * 3 + ["a" * 61]), "https://" + ".".join(["a" * 63] * 3 + ["a" * 61])),
    ],
)
def test_sound_addresses(written: str, shown: str) -> None:
    """A sound address is accepted, and shown with its host in ASCII and nothing else changed."""
    assert url_problem(written) is None
    assert shown_url(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        *("see https://example.org", "see\nhttps://example.org", "mailto:a@b.example", "ratio 1:2", "c:\\map", "/path"),
        *("a//b", "httpx is a library", "@everyone", "javascript is a language", "(data: none)"),
        *("About: our rules", "Data: see the wiki", "File: report.txt", "// comment", "about:", "ftp://a.example x"),
        *("https: the protocol", "https://example.org — the map", "https://example.org, or\u3000elsewhere"),
        *("https://example.org\nthe map", "https://example.org/a b", "https:// is how it begins", "http://a/ me@b.c"),
    ],
)
def test_plain_text(text: str) -> None:
    """Anything but one word that begins like an address is text; it is never shown as an address."""
    assert url_problem(text) is None
    assert shown_url(text) is None


@pytest.mark.parametrize("host", ["faß.example", "FAẞ.example", "βόλος.example"])
def test_letters_that_browsers_read_differently(host: str) -> None:
    """A host that would be shown as another one than a browser opens is refused."""
    assert url_problem(f"https://{host}/")


@given(addresses | contents | hostile_text)
@example("http://[v1.a]")
@settings(max_examples=800, deadline=None)
def test_what_is_shown_is_one_sound_host(text: str) -> None:
    """What is shown as an address is web, has an ASCII host and no user, is sound, and is shown as itself."""
    shown = shown_url(text)
    if shown is None:
        return
    parts = urlsplit(shown)
    assert parts.scheme in {"http", "https"}
    assert parts.netloc.isascii()
    assert parts.netloc == parts.netloc.lower()
    assert parts.hostname
    assert not set(parts.netloc) & set("@\\ \t\r\n%")
    assert url_problem(shown) is None
    assert shown_url(shown) == shown


@pytest.mark.parametrize("host", ["a" * 63 + "!", "a." * 120 + "!", "a-" * 31 + "-", "_" * 250, "a" * 100_000])
def test_checking_takes_no_time(host: str) -> None:
    """No host makes the check slow, however it is built."""
    started = time.process_time()
    assert url_problem(f"https://{host}/")
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    "text", ["About: our rules", "Data: see the wiki", "File: report.txt", "// a comment", "https: the protocol"]
)
def test_a_sentence_is_no_address(text: str) -> None:
    """Words that a colon or two strokes make look like an address are text where a blank follows."""
    assert url_problem(text) is None
    assert shown_url(text) is None


@pytest.mark.parametrize("text", ["javascript: alert(1)", "data:text/html,x", "file:x", "//host", "java\tscript:x"])
def test_what_a_browser_would_run_or_open_is_none(text: str) -> None:
    """A blank does not make a script harmless, and the other forms are addresses."""
    assert url_problem(text) is not None
