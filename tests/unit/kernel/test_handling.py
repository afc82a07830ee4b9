"""Operations: what entrypoints call and read."""

from keyword import iskeyword

import pytest

from tests.app import GUILD, Who, build, operation, refusal, success
from twi_core.application import Application
from twi_core.kernel.context import Origin
from twi_core.kernel.contexts import offered
from twi_core.kernel.errors import registered_errors
from twi_core.kernel.permissions import Level, declare_permission, declared_permissions
from twi_core.kernel.wording import PLAIN
from twi_core.links.domain import Link, LinkId
from twi_core.links.use_cases.add import AddLink


def test_operations_are_named_after_their_place() -> None:
    """Each operation is found by its own name, which is its context's and its attribute's."""
    app = build().app
    for context, api in app.apis():
        for found in api.operations():
            assert app.operation(found.name).unwrap() is found
            verb = found.name.removeprefix(f"{context}.")
            assert getattr(api, f"{verb}_" if iskeyword(verb) else verb) is found
    assert [name for name, _ in app.apis()] == [context.name for context in offered(Application)]


def test_operations_say_what_they_take_and_return() -> None:
    """An operation has a command, the type of its answer, a summary, and errors that are registered."""
    app = build().app
    assert (app.links.add.command, app.links.add.value) == (AddLink, Link)
    assert app.links.add.summary == "Save a link under a title."
    for found in app.operations():
        assert found.summary.endswith(".")
        assert found.policy.requires.name in declared_permissions()
        assert all(registered_errors()[error.code] is error for error in found.policy.errors)
        assert set(found.policy.closed_to) <= set(Origin)
        assert found.values.json_schema(mode="serialization")


def test_an_unknown_operation() -> None:
    """A name that no operation has is refused, cut to a length that can be shown."""
    error = refusal(build().app.operation("links." + "x" * 5_000))
    assert error.code == "operations.unknown"
    assert len(error.message(PLAIN)) < 200


@pytest.mark.asyncio
async def test_raw_and_typed_calls_agree() -> None:
    """Calling with raw input is decoding and calling."""
    bench = build()
    typed = success(await bench.app.links.add(AddLink(title="a", content="b"), bench.by(Who.AUTHOR)))
    assert typed == success(await bench.call("links.get", Who.MEMBER, title="A"))
    assert typed.id == LinkId(1)
    assert typed.guild == GUILD


@pytest.mark.asyncio
async def test_bad_input_is_refused_before_anybody_is_asked() -> None:
    """Input that does not decode is refused as such, for every caller."""
    bench = build()
    assert await bench.code("links.add", Who.MEMBER, title="a\x00", content="b") == "input.invalid_text"


@pytest.mark.asyncio
async def test_answers_are_written_as_json() -> None:
    """An answer's ids are texts and its times say that they are UTC."""
    bench = build()
    link = await bench.call("links.add", title="a", content="b", tag="t")
    written = operation(bench.app, "links.add").values.dump_python(success(link), mode="json")
    assert written == {
        "id": "1",
        "guild": str(GUILD),
        "title": "a",
        "content": "b",
        "tag": "t",
        "preview": True,
        "added_by": str(Who.AUTHOR.value),
        "added_at": "2026-01-01T00:00:00Z",
        "changed_by": str(Who.AUTHOR.value),
        "changed_at": "2026-01-01T00:00:00Z",
    }


def test_a_permission_is_declared_once() -> None:
    """A second declaration of a permission is refused, so that its level cannot be changed elsewhere."""
    with pytest.raises(ValueError, match="already"):
        declare_permission("links.add", Level.EVERYONE, "add links")
    assert declared_permissions()["links.add"].default is Level.MODERATOR
    assert list(declared_permissions()) == sorted(declared_permissions())


def test_levels_are_ordered() -> None:
    """Each rank stands above the ones before; people read it in small letters."""
    assert sorted(Level) == [Level.EVERYONE, Level.MODERATOR, Level.ADMINISTRATOR, Level.OPERATOR]
    assert Level.OPERATOR.label == "operator"
