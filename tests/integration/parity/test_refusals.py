"""Refusals that a person meets, through all entrypoints side by side."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from tests.architecture.operations import EVERY
from tests.contexts import Call, Write
from tests.integration.parity.compare import alike
from tests.integration.parity.entrypoints import Answer
from tests.integration.parity.world import LEVELS, cast, example, seed
from twi_core.kernel.context import Origin
from twi_core.kernel.handling import AnyOperation
from twi_core.kernel.permissions import Level

TITLE: Final = "world map"

REFUSED: Final[tuple[tuple[str, str, dict[str, Any], str], ...]] = (
    ("member", "links.get", {"title": "nowhere"}, "links.not_found"),
    ("member", "links.get", {"title": "wrold map"}, "links.not_found"),
    ("owner", "links.rename", {"title": "nowhere", "new_title": "x"}, "links.not_found"),
    ("moderator", "links.add", {"title": "World  MAP", "content": "x"}, "links.title_taken"),
    ("owner", "links.rename", {"title": TITLE, "new_title": "PART 2"}, "links.title_taken"),
    ("member", "links.list", {"tag": "nowhere"}, "links.tag_not_found"),
    ("member", "links.search", {"query": "nowhere"}, "links.nothing_found"),
    ("owner", "links.edit", {"title": TITLE}, "links.nothing_to_change"),
    ("owner", "links.edit", {"title": TITLE, "tag": "x", "clear_tag": True}, "links.tag_and_clear_tag"),
    ("owner", "links.add", {"title": "mine", "content": "x"}, "permissions.denied"),
    ("moderator", "links.edit", {"title": TITLE, "content": "x"}, "permissions.denied"),
    ("moderator", "links.rename", {"title": TITLE, "new_title": "x"}, "permissions.denied"),
)


def test_a_member_deleting_a_link_of_another_is_refused_alike() -> None:
    """By slash, prefix, CLI and HTTP, with the same code, and the link stays."""
    call = Call("links.delete", "member", {"title": TITLE}, before=seed("links"))
    truths, played = alike([call])
    answers = [found for entrypoint in ("slash", "prefix", "typed", "call", "http") if (found := played[entrypoint][0])]
    assert [answer.code for answer in answers] == ["permissions.denied"] * 5
    for answer in (*truths, *answers):
        assert any(f"title='{TITLE}'" in row for row in rows(answer, "links")), "the link stays"


def rows(answer: Answer, table: str) -> list[str]:
    """Return what a table holds after an answer."""
    found = answer.state[table]
    assert isinstance(found, list)
    return found


def test_what_links_refuse_is_refused_alike() -> None:
    """Message, hint and code are the same through every entrypoint, near misses named in the same order."""
    truths, played = alike([Call(name, who, given, before=seed("links")) for who, name, given, _ in REFUSED])
    assert [truth.code for truth in truths] == [code for *_, code in REFUSED]
    assert all(None not in answers for answers in played.values()), "every entrypoint can carry all of them"


def granted(operation: AnyOperation) -> tuple[Call | Write[Any], ...]:
    """Store the links, and let the moderator do it: administrators pass over the limits of their server."""
    given = {"permission": operation.policy.requires.name, "user": str(cast()[1]["moderator"])}
    return (*seed("links"), Call("permissions.grant", "operator", given))


def test_the_limit_is_reached_alike() -> None:
    """The last call that a policy allows passes everywhere, and the next is refused with the same words."""
    calls = [
        Call(
            operation.name,
            "moderator",
            example(operation.name, only_required=True),
            before=granted(operation),
            spent=spent,
            guild=operation.policy.guild,
        )
        for operation in EVERY
        if (limit := operation.policy.limit) is not None and operation.policy.requires.default is not Level.OPERATOR
        for spent in (limit.amount - 1, limit.amount)
    ]
    truths, played = alike(calls)
    for number, (call, truth) in enumerate(zip(calls, truths, strict=True)):
        assert (truth.code == "limits.limited") == bool(number % 2), str(call)
        for entrypoint, answers in played.items():
            assert answers[number] is not None, (entrypoint, str(call))


@pytest.mark.parametrize("callers", [("member",), pytest.param(tuple(LEVELS), marks=pytest.mark.long)], ids="-".join)
def test_outside_a_server_every_entrypoint_requires_one(callers: Sequence[str]) -> None:
    """In a direct message, without --guild, and under a path without a guild the code is `guild.required`."""
    calls = [
        Call(operation.name, who, example(operation.name, only_required=True), seed("links"), guild=False)
        for operation in EVERY
        if operation.policy.guild and not operation.policy.anywhere
        for who in callers
    ]
    truths, played = alike(calls)
    assert {truth.code for truth in truths} == {"guild.required"}
    for entrypoint in ("slash", "typed", "call", "http"):
        assert None not in played[entrypoint]


def test_what_is_closed_to_an_entrypoint_is_unknown_there() -> None:
    """No token makes tokens: HTTP knows no such operation, and Discord has no such command."""
    closed = [operation for operation in EVERY if Origin.HTTP in operation.policy.closed_to]
    calls = [Call(operation.name, "operator", example(operation.name), seed("tokens")) for operation in closed]
    _, played = alike(calls)
    assert {answer.code for answer in played["http"] if answer} == {"operations.unknown"}
    assert set(played["slash"] + played["prefix"]) == {None}
