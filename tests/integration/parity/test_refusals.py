"""Refusals that a person meets, through all doors side by side."""

from typing import Any

import pytest

from tests.architecture.operations import EVERY, named
from tests.integration.parity.compare import alike
from tests.integration.parity.doors import Answer, Answers
from tests.integration.parity.world import LEVELS, Call, example, seed
from twi_core.kernel.context import Origin
from twi_core.kernel.handling import AnyOperation

LIMITED = [operation for operation in EVERY if operation.policy.limit is not None]
IN_GUILDS = [operation for operation in EVERY if operation.policy.guild]
TITLE = "world map"


def refused(call: Call) -> str | None:
    """Play one call that every door can carry, and give the code that all of them answered."""
    truths, played = alike([call])
    assert all(answer is not None for (answer,) in played.values()), str(call)
    return truths[0].code


def test_a_member_deleting_somebodys_link_is_refused_alike() -> None:
    """By slash, prefix, CLI and HTTP, with the same code, and the link stays."""
    call = Call("links.delete", "member", {"title": TITLE}, before=seed("links"))
    truths, played = alike([call])
    answers = [found for door in ("slash", "prefix", "typed", "call", "http") if (found := played[door][0])]
    assert [answer.code for answer in answers] == ["permissions.denied"] * 5
    for answer in (*truths, *answers):
        assert any(f"title='{TITLE}'" in row for row in rows(answer, "links")), "the link stays"


def rows(answer: Answer, table: str) -> list[str]:
    """Give what a table holds after an answer."""
    found = answer.state[table]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("who", "name", "given", "code"),
    [
        ("member", "links.get", {"title": "nowhere"}, "links.not_found"),
        ("member", "links.get", {"title": "wrold map"}, "links.not_found"),
        ("owner", "links.rename", {"title": "nowhere", "new_title": "x"}, "links.not_found"),
        ("moderator", "links.add", {"title": "World  MAP", "content": "x"}, "links.title_taken"),
        ("owner", "links.rename", {"title": TITLE, "new_title": "PART 2"}, "links.title_taken"),
        ("member", "links.list", {"category": "nowhere"}, "links.category_not_found"),
        ("member", "links.search", {"query": "nowhere"}, "links.nothing_found"),
        ("owner", "links.edit", {"title": TITLE}, "links.nothing_to_change"),
        ("owner", "links.edit", {"title": TITLE, "tag": "x", "clear_tag": True}, "links.nothing_to_change"),
        ("owner", "links.add", {"title": "mine", "content": "x"}, "permissions.denied"),
        ("moderator", "links.edit", {"title": TITLE, "content": "x"}, "permissions.denied"),
        ("moderator", "links.rename", {"title": TITLE, "new_title": "x"}, "permissions.denied"),
    ],
)
def test_what_links_refuse_is_refused_alike(who: str, name: str, given: dict[str, Any], code: str) -> None:
    """Message, hint and code are the same through every door, near misses named in the same order."""
    assert refused(Call(name, who, given, before=seed("links"))) == code


@pytest.mark.parametrize("operation", LIMITED, ids=named)
def test_the_limit_is_reached_alike(operation: AnyOperation) -> None:
    """The last call that a policy allows passes through every door, and the next is refused with the same words."""
    limit = operation.policy.limit
    assert limit is not None
    raw = example(operation.name, only_required=True)
    calls = [
        Call(operation.name, "administrator", raw, before=seed("links"), spent=spent)
        for spent in (limit.amount - 1, limit.amount)
    ]
    truths, played = alike(calls)
    assert [truth.code == "throttling.limited" for truth in truths] == [False, True]
    for answers in played.values():
        assert {answer is None for answer in answers} == {False}


@pytest.mark.parametrize("operation", IN_GUILDS, ids=named)
def test_outside_a_server_every_door_asks_for_one(operation: AnyOperation) -> None:
    """In a direct message, without --guild, and under a path without a guild the code is `guild.required`."""
    raw = example(operation.name, only_required=True)
    truths, played = alike([Call(operation.name, who, raw, guild=False, before=seed("links")) for who in LEVELS])
    assert {truth.code for truth in truths} == {"guild.required"}
    for door in ("slash", "typed", "call", "http"):
        assert None not in played[door]


def test_what_is_closed_to_a_door_is_unknown_there() -> None:
    """No token makes tokens: HTTP knows no such operation, Discord has no such command, and only the shell does it."""
    closed = [operation for operation in EVERY if Origin.HTTP in operation.policy.closed_to]
    calls = [Call(operation.name, "operator", example(operation.name), before=seed("access")) for operation in closed]
    _, played = alike(calls)
    codes: Answers = played["http"]
    assert {answer.code for answer in codes if answer} == {"operations.unknown"}
    assert set(played["slash"] + played["prefix"]) == {None}
