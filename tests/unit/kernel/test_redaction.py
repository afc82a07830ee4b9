"""Secrets are left out of text, and nothing else is."""

import json
import string
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from twi_core.kernel.redaction import MARK, Redactor

DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz0123"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"
LONG = "q8Zr3vXw1Lk9Ty5Bn7Mc2Pd4"
DIGEST = "0123456789abcdef0123456789abcdef"

HIDDEN = [
    ("password=hunter2 next", "hunter2", "password=[secret] next"),
    ("DB_PASSWORD: hunter2, next", "hunter2", "DB_PASSWORD: [secret], next"),
    ("token: abc.def", "abc.def", "token: [secret]"),
    ('{"api_key": "a\\"bc", "x": 1}', "bc", '{"api_key": "[secret]", "x": 1}'),
    ("{'client_secret': 'ab c', 'x': 1}", "ab c", "{'client_secret': '[secret]', 'x': 1}"),
    ('{\\"password\\": \\"hunter2\\"}', "hunter2", '{\\"password\\": \\"[secret]\\"}'),
    ("{b'token': b'hunter2'}", "hunter2", "{b'token': b'[secret]'}"),
    ("tokens=['hunter2', 'hunter3'] x", "hunter3", "tokens=[[secret]] x"),
    ("secret=Secret('hunter2') x", "hunter2", "secret=[secret]) x"),
    ("passphrase: `hunter2` x", "hunter2", "passphrase: `[secret]` x"),
    ('password="hunter2', "hunter2", 'password="[secret]'),
    ("credentials => hunter2", "hunter2", "credentials => [secret]"),
    ('if token == "hunter2":', "hunter2", 'if token == "[secret]":'),
    ("Authorization: Bearer abc def\nnext", "abc", "Authorization: [secret]\nnext"),
    ('Authorization: Digest username="u", response="r1"\nnext', "r1", "Authorization: [secret]\nnext"),
    ("{'Authorization': 'Bot abc.def'}", "abc.def", "{'Authorization': '[secret]'}"),
    ("(b'authorization', b'Bearer abc')", "abc", "(b'authorization', b'[secret]')"),
    ("Set-Cookie: sid=abc; Path=/", "abc", "Set-Cookie: [secret]"),
    ("X-Api-Key: hunter2 x", "hunter2", "X-Api-Key: [secret] x"),
    ("refused (Bearer a.b-c1d2e3f4g5h6i7)", "a.b-c1d2e3f4g5h6i7", "refused (Bearer [secret])"),
    (f"https://h/p?token={LONG}&x=1", LONG, "https://h/p?token=[secret]&x=1"),
    (f"GET /callback?code={LONG}&state=1", LONG, "GET /callback?code=[secret]&state=1"),
    (f"https://h/p?x=1&X-Amz-Signature={DIGEST}", DIGEST, "https://h/p?x=1&X-Amz-Signature=[secret]"),
    ("postgresql://bot:p@ss%2F@db/x", "p@ss", "postgresql://bot:[secret]@db/x"),
    ("redis://:hunter2@h:6379/0", "hunter2", "redis://:[secret]@h:6379/0"),
    (f"https://{DIGEST}@errors.example/1", DIGEST, "https://[secret]@errors.example/1"),
    (
        f"https://discord.com/api/v10/webhooks/123456/{LONG}?wait=true",
        LONG,
        "https://discord.com/api/v10/webhooks/123456/[secret]?wait=true",
    ),
    (f"/interactions/123456/{LONG}/callback", LONG, "/interactions/123456/[secret]"),
    (f"https://hooks.slack.com/services/T01/B02/{LONG} x", LONG, "https://hooks.slack.com/services/[secret] x"),
    (f"got {DISCORD}.", DISCORD, "got [secret]."),
    (f"got {JWT}, x", JWT, "got [secret], x"),
    (f"issued twi_{LONG}{LONG[:19]}", LONG, "issued [secret]"),
    (f"key:\n{PEM}\ntail", "MIIE", "key:\n[secret]\ntail"),
    (f"'{PEM[:45]}".replace("\n", "\\n"), "MII", "'[secret]"),
    (f"sk-proj-{LONG}", LONG, MARK),
    (f"sk_live_{LONG}", LONG, MARK),
    (f"ghp_{LONG}", LONG, MARK),
    (f"github_pat_{LONG}_{LONG}", LONG, MARK),
    (f"glpat-{LONG}", LONG, MARK),
    ("AKIAIOSFODNN7EXAMPLE!", "AKIA", "[secret]!"),
    (f"xoxb-123456789012-{LONG}", LONG, MARK),
    (f"AIza{LONG}abcdefghijk", LONG, MARK),
]

LEFT = [
    "https://wanderinginn.com/2017/03/03/rw1-00/?page=2&tag=map#part",
    "see /link get, and/or a/b; 1/2 of c:\\x",
    "/var/lib/twi/base/16384/pg_internal.init",
    "C:\\Users\\Erin\\map.png",
    "http://[::1]:8080/docs and http://127.0.0.1:8080/@erin",
    "https://github.com/erin@home/x and ssh://git@example.org/x.git",
    "mail erin@example.org at 12:30",
    "code: links.not_found, kind=not_found",
    "GET /search?code=404&key=map",
    "max_tokens: 4096, tokens=12, token_count=3",
    "password=None, token: null, secret=*** cookie='' api_key=",
    "TWI_DISCORD_TOKEN_FILE=/etc/twi/token",
    "the authorization, which failed, names the tokenizer: none",
    "a password, a secret and a cookie",
    "no bearer of bad news-that-is-longer-than-it-looks",
    "test_a_very_long_name_here.module.test_another_rather_long_function_name",
    "twi_discord_door_that_has_a_very_long_name_for_a_module",
    "sk-learn-is-a-rather-long-name-without-numbers",
    "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    "user 346842016480755724 in guild 346842016480755725",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "links.add by discord: ok in 12.3 ms",
]


@pytest.mark.parametrize(("text", "secret", "shown"), HIDDEN, ids=lambda value: repr(value)[:40])
def test_what_has_a_suspicious_key_or_a_known_form_is_left_out(text: str, secret: str, shown: str) -> None:
    """The secret is gone, and what surrounds it stays."""
    assert secret in text
    assert Redactor()(text) == shown


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_secret_stays(text: str) -> None:
    """Addresses, paths, ids, codes and prose are not touched."""
    assert Redactor(["another-secret"])(text) == text


VISIBLE = string.ascii_letters + string.digits + "!#$%&*+,-./:;<=>?@^_`|~'\"\\ "


@given(st.text(VISIBLE, min_size=8, max_size=60).filter(lambda secret: secret.strip() == secret), st.text(), st.text())
def test_a_known_secret_is_left_out_wherever_it_stands(secret: str, before: str, after: str) -> None:
    """Whatever surrounds it, a secret of the process is gone, also as a URL, JSON or Python writes it."""
    redact = Redactor([SecretStr(secret)])
    assert secret not in redact(f"{before}{secret}{after}")
    for written in (quote(secret, safe=""), json.dumps(secret), repr(secret)):
        assert MARK in redact(f" {written} ")
        assert written not in redact(f" {written} ")


def test_short_known_secrets_are_words_of_their_own() -> None:
    """A short password is found as a word, not within one; a very short one is left to its key."""
    redact = Redactor(["post", "abc"])
    assert redact("post postgresql://post@h (post) abc") == "[secret] postgresql://[secret]@h ([secret]) abc"


keys = st.sampled_from(
    [
        *("password", "Passwd", "db-password", "TOKEN", "refresh_token", "api_key", "apikey", "X-Api-Key"),
        *("client.secret", "private_key", "Authorization", "proxy-authorization", "Cookie", "session_id"),
        *("credentials", "webhook_url"),
    ]
)
values = st.text(string.ascii_letters + string.digits + "-._~+/%$!", min_size=6, max_size=40).map(
    lambda text: f"v0{text}"
)
ways = st.sampled_from(
    (
        "{}={}",
        "{}: {}",
        "{}:{}",
        '"{}": "{}"',
        "'{}': '{}'",
        "('{}': '{}')",
        "{} = '{}'",
        'x="{}": "{}" y',
        "?{}={}&x=1",
    )
)


@given(keys, values, ways, st.text(max_size=20), st.text(max_size=20))
def test_every_key_in_every_way_of_writing_hides_its_value(
    key: str, value: str, way: str, before: str, after: str
) -> None:
    """Assignments, headers, JSON, Python and queries: the value is gone, whatever stands around."""
    assert value not in Redactor()(f"{before} {way.format(key, value)} {after}")


@given(
    st.sampled_from(("postgresql", "https", "redis", "amqp", "x-y+z")),
    st.sampled_from(("", "a", "bot", "erin.solstice", "x" * 30)),
    st.text(string.ascii_letters + string.digits + "!$&*()+,;=%-._~:@[]", min_size=6, max_size=30).map("v0{}".format),
    st.sampled_from(("h", "h:1", "h/path", "[::1]/x?y=z")),
)
def test_the_password_of_any_url_is_left_out(scheme: str, user: str, password: str, rest: str) -> None:
    """Whatever the scheme, user, password and host, the password is gone."""
    shown = Redactor()(f"to {scheme}://{user}:{password}@{rest} now")
    assert f":{password}@" not in shown
    assert shown.startswith(f"to {scheme}://{user}:[secret]@")


words = st.sampled_from(("map", "links", "2017", "rw1-00", "v10", "a", "Erin", "index.html", "%20", "é", "~x", "1.2.3"))
paths = st.lists(words, max_size=8).map("/".join)
hosts = st.sampled_from(
    ("example.org", "wanderinginn.com", "127.0.0.1:8080", "[::1]:1", "localhost", "xn--e1a.example")
)
queries = st.lists(st.tuples(st.sampled_from(("page", "tag", "q", "id", "key", "code")), words), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
addresses = st.tuples(st.sampled_from(("http", "https", "ws", "file")), hosts, paths, queries).map(
    lambda parts: "{}://{}/{}?{}".format(*parts)
)


@given(st.lists(st.one_of(words, paths, addresses, st.sampled_from(("/", "//", "and/or", "@erin", ":", "=")))))
def test_addresses_paths_and_slashes_are_no_secrets(pieces: list[str]) -> None:
    """Text made of words, paths and plain addresses stays as it is."""
    text = " ".join(pieces)
    assert Redactor(["another-secret", DISCORD])(text) == text


@given(st.text(st.characters(exclude_characters=":=@,&?")))
def test_text_without_any_key_stays(text: str) -> None:
    """Without a key's colon or equals sign, arbitrary text stays as it is."""
    assert Redactor()(text) == text


HOSTILE = (
    *("password=", "password='", 'password=\\\\"', "password=[", "token=a(", "token  ", "tokens", "secret : \\'"),
    *(
        "authorization,",
        "cookie:",
        "session_id=",
        "://a:",
        "://a:b@",
        "://",
        "@",
        "/webhooks/1/",
        "?sig",
        "&a",
        "?code=",
    ),
    *("eyJ", "eyJaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A", "twi_a", "sk-a", "Bearer ", "bearer a"),
    *("M" * 28 + ".", "mfa.", "AKIA", "a", "a.", "-", "\\", "\\'", '"', "=", ":", " ", "é", "\x00", "[secret]"),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_megabyte_takes_a_moment(piece: str) -> None:
    """A million characters that nearly match take seconds at most: the time does not grow with the square."""
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    began = time.process_time()
    Redactor(["another-secret"])(text)
    assert time.process_time() - began < 10
