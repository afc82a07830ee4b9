"""The OpenAPI document: it describes what is there, and schemathesis finds nothing against it."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from tests.architecture.operations import EVERY
from tests.integration.http.server import GUILD, MEMBER, HttpServer, bearer, opened
from tests.integration.http.test_operations import HAPPY, REFUSED
from tests.unlimited import Unlimited
from tests.waiting import PATIENCE
from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import MemberFacts
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation, Operation
from twi_core.kernel.ids import GuildId, UserId
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.parameters import parameters
from twi_core.kernel.permissions import Level, NativePermissions, Permission
from twi_core.kernel.policy import Policy
from twi_http.openapi import document
from twi_http.paths import offered, path_of
from twi_memory.ports.directory import MemoryDirectory
from twi_runtime.opening.lifecycle import Overrides

QUOTA: Final = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
SETTINGS: Final = """\
[[operations]]
include-operation-id = {not_fuzzed}
phases.fuzzing.enabled = false

[checks.positive_data_acceptance]
# A schema cannot say which characters a title may hold; such a refusal is documented as 422.
expected-statuses = ["2xx", "401", "403", "404", "409", "422"]
"""


def described() -> dict[str, Any]:
    """Return the document as programs read it."""
    found: dict[str, Any] = json.loads(json.dumps(document(offered(EVERY), ())))
    return found


def validator(found: dict[str, Any], schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Return what validates by a schema of the document."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": found["components"]})


def test_every_operation_has_its_own_path() -> None:
    """One path and one name per operation, each with its own request, answers and refusals."""
    found = described()
    assert found["openapi"].startswith("3.1.")
    posts = {path: entry["post"] for path, entry in found["paths"].items() if "post" in entry}
    assert {path: entry["operationId"] for path, entry in posts.items()} == {
        path_of(operation): operation.name for operation in offered(EVERY)
    }
    names = [entry["operationId"] for path in found["paths"].values() for entry in path.values()]
    assert len(names) == len(set(names))
    for operation in offered(EVERY):
        entry = posts[path_of(operation)]
        schema = entry["requestBody"]["content"]["application/json"]["schema"]
        body = found["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        assert body["additionalProperties"] is False
        assert set(body["properties"]) == set(operation.command.model_fields)
        assert entry["security"] == [{"token": []}]
        for code in operation.policy.errors:
            assert any(code.code in answer["description"] for answer in entry["responses"].values()), code.code
        assert {"200", "400", "401", "413", "415", "422", "500", "503"} <= set(entry["responses"])
        refusable = operation.policy.guild or operation.policy.requires.default > Level.EVERYONE
        assert ("403" in entry["responses"]) == refusable
        assert set(entry["responses"]["200"]["headers"]) == QUOTA
        throttled = entry["responses"]["429"]
        assert set(throttled["headers"]) == {*QUOTA, "Retry-After"}
        limited = operation.policy.requires.default is not Level.OPERATOR
        assert ("limits.over_budget" in throttled["description"]) == limited
        assert "limits.refused_too_often" in throttled["description"]


def test_every_reference_leads_somewhere_and_every_schema_is_one() -> None:
    """The document can be read by a generator of clients."""
    found = described()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(target := node.get("$ref"), str):
                place: Any = found
                for part in target.removeprefix("#/").split("/"):
                    place = place[part]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(found)
    for schema in found["components"]["schemas"].values():
        assert jsonschema_rs.meta.is_valid(schema)


@pytest.mark.asyncio
async def test_answers_and_refusals_are_as_described(entrypoint: HttpServer) -> None:
    """What is answered, and what is refused, fits the schema of that operation and status."""
    token = await entrypoint.token("administrator")
    found = (await entrypoint.client.get("/openapi.json")).json()
    happy = [(name, body) for name, body, _ in HAPPY]
    refused = [(name, body) for name, body, _, _ in REFUSED]
    for name, body in (*happy[:4], *refused, *happy[4:]):
        answer = await entrypoint.call(name, body, token=token)
        responses = found["paths"][f"/api/v1/guilds/{{guild}}/operations/{name}"]["post"]["responses"]
        (content,) = responses[str(answer.status_code)]["content"].values()
        validator(found, content["schema"]).validate(answer.json())
    for path in ("/api/v1/errors", "/api/v1/operations", "/health/ready", "/health/live"):
        answer = await entrypoint.client.get(path, headers=bearer(token))
        content = found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        validator(found, content["schema"]).validate(answer.json())


@pytest.mark.asyncio
async def test_an_operation_without_a_guild_has_the_short_path() -> None:
    """What acts in no server is called without one, by any token whose level allows it."""

    class Whoami(Command):
        """Show who calls."""

    async def handler(_: Whoami, context: CallContext, /) -> Outcome[UserId | None, AppError]:
        return Success(context.actor)

    policy = Policy(name="test.whoami", requires=Permission("test.whoami", Level.EVERYONE, "ask"), guild=False)
    operation = Operation(policy, Whoami, UserId | None, handler)
    assert path_of(operation) == "/api/v1/operations/test.whoami"
    async with opened(operations=[operation]) as other:
        answer = await other.client.post(path_of(operation), headers=bearer(await other.token()))
        assert (answer.status_code, answer.json()) == (200, "200000000000000001")
        assert (await other.client.post(path_of(operation))).status_code == 401
        paths = (await other.client.get("/openapi.json")).json()["paths"]
        assert "parameters" not in paths[path_of(operation)]["post"]


NAMES: Final = [entry["operationId"] for path in described()["paths"].values() for entry in path.values()]
PARTS: Final = [NAMES[at : at + 20] for at in range(0, len(NAMES), 20)]
"""Operations that one run is for; all of them at once would take minutes one day."""


def shape_of(operation: AnyOperation) -> object:
    """Return what requests to an operation are made of: the kinds of parameters, required or not, repeated or not."""
    return operation.policy.guild, frozenset((p.kind, p.required, p.several) for p in parameters(operation.command))


def one_of_each_shape() -> set[str]:
    """Return the first operation of each shape of parameters."""
    return set({shape_of(operation): operation.name for operation in reversed(offered(EVERY))}.values())


@pytest.mark.asyncio
@pytest.mark.parametrize("names", PARTS, ids=lambda names: names[0])
@pytest.mark.parametrize("fuzzing", ["shapes", pytest.param("all", marks=pytest.mark.long)])
async def test_schemathesis_finds_nothing(tmp_path: Path, names: Sequence[str], fuzzing: str) -> None:
    """Examples and boundary values for every operation, and random requests for one of each shape, fit the document.

    The long form sends three times as many random requests, to every operation.
    """
    config = tmp_path / "schemathesis.toml"
    alike = {operation.name for operation in EVERY} - one_of_each_shape() if fuzzing == "shapes" else set[str]()
    config.write_text(SETTINGS.format(not_fuzzed=json.dumps(["none", *sorted(alike)])), encoding="utf-8")
    chosen = [word for name in names for word in ("--include-operation-id", name)]
    directory = MemoryDirectory()
    caller = MemberFacts(id=UserId(MEMBER), roles=frozenset(), native=NativePermissions.NONE, position=1)
    directory.members[GuildId(GUILD), caller.id] = caller
    async with opened(Overrides(limiter=Unlimited(), refusals=None, directory=directory)) as entrypoint:
        token = await entrypoint.token("administrator")
        await entrypoint.call(
            "links.add", {"title": "world map", "content": "https://wanderinginn.com/map"}, token=token
        )
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "--no-color", "run",
            f"{entrypoint.url}/openapi.json",
            "--header", f"Authorization: Bearer {token}", "--max-examples", "15" if fuzzing == "all" else "5",
            "--phases", "examples,coverage,fuzzing", "--seed", "1", "--warnings", "off", *chosen,
            cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE * 10)
        assert process.returncode == 0, said.decode()
        assert (await entrypoint.client.get(f"/api/v1/guilds/{GUILD}/operations/links.get")).status_code == 405
