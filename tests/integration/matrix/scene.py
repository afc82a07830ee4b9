"""Servers and people, what is stored about them, and what an operation is asked with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, final

from tests import contexts
from tests.contexts import A_ROLE, ADMIN_ROLE, OWNER, SOMEBODY, Call, Row, suites
from tests.integration.matrix.rules import Kind, Place
from tests.integration.parity.world import example, offered
from twi_core.application import Application
from twi_core.kernel.context import Origin
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Failure
from twi_core.kernel.parameters import ParameterKind, parameters
from twi_core.kernel.permissions import Level
from twi_memory.storage.store import MemoryStore

OURS: Final = (Place.OWN, Place.RULED, Place.OTHER)
"""The servers that the bot is in."""


@final
@dataclass(frozen=True)
class Server:
    """The ids of a server: its own, that of a role without rights, and that of its admin role."""

    id: int
    role: int
    admin_role: int


@final
@dataclass(frozen=True)
class Scene:
    """All ids: the servers that the bot is in, the callers, and one more plain member of every server."""

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
    """Return what an operation is called with: the examples of what must be given, people and roles that there are."""
    kinds = {p.name: p.kind for p in parameters(offered().operation(row.name).unwrap().command)}
    stands = {ParameterKind.USER: SOMEBODY, ParameterKind.ROLE: A_ROLE}
    required = example(row.name, only_required=True)
    return {name: stands.get(kinds[name], value) for name, value in required.items()} | dict(row.given)


def filled(given: Mapping[str, Any], scene: Scene, place: Place) -> dict[str, Any]:
    """Replace the texts that stand for ids; outside of our servers, those of the own one."""
    return contexts.filled(given, _ids(scene, place))


async def seed(app: Application, store: MemoryStore, scene: Scene) -> None:
    """Store what the examples are about, in each server; in the other one nothing belongs to the author."""
    for place, server in scene.servers.items():
        for suite in suites().values():
            for each in suite.seed:
                if isinstance(each, Call):
                    operation = app.operation(each.name).unwrap()
                    if operation.policy.guild or place is Place.OWN:
                        await _store(app, server, each.name, filled(each.raw, scene, place))
                elif place is Place.OWN:
                    await each.into(store, app.context(actor=UserId(scene.somebody), guild=GuildId(server.id)))
    ruled = scene.servers[Place.RULED]
    await _store(app, ruled, "permissions.deny", {"permission": "*", "role": str(ruled.id)})


def _ids(scene: Scene, place: Place) -> Mapping[str, str]:
    server = scene.servers.get(place, scene.servers[Place.OWN])
    owner = scene.somebody if place is Place.OTHER else scene.people[Kind.AUTHOR]
    ids = {SOMEBODY: scene.somebody, OWNER: owner, A_ROLE: server.role, ADMIN_ROLE: server.admin_role}
    return {name: str(number) for name, number in ids.items()}


async def _store(app: Application, server: Server, name: str, given: Mapping[str, Any]) -> None:
    context = app.context(actor=None, guild=GuildId(server.id), asserted_level=Level.OPERATOR, origin=Origin.CLI)
    outcome = await app.operation(name).unwrap().call(given, context)
    assert not isinstance(outcome, Failure), (name, outcome.failure().code)


@final
class Kept:
    """The contents of a storage at one moment, which can be restored."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._rows = {name: dict(table.rows) for name, table in store.tables.every().items()}

    def bring_back(self) -> None:
        """Undo whatever was changed since."""
        changed = False
        for name, table in self._store.tables.every().items():
            kept = self._rows.get(name, {})  # a table that was first asked for since held nothing
            if table.rows == kept:
                continue
            changed = True
            for number in tuple(table.rows):
                table.drop(number)
            for row in kept.values():
                table.put(row)
        if changed:
            self._store.invalidations.publish_everything()
