"""What is said of input that no command can be made from."""

from collections.abc import Mapping
from typing import Final

from tests.contexts import Call
from tests.integration.provoked.recording import Answer, provokes
from tests.integration.provoked.shell import Shell
from twi_core.kernel.text import TEXT_TOO_LONG

CALLS: Final[Mapping[str, Call]] = {
    "input.empty": Call("links.get", "member", {"title": "\u00ad"}),
    "input.invalid_cursor": Call("links.list", "member", {"tag": "maps", "after": "page 2"}),
    "input.invalid_duration": Call(
        "permissions.deny", "administrator", {"permission": "links.add", "role": "1", "lasts": "soon"}
    ),
    "input.invalid_text": Call("links.get", "member", {"title": "world\u202emap"}),
    "input.invalid_type": Call("links.edit", "administrator", {"title": "world map", "preview": "maybe"}),
    "input.invalid_url": Call("links.add", "moderator", {"title": "map", "content": "https://me@wanderinginn.com/"}),
    "input.missing": Call("links.get", "member", {}),
    "input.out_of_range": Call("limits.set", "administrator", {"operation": "links.add", "amount": 0, "seconds": 60}),
    "input.too_complex": Call("links.get", "member", {"title": "a" + "\u0301" * 30}),
    TEXT_TOO_LONG.code: Call("links.get", "member", {"title": "x" * 101}),
    "input.unknown_field": Call("links.get", "member", {"title": "world map", "colour": "red"}),
}


@provokes("input.malformed")
def malformed(shell: Shell) -> Answer:
    """Call with what is no JSON."""
    return shell.refused("TWI_STORAGE=memory twi call links.get '{title: world map}' --guild 42")
