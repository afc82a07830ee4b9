"""Ids, and the context of a call."""

import copy
import pickle
from dataclasses import FrozenInstanceError
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter

from tests.app import GUILD, Who, build
from twi_core.kernel.ids import LARGEST_ID, ChannelId, GuildId, MessageId, RoleId, Snowflake, UserId
from twi_core.links.use_cases.add import AddLink
from twi_core.links.use_cases.suggest import SuggestLinks

KINDS = (GuildId, ChannelId, UserId, RoleId, MessageId)


@given(st.integers(1, LARGEST_ID), st.sampled_from(KINDS))
def test_an_id_travels_unharmed(number: int, kind: type[Snowflake]) -> None:
    """An id survives JSON (as text, which no browser rounds), copying and pickling, with its type."""
    adapter = TypeAdapter(kind)
    one = kind(number)
    text = adapter.dump_json(one)
    assert text == f'"{number}"'.encode()
    for other in (adapter.validate_json(text), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one
        assert type(other) is kind
    assert adapter.dump_python(one) == number


@given(st.integers(max_value=0) | st.integers(min_value=LARGEST_ID + 1))
def test_an_id_fits_its_column(number: int) -> None:
    """A number outside 1 to 2**63 - 1 is no id."""
    with pytest.raises(ValueError, match="between 1 and"):
        UserId(number)


def test_ids_are_described_as_text() -> None:
    """OpenAPI says that an id is returned as decimal text, and accepted as text or as an integer."""
    given = TypeAdapter(UserId).json_schema(mode="serialization")
    taken = TypeAdapter(UserId).json_schema(mode="validation")
    assert (given["type"], given["pattern"]) == ("string", "^[0-9]{1,19}$")
    assert [form["type"] for form in taken["anyOf"]] == ["string", "integer"]
    assert given["examples"] == taken["examples"]


def test_an_id_keeps_the_description_of_its_field() -> None:
    """A field's description is part of what OpenAPI says, also where the id may be left out."""

    class Of(BaseModel):
        user: Annotated[UserId, Field(description="Whose it is.")] | None = None

    modes: tuple[Literal["validation", "serialization"], ...] = ("validation", "serialization")
    for mode in modes:
        described = Of.model_json_schema(mode=mode)["properties"]["user"]["anyOf"][0]
        assert described["description"] == "Whose it is."
        assert "pattern" in str(described)


def test_texts_are_described_with_their_limits() -> None:
    """OpenAPI says how long a text may be, and that it may not be empty where it may not."""
    title = AddLink.model_json_schema()["properties"]["title"]
    typed = SuggestLinks.model_json_schema()["properties"]["typed"]
    assert (title["type"], title["minLength"], title["maxLength"]) == ("string", 1, 100)
    assert "minLength" not in typed


def test_the_guild_of_a_call() -> None:
    """A call within a guild knows it; one without fails loudly when a use case asks for it."""
    bench = build()
    assert bench.by(Who.MEMBER).in_guild == GUILD
    with pytest.raises(RuntimeError, match="doesn't require a guild"):
        bench.by(Who.MEMBER, None).in_guild  # noqa: B018  # asking is the test


def test_a_context_cannot_be_changed() -> None:
    """Nothing that runs within a call can change who calls."""
    context = build().by(Who.MEMBER)
    with pytest.raises(FrozenInstanceError):
        context.actor = UserId(1)  # type: ignore[misc]  # the point of the test


def test_each_call_has_its_own_reference() -> None:
    """Two calls never share the reference that finds them in the log."""
    bench = build()
    assert len({bench.by(Who.MEMBER).correlation_id for _ in range(100)}) == 100
    assert bench.by(Who.MEMBER).received_at.utcoffset() is not None
