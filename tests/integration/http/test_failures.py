"""What a request was refused is found by the reference in its answer."""

import httpx
import pytest

from tests.integration.http.server import GUILD, MEMBER, OTHER_GUILD, HttpServer, bearer, opened
from tests.integration.http.storage import FaultyStore
from twi_core.failures.domain import Bug, Occurrence
from twi_core.kernel.context import Origin
from twi_core.kernel.ids import GuildId, UserId
from twi_http import operations
from twi_http.shield import HEAD_LIMIT
from twi_memory.failures import BUG_ROWS, OCCURRENCE_ROWS
from twi_runtime.opening.lifecycle import Overrides

pytestmark = pytest.mark.asyncio


@pytest.fixture
def store() -> FaultyStore:
    return FaultyStore()


async def noted(entrypoint: HttpServer, store: FaultyStore, response: httpx.Response) -> Occurrence:
    """Return what is stored under the reference of an answer."""
    assert await entrypoint.runtime.app.failure_records.flush()
    body = response.json()
    assert body["reference"] == response.headers["x-request-id"]
    (found,) = [row for row in store.store.table(OCCURRENCE_ROWS).rows.values() if row.reference == body["reference"]]
    assert (found.origin, found.code) == (Origin.HTTP, body["code"])
    return found


def behind(store: FaultyStore, found: Occurrence) -> Bug:
    """Return the bug behind an occurrence."""
    (bug,) = [bug for bug in store.store.table(BUG_ROWS).rows.values() if bug.fingerprint == found.fingerprint]
    return bug


async def test_what_the_door_refuses_before_it_knows_who_calls(store: FaultyStore) -> None:
    """A missing or unknown token, an address that is none, another method, a head that is too large."""
    async with opened(Overrides(storage=store)) as entrypoint:
        answers = [
            await entrypoint.call("links.get", {"title": "x"}, token=None),
            await entrypoint.call("links.get", {"title": "x"}, token="twi_unknown"),
            await entrypoint.client.get("/nowhere"),
            await entrypoint.client.get(f"/api/v1/guilds/{GUILD}/operations/links.get"),
            await entrypoint.client.get("/nowhere", headers={"X-Filler": "x" * HEAD_LIMIT}),
        ]
        for answer in answers:
            found = await noted(entrypoint, store, answer)
            assert (found.actor, found.guild, found.operation) == (None, None, None)


async def test_what_is_refused_once_the_caller_is_known(store: FaultyStore) -> None:
    """A broken body, a wrong type, an unknown field and a rule of the model bear caller and server."""
    async with opened(Overrides(storage=store)) as entrypoint:
        token = await entrypoint.token()
        path, headers = f"/api/v1/guilds/{GUILD}/operations/links.get", bearer(token)
        cases = (
            (
                await entrypoint.client.post(
                    path, headers={**headers, "Content-Type": "application/json"}, content="{"
                ),
                None,
            ),
            (await entrypoint.client.post(path, headers=headers, content="{}"), None),
            (await entrypoint.client.post(f"{path}?x=1", headers=headers, json={}), None),
            (await entrypoint.call("links.get", {"title": "x" * 500}, token=token), "links.get"),
            (await entrypoint.call("links.get", {"colour": "red"}, token=token), "links.get"),
            (await entrypoint.call("links.get", {"title": "nowhere"}, token=token), "links.get"),
            (await entrypoint.call("links.add", {"title": "a", "content": "b"}, token=token), "links.add"),
        )
        for answer, operation in cases:
            found = await noted(entrypoint, store, answer)
            assert (found.actor, found.guild) == (UserId(MEMBER), GuildId(GUILD)), found
            assert found.operation == operation
        elsewhere = await noted(
            entrypoint, store, await entrypoint.call("links.get", {"title": "x"}, token=token, guild=71)
        )
        assert elsewhere.code == "tokens.guild_closed"


async def test_a_process_that_stops_notes_whom_it_refused(store: FaultyStore) -> None:
    """Requests that come while the process drains are noted before it ends."""
    async with opened(Overrides(storage=store)) as entrypoint:
        token = await entrypoint.token()
        assert await entrypoint.runtime.drain.close(1)
        found = await noted(entrypoint, store, await entrypoint.call("links.get", {"title": "x"}, token=token))
        assert found.code == "runtime.stopping"


async def test_a_bug_in_an_operation_and_one_in_the_door(store: FaultyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are internal errors to the caller, and bugs with what they said to those who run the bot."""
    async with opened(Overrides(storage=store)) as entrypoint:
        token = await entrypoint.token()
        store.fault = ValueError("secret words")
        answer = await entrypoint.call("links.get", {"title": "x"}, token=token)
        store.fault = None
        assert "secret words" not in answer.text
        found = await noted(entrypoint, store, answer)
        bug = behind(store, found)
        assert (bug.where, bug.references, found.actor) == ("links.get", (found.reference,), UserId(MEMBER))
        assert bug.trace.startswith("ValueError: secret words\n")
        monkeypatch.setattr(operations, "read_object", None)
        found = await noted(entrypoint, store, await entrypoint.call("links.get", {"title": "x"}, token=token))
        assert (behind(store, found).where, behind(store, found).kinds) == ("http.request", ("TypeError",))


async def test_staff_look_references_up_in_their_own_server(store: FaultyStore) -> None:
    """A token of a moderator finds what happened in the server of its path, and answers as if the rest never had."""
    async with opened(Overrides(storage=store)) as entrypoint:
        member = await entrypoint.token(guilds=(GUILD, OTHER_GUILD))
        staff = await entrypoint.token("moderator", guilds=(GUILD, OTHER_GUILD))
        operator = await entrypoint.token("operator")
        refused = {
            guild: (await entrypoint.call("links.get", {"title": "x"}, token=member, guild=guild)).json()["reference"]
            for guild in (GUILD, OTHER_GUILD)
        }
        assert await entrypoint.runtime.app.failure_records.flush()

        async def asked(token: str, of: int, at: int = GUILD) -> httpx.Response:
            return await entrypoint.call("failures.show", {"reference": refused[of]}, token=token, guild=at)

        shown = (await asked(staff, GUILD)).json()
        assert (shown["actor"], shown["code"], shown["bug"]) == (str(MEMBER), "links.not_found", None)
        assert (await asked(staff, OTHER_GUILD)).json()["code"] == "failures.unknown_reference"
        assert (await asked(staff, OTHER_GUILD, OTHER_GUILD)).status_code == 200
        assert (await asked(member, GUILD)).json()["code"] == "permissions.denied"
        assert (await asked(operator, OTHER_GUILD)).status_code == 200
        listed = await entrypoint.client.post("/api/v1/operations/failures.list", headers=bearer(operator))
        assert listed.json() == {"items": [], "next": None}
