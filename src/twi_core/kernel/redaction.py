"""Remove secrets from text: the process's own, values under suspicious keys, and values of known formats.

Everything else is left alone: a URL, a path or a slash isn't a secret. The time is linear in the length of the text.
"""

import json
import re
from collections.abc import Iterable
from typing import Final, Protocol, final
from urllib.parse import quote

MARK: Final = "[secret]"
"""The replacement for a secret."""

SHORTEST: Final = 4
"""Shorter known secrets occur within ordinary words and aren't searched for."""
SHORT: Final = 8
"""Shorter known secrets are only found as separate words."""
USERINFO: Final = 16
"""A name at least this long before the `@` of a URL is a key, not a name."""


class Hidden(Protocol):
    """A secret that doesn't show itself, such as pydantic's `SecretStr`."""

    def get_secret_value(self) -> str:
        """Return the secret."""
        ...


_KEY: Final = r"(?:api|access|private|secret|signing|encryption|hmac)[_-]?key|session[_-]?id"
_NAMES: Final = rf"(?:password|passwd|passphrase|secret|credential|token(?!s\W{{1,6}}\d)|webhook[_-]?url|{_KEY})s?"
_HEADERS: Final = r"(?:authorization|cookie)"
_NOTHING: Final = r"(?!(?:none|null|true|false|unset|\*+)(?:[\s,;&)\]}>\"'`]|$)|\\{0,7}[\"']?\[secret\])"
_LISTED: Final = r"`[^`]++|[\[({][^\])}]++|\w++\([^)]++"
_WORD: Final = r"(?:(?:bearer|basic|bot|digest|token)\s++)?[^\s\"'`,;&<>()\[\]{}]++"
_LINE: Final = r"digest\s[^\r\n]++|[^\r\n\"'\[(]++"


def _keyed(names: str, between: str, unquoted: str, group: str) -> str:
    """Return the pattern of a key and its value; `group` names what opens a value that was quoted twice."""
    key = rf"{names}\\{{0,7}}(?:{between})\s*+(?:[bru]{{1,2}}(?=[\"']))?"
    twice = rf"(?P<{group}>\\{{1,7}}[\"'])(?:(?!(?P={group})).)++"
    return rf"({key}){_NOTHING}(?:\"(?:[^\"\\]|\\.)++|'(?:[^'\\]|\\.)++|{twice}|{_LISTED}|{unquoted})"


_IS: Final = r"[\"']?\s*+(?:={1,3}>?|:=?)"
_KEYED: Final = re.compile(
    "|".join(
        (
            _keyed(_NAMES, _IS, _WORD, "quote"),
            _keyed(_HEADERS, rf"{_IS}|[\"']\s*+,", _LINE, "mark"),  # servers keep headers as pairs
        )
    ),
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_HINTS: Final = ("pass", "token", "key", "secret", "auth", "cookie", "cred", "session", "webhook")
"""Every key contains one of these; searching for them first is ten times as fast."""
_OPENING: Final = re.compile(r"\\*[\"'`\[({]?")

_QUERY: Final = re.compile(
    r"(?<=[?&])((?:[\w-]*(?:signature|credential)|sig|hm|code|key|auth|jwt)=)[^&\s\"'<>#`]{16,}+",
    re.IGNORECASE | re.ASCII,
)
_HOOK: Final = re.compile(r"(/(?:webhooks|interactions)/\d{1,20}/|hooks\.slack\.com/services/)[\w./-]{16,}+", re.ASCII)
_USERINFO: Final = re.compile(r"(?<=://)([^\s/?#@:\"'<>`]*)(:[^\s/?#\"'<>`]+)?@", re.ASCII)

_DIGIT_SOON: Final = r"(?=[A-Za-z_.~+/=-]{0,60}\d)"
_FORMS: Final = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(
        (
            r"[MNO][\w-]{22,27}\.[\w-]{6,7}\.[\w-]{27,}+",  # a Discord bot token
            r"mfa\.[\w-]{80,}+",
            r"eyJ[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]*+)?",  # a JWT
            rf"[sr]k[-_]{_DIGIT_SOON}[\w-]{{20,}}+",  # OpenAI, Anthropic, Stripe
            r"gh[pousr]_[A-Za-z0-9]{20,}+",  # GitHub
            r"github_pat_\w{20,}+",
            rf"glpat-{_DIGIT_SOON}[\w-]{{20,}}+",  # GitLab
            r"A[KS]IA[A-Z0-9]{16}(?!\w)",  # AWS
            r"xox[abeoprs]-[A-Za-z0-9-]{10,}+",  # Slack
            r"AIza[\w-]{35}",  # Google
            r"ya29\.[\w-]{20,}+",
            rf"(?:pypi-|npm_|hf_){_DIGIT_SOON}[\w-]{{30,}}+",
        )
    )
    + ")",
    re.ASCII,
)
_OURS: Final = re.compile(r"twi_(?:(?=[a-z_-]{0,42}[A-Z0-9])[\w-]{43,}+|[a-z]{43,}+)", re.ASCII)
"""An API token of this bot; module names start the same way but have underscores."""
_PEM: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.ASCII | re.DOTALL,
)
_SCHEME: Final = re.compile(
    rf"(?<!\w)((?:bearer|basic)\s{{1,4}}){_DIGIT_SOON}[\w.~+/=-]{{16,}}+", re.IGNORECASE | re.ASCII
)


@final
class Redactor:
    """A function that replaces every secret in a text with `[secret]`.

    `secrets` are the ones that the process knows. They are found verbatim and as URL, JSON or Python literals.
    """

    def __init__(self, secrets: Iterable[str | Hidden] = ()) -> None:
        texts = {secret if isinstance(secret, str) else secret.get_secret_value() for secret in secrets}
        written = {form for text in texts for form in _written(text)}
        self._known = re.compile("|".join(map(_found, sorted(written, key=len, reverse=True)))) if written else None

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        if self._known is not None:
            text = self._known.sub(MARK, text)
        text = _OURS.sub(MARK, _PEM.sub(MARK, _FORMS.sub(MARK, text)))
        lowered = text.lower()
        if any(hint in lowered for hint in _HINTS):
            text = _KEYED.sub(_hidden_value, text)
        if "/" in text:
            text = _USERINFO.sub(_hidden_user, text)
            text = _HOOK.sub(rf"\1{MARK}", text)
            text = _QUERY.sub(rf"\1{MARK}", text)
        return _SCHEME.sub(rf"\1{MARK}", text)


def _written(secret: str) -> set[str]:
    """Return the forms in which a secret may occur in a text."""
    forms = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    return {form for form in forms if len(form) >= SHORTEST and form not in MARK}


def _found(form: str) -> str:
    return re.escape(form) if len(form) >= SHORT else rf"(?<!\w){re.escape(form)}(?!\w)"


def _hidden_value(match: re.Match[str]) -> str:
    """Keep the key and the quote or bracket that opens the value."""
    key = match[1] or match[3]
    opening = _OPENING.match(match[0], len(key))
    return f"{key}{opening[0] if opening else ''}{MARK}"


def _hidden_user(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]}:{MARK}@"
    return f"{MARK}@" if len(match[1]) >= USERINFO else match[0]
