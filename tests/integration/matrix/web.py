"""HTTP, through a socket: a token for each kind of caller."""

from collections.abc import Iterable, Mapping

from tests.contexts import Entrypoint
from tests.integration.http.server import HttpServer, bearer, opened
from tests.integration.matrix.rules import OK, RANKS, Cell, Kind, Place
from tests.integration.matrix.scene import FIXED, Kept, asked, filled, seed
from tests.unlimited import Unlimited
from twi_memory.storage.store import MemoryStore
from twi_runtime.opening.lifecycle import Overrides


async def answers(cells: Iterable[Cell]) -> list[tuple[Cell, str]]:
    """Return the code of each answer, or `OK`; what one changes is undone before the next."""
    store = MemoryStore()
    operator = str(FIXED.people[Kind.OPERATOR])
    overrides = Overrides(storage=store, limiter=Unlimited(), refusals=None)
    async with opened(overrides, operator_ids=operator) as entrypoint:
        await seed(entrypoint.runtime.app, store, FIXED)
        tokens = await _tokens(entrypoint)
        kept = Kept(store)
        found = []
        for cell in cells:
            found.append((cell, await _answer(entrypoint, cell, tokens)))
            kept.bring_back()
        return found


async def _tokens(entrypoint: HttpServer) -> Mapping[Kind, str]:
    """Make a token for each kind, for the servers in which they have a rank."""
    guilds = tuple(FIXED.servers[place].id for place in (Place.OWN, Place.RULED))
    return {
        kind: await entrypoint.token(level.label, actor=FIXED.people[_person(kind)], guilds=guilds)
        for kind, level in RANKS[Entrypoint.HTTP].items()
        if kind is not Kind.STRANGER
    }


def _person(kind: Kind) -> Kind:
    return Kind.OPERATOR if kind is Kind.CAUTIOUS else kind


async def _answer(entrypoint: HttpServer, cell: Cell, tokens: Mapping[Kind, str]) -> str:
    server = FIXED.servers.get(cell.place)
    path = "/api/v1/operations" if server is None else f"/api/v1/guilds/{server.id}/operations"
    response = await entrypoint.client.post(
        f"{path}/{cell.row.name}",
        json=filled(asked(cell.row), FIXED, cell.place),
        headers=bearer(tokens[cell.kind]) if cell.kind in tokens else {},
    )
    return OK if response.status_code == 200 else str(response.json()["code"])
