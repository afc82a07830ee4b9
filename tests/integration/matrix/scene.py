"""Servers and people, what is stored about them, and what an operation is asked with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, final

from tests.integration.matrix.rules import A_ROLE, SOMEBODY, Kind, Place, Row
from tests.integration.parity.world import example, offered
from twi_core.application import Application
from twi_core.failures.domain import Bug, Occurrence
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import Kind as ErrorKind
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Failure
from twi_core.kernel.parameters import ParameterKind, parameters
from twi_core.kernel.permissions import Level
from twi_memory.failures import BUG_ROWS, OCCURRENCE_ROWS
from twi_memory.storage.store import MemoryStore
from twi_memory.storage.table import Table

OURS: Final = (Place.OWN, Place.RULED, Place.OTHER)
"""The servers that the bot is in."""


@final
@dataclass(frozen=True)
class Server:
    """Hold the ids of a server: its own, that of a role without rights, and that of its admin role."""

    id: int
    role: int
    admin_role: int


@final
@dataclass(frozen=True)
class Scene:
    """Hold all ids: the servers that the bot is in, the callers, and one more plain member of every server."""

    servers: Mapping[Place, Server]
    people: Mapping[Kind, int]
    somebody: int


FIXED: Final = Scene(
    servers={place: Server(9_000 + number, 9_100 + number, 9_200 + number) for number, place in enumerate(OURS)},
    people={kind: 100 + number for number, kind in enumerate(Kind)},
    somebody=99,
)
"""The scene of the entrypoints that do not learn of ids from Discord."""


@cache
def asked(row: Row) -> Mapping[str, Any]:
    """Give what an operation is asked with: the examples of what must be given, people and roles that there are."""
    kinds = {p.name: p.kind for p in parameters(offered().operation(row.name).unwrap().command)}
    stands = {ParameterKind.USER: SOMEBODY, ParameterKind.ROLE: A_ROLE}
    required = example(row.name, only_required=True)
    return {name: stands.get(kinds[name], value) for name, value in required.items()} | dict(row.given)


def filled(given: Mapping[str, Any], scene: Scene, place: Place) -> dict[str, Any]:
    """Put ids in where they were left open; outside of our servers, those of the own one."""
    server = scene.servers.get(place, scene.servers[Place.OWN])
    stands = {SOMEBODY: str(scene.somebody), A_ROLE: str(server.role)}
    return {name: stands.get(value, value) if isinstance(value, str) else value for name, value in given.items()}


async def seed(app: Application, store: MemoryStore, scene: Scene) -> None:
    """Store what the examples are about, in each server; in the other one nothing belongs to the author."""
    author, somebody = str(scene.people[Kind.AUTHOR]), str(scene.somebody)
    for place, server in scene.servers.items():
        link = example("links.add")
        owner = somebody if place is Place.OTHER else author
        await _store(app, server, "links.add", link)
        await _store(app, server, "links.transfer", {"title": link["title"], "to": owner})
        await _store(app, server, "permissions.grant", {"permission": "links.add", "user": somebody})
        await _store(app, server, "limits.set", example("limits.set", only_required=True))
        await _store(app, server, "settings.set", {"key": "links.page_size", "value": "7"})
        roles = {"key": "permissions.admin_roles", "value": str(server.admin_role)}
        await _store(app, server, "settings.add", roles)
    ruled = scene.servers[Place.RULED]
    await _store(app, ruled, "permissions.deny", {"permission": "*", "role": str(ruled.id)})
    await _store(app, scene.servers[Place.OWN], "tokens.create", example("tokens.create"))
    _store_failures(app, store, scene.servers[Place.OWN])


async def _store(app: Application, server: Server, name: str, given: Mapping[str, Any]) -> None:
    context = app.context(actor=None, guild=GuildId(server.id), asserted_level=Level.OPERATOR, origin=Origin.CLI)
    outcome = await app.operation(name).unwrap().call(given, context)
    assert not isinstance(outcome, Failure), (name, outcome.failure().code)


def _store_failures(app: Application, store: MemoryStore, server: Server) -> None:
    """Store a failure of the own server under the reference of the example, and a bug under its fingerprint."""
    now = app.context(actor=None, guild=None).received_at
    fingerprint, reference = example("failures.describe")["fingerprint"], example("failures.show")["reference"]
    store.table(OCCURRENCE_ROWS).put(
        Occurrence(
            reference=reference,
            at=now,
            guild=GuildId(server.id),
            actor=UserId(1),
            channel=None,
            origin=Origin.DISCORD,
            operation="links.get",
            code="internal.unexpected",
            kind=ErrorKind.INTERNAL,
            fingerprint=fingerprint,
        )
    )
    store.table(BUG_ROWS).put(
        Bug(
            fingerprint=fingerprint,
            where="links.get",
            kinds=("RuntimeError",),
            trace="RuntimeError",
            count=1,
            first_seen_at=now,
            last_seen_at=now,
            references=(reference,),
        )
    )


@final
class Kept:
    """Remember what a storage holds, and bring it back to that."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._rows = {name: dict(table.rows) for name, table in self._tables().items()}

    def bring_back(self) -> None:
        """Undo whatever was changed since."""
        changed = False
        for name, table in self._tables().items():
            if table.rows == self._rows[name]:
                continue
            changed = True
            for number in tuple(table.rows):
                table.drop(number)
            for row in self._rows[name].values():
                table.put(row)
        if changed:
            self._store.invalidations.publish_everything()

    def _tables(self) -> dict[str, Table[Any]]:
        return {name: table for name, table in vars(self._store).items() if isinstance(table, Table)}
