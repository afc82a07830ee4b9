"""A small catalogue: a handful of messages in German, compiled as translators do it."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.mofile import write_mo

MESSAGES: Final[Mapping[str, str]] = {
    "API of twi_core": "API von twi_core",
    "Check settings, database, schema, Redis and Discord; exits with 3 if something fails.": "Prüfe alles.",
    "Commands": "Befehle",
    "Did you mean: {line}": "Meintest du: {line}",
    "Invalid request": "Ungültige Anfrage",
    "No links have been saved there yet.": "Dort ist noch kein Link.",
    "Not found": "Nicht gefunden",
    "Operations": "Operationen",
    "Send": "Senden",
    "Show the newest lines, in the order of time.": "Zeige die neuesten Zeilen.",
    "The format of the result.": "Das Format des Ergebnisses.",
    "There's no command “{command}”.": "Es gibt keinen Befehl „{command}“.",
    "There's no link called “{title}” here.": "Hier gibt es keinen Link „{title}“.",
    "There's nothing at this address.": "Unter dieser Adresse gibt es nichts.",
    "Usage: {line}": "Aufruf: {line}",
    "error: {message}": "Fehler: {message}",
    "title": "Titel",
}


def compile_german(folder: Path) -> Path:
    """Compile the catalogue into a folder of catalogues, and return its file."""
    catalog = Catalog(locale="de")
    for message, translation in MESSAGES.items():
        catalog.add(message, translation)
    path = folder / "de" / "LC_MESSAGES" / "twi.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
    return path


def compiled(header: str, messages: Mapping[str, str]) -> bytes:
    """Return a compiled catalogue with any header."""
    items = sorted((key.encode(), value.encode()) for key, value in {"": header, **messages}.items())
    at, places, texts = 28 + 16 * len(items), (b"", b""), b""
    for item in items:
        for which, part in enumerate(item):
            place = struct.pack("<2I", len(part), at + len(texts))
            places = (places[0] + place, places[1]) if which == 0 else (places[0], places[1] + place)
            texts += part + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(items), 28, 28 + 8 * len(items), 0, 0) + places[0] + places[1] + texts
