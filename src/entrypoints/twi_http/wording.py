"""Operations as they are called through HTTP: the path, and the body."""

import json
from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from typing import Final, final

from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.ids import GuildId
from twi_core.kernel.parameters import Parameter, as_json, parameters
from twi_core.kernel.wording import PLAIN, Wording
from twi_http.paths import EXAMPLE_GUILD, offered, path_of

_current: Final[ContextVar[Wording]] = ContextVar("wording")


def wording() -> Wording:
    """Return how the request that is being answered could have been made."""
    return _current.get(PLAIN)


def write_for(
    operations: Sequence[AnyOperation],
    guild: GuildId | None,
    used: AnyOperation | None,
    given: Mapping[str, object] | None = None,
) -> None:
    """Write hints for a request from now on: to a guild, calling an operation with the fields given, if it does."""
    _current.set(RequestWording(operations, guild, used, given))


LONGEST: Final = 500
"""Characters of a request that repeats what was sent; a longer one isn't shown."""


@final
class RequestWording:
    """How operations are called through HTTP."""

    def __init__(
        self,
        operations: Sequence[AnyOperation],
        guild: GuildId | None,
        used: AnyOperation | None,
        given: Mapping[str, object] | None = None,
    ) -> None:
        self._operations = operations
        self._guild = guild
        self._used = used
        self._given = given or {}

    def escape(self, text: str, /) -> str:
        """See `Wording`: halves of surrogate pairs go, which no JSON reader need accept; JSON escapes the rest."""
        return text.encode("utf-8", "replace").decode()

    def option(self, name: str, /) -> str:
        """See `Wording`."""
        return name

    def command(self, operation: str, given: Mapping[str, str], /) -> str | None:
        """See `Wording`."""
        for each in offered(self._operations):
            if each.name == operation and (self._guild is not None or "{guild}" not in path_of(each)):
                return self._request(each, {p.name: as_json(p, given.get(p.name, "")) for p in _shown(each, given)})
        return None

    def usage(self, field: str, /) -> str | None:
        """See `Wording`."""
        if self._used is None:
            return None
        kept = {name: value for name, value in self._given.items() if name != field}
        shown = _shown(self._used, {**kept, field: ""})
        line = self._request(self._used, {p.name: kept.get(p.name, as_json(p, "")) for p in shown})
        return line if len(line) <= LONGEST else None

    def _request(self, operation: AnyOperation, body: Mapping[str, object]) -> str:
        path = path_of(operation).format(guild=EXAMPLE_GUILD if self._guild is None else self._guild)
        return self.escape(f"POST {path} {json.dumps(body, ensure_ascii=False)}" if body else f"POST {path}")


def _shown(operation: AnyOperation, given: Collection[str]) -> list[Parameter]:
    return [p for p in parameters(operation.command) if p.required or p.name in given]
