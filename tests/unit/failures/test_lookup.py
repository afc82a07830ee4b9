"""What a reference leads to for whom, and what operators see of bugs: through the whole pipeline."""

import re
from typing import Final

import pytest

from tests.app import GUILD, OTHER_GUILD, Bench, Who, build, success
from tests.unit.faults import Faults, bench_on, failing_at
from twi_core.failures.domain import Bug
from twi_core.failures.use_cases.list import PAGE_SIZE
from twi_core.failures.use_cases.show import FoundFailure
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError, ErrorCode, Kind, registered_errors
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import GuildId
from twi_core.kernel.outcome import Failure
from twi_core.kernel.paging import Page, write_cursor
from twi_core.kernel.permissions import Level
from twi_core.kernel.wording import PLAIN
from twi_memory.failures import OCCURRENCE_ROWS

UNKNOWN: Final = "failures.unknown_reference"
STAFF: Final = (Who.MODERATOR, Who.ADMINISTRATOR)


async def failed(bench: Bench, guild: GuildId | None = GUILD, name: str = "links.get", **raw: object) -> str:
    """Make a member's call fail, write it, and return the reference."""
    context = bench.by(Who.MEMBER, guild)
    outcome = await bench.app.operation(name).unwrap().call(raw or {"title": "a private title"}, context)
    assert isinstance(outcome, Failure)
    assert await bench.app.failure_records.flush()
    return context.correlation_id


async def found(bench: Bench, reference: str, who: Who = Who.MODERATOR, guild: GuildId | None = GUILD) -> FoundFailure:
    value = success(await bench.call("failures.show", who, guild, reference=reference))
    assert isinstance(value, FoundFailure)
    return value


async def with_a_bug() -> tuple[Bench, str]:
    """Return an application in which a call of a member has met a bug, and its reference."""
    faults = Faults()
    bench, _ = bench_on(faults)

    async def broken(name: str) -> None:
        if name == "find":
            raise ValueError("detail")

    faults.before = broken
    reference = await failed(bench)
    faults.before = None
    return bench, reference


@pytest.mark.asyncio
@pytest.mark.parametrize("who", STAFF)
async def test_staff_find_what_happened(who: Who) -> None:
    """They learn when, who, where, what and why, in those words of the code that need no facts of the case."""
    bench = build()
    reference = await failed(bench)
    failure = await found(bench, reference.upper(), who)
    assert (failure.reference, failure.actor, failure.guild) == (reference, Who.MEMBER.actor, GUILD)
    assert (failure.operation, failure.origin, failure.at) == ("links.get", Origin.DISCORD, bench.clock.now())
    assert (failure.code, failure.kind, failure.more) == ("links.not_found", Kind.NOT_FOUND, 0)
    assert failure.message is None
    assert failure.hint == "List the links of a tag, or search for them."
    assert failure.cause
    assert "private" not in repr(failure)


@pytest.mark.asyncio
@pytest.mark.parametrize("code", registered_errors().values(), ids=lambda code: code.code)
async def test_the_words_of_a_code_are_whole(code: ErrorCode) -> None:
    """A message or a hint is shown as it would be at any entrypoint, without dots or braces, or not at all."""
    bench = build()
    context = bench.by(Who.MEMBER)
    bench.app.recorder.refused(AppError(code, code.example), None, context)
    assert await bench.app.failure_records.flush()
    failure = await found(bench, context.correlation_id)
    assert failure.cause == code.cause
    for shown, template in ((failure.message, code.message), (failure.hint, code.otherwise or code.hint)):
        assert (shown is None) is (re.search(r"\{[a-z]", template) is not None)
        assert shown is None or not set("…{}") & set(shown)


@pytest.mark.asyncio
async def test_input_that_a_model_refuses_is_found_too() -> None:
    """Input that never reached the pipeline is noted with its operation, but without its values."""
    bench = build()
    failure = await found(bench, await failed(bench, title="a" * 500))
    assert (failure.code, failure.operation) == ("input.too_long", "links.get")


@pytest.mark.asyncio
async def test_a_refusal_for_lack_of_rights_is_found() -> None:
    """Staff can see what a member was not allowed to do."""
    bench = build()
    reference = await failed(bench, name="links.add", title="a", content="b")
    assert (await found(bench, reference)).code == "permissions.denied"


@pytest.mark.asyncio
async def test_members_may_not_look() -> None:
    """A member without the permission is refused, within a server and outside."""
    bench = build()
    reference = await failed(bench)
    assert await bench.code("failures.show", Who.MEMBER, GUILD, reference=reference) == "permissions.denied"
    assert await bench.code("failures.show", Who.MODERATOR, None, reference=reference) == "permissions.denied"


@pytest.mark.asyncio
async def test_a_member_who_was_granted_it_may_look() -> None:
    """The permission can be granted by a rule of the server, and then shows that server only."""
    bench = build()
    mine, theirs = await failed(bench), await failed(bench, OTHER_GUILD)
    member = Who.MEMBER.value
    assert await bench.code("permissions.grant", Who.SHELL, permission="failures.view", user=str(member)) is None
    assert (await found(bench, mine, Who.MEMBER)).reference == mine
    assert await bench.code("failures.show", Who.MEMBER, GUILD, reference=theirs) == UNKNOWN


@pytest.mark.asyncio
@pytest.mark.parametrize("who", STAFF)
@pytest.mark.parametrize("guild", [OTHER_GUILD, None])
async def test_another_servers_reference_is_as_good_as_none(who: Who, guild: GuildId | None) -> None:
    """What happened in another server, or in a direct message, is answered exactly like what never happened."""
    bench = build()
    reference = await failed(bench, guild, "links.suggest" if guild is None else "links.get")
    theirs = await bench.call("failures.show", who, GUILD, reference=reference)
    never = await bench.call("failures.show", who, GUILD, reference="neverneve1")
    assert (theirs.failure().code, never.failure().code) == (UNKNOWN, UNKNOWN)
    assert theirs.failure().params == {"reference": reference}
    assert never.failure().params == {"reference": "neverneve1"}
    assert (theirs.failure().message(PLAIN), theirs.failure().hint(PLAIN)) == (
        never.failure().message(PLAIN).replace("neverneve1", reference),
        never.failure().hint(PLAIN),
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("at", [GUILD, OTHER_GUILD, None])
@pytest.mark.parametrize("happened", [GUILD, OTHER_GUILD, None])
@pytest.mark.parametrize("who", [Who.OPERATOR, Who.SHELL])
async def test_operators_find_everything_everywhere(who: Who, happened: GuildId | None, at: GuildId | None) -> None:
    """An operator finds every reference, from any server, from a direct message, and from the command line."""
    bench = build()
    reference = await failed(bench, happened, "links.suggest" if happened is None else "links.get")
    assert (await found(bench, reference, who, at)).guild == happened


@pytest.mark.asyncio
async def test_a_level_without_a_server_finds_nothing() -> None:
    """A token with the moderator level outside any server does not find what happened in direct messages."""
    bench = build()
    reference = await failed(bench, None, "links.suggest")
    context: CallContext = bench.app.context(
        actor=Who.MODERATOR.actor, guild=None, asserted_level=Level.MODERATOR, origin=Origin.HTTP
    )
    outcome = await bench.app.operation("failures.show").unwrap().call({"reference": reference}, context)
    assert outcome.failure().code == UNKNOWN


@pytest.mark.asyncio
async def test_only_operators_see_the_bug_behind_it() -> None:
    """Staff see that something went wrong in the bot itself; its trace is for operators."""
    bench, reference = await with_a_bug()
    failure = await found(bench, reference)
    assert (failure.code, failure.bug) == ("internal.unexpected", None)
    assert "ValueError" not in repr(failure)
    bug = (await found(bench, reference, Who.OPERATOR)).bug
    assert bug is not None
    assert (bug.kinds, bug.where, bug.count, bug.references) == (("ValueError",), "links.get", 1, (reference,))
    assert "twi_core.links.use_cases.get:GetLinkUseCase.__call__, line " in bug.trace


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["failures.list", "failures.describe", "failures.resolve"])
async def test_bugs_are_for_operators(name: str) -> None:
    """Neither an administrator nor a rule of the server lets anybody else look at bugs."""
    bench, _ = await with_a_bug()
    raw = {} if name == "failures.list" else {"fingerprint": "0" * 16}
    for who in (Who.MEMBER, *STAFF):
        assert await bench.code(name, who, GUILD, **raw) == "permissions.denied"
    rule = {"permission": "failures.manage", "user": str(Who.MEMBER.value)}
    assert await bench.code("permissions.grant", Who.SHELL, **rule) == "permissions.not_grantable"
    assert await bench.code(name, Who.OPERATOR, None, **raw) in {None, "failures.unknown_bug"}


@pytest.mark.asyncio
async def test_bugs_are_listed_described_and_resolved() -> None:
    """A bug is listed until it is resolved, and afterwards only where resolved ones are included."""
    bench, _ = await with_a_bug()
    (bug,) = await listed(bench)
    assert success(await bench.call("failures.describe", Who.SHELL, None, fingerprint=bug.fingerprint.upper())) == bug
    bench.clock.advance(5)
    resolved = success(await bench.call("failures.resolve", Who.OPERATOR, None, fingerprint=bug.fingerprint))
    assert isinstance(resolved, Bug)
    assert (resolved.resolved_by, resolved.resolved_at) == (Who.OPERATOR.actor, bench.clock.now())
    assert await listed(bench) == []
    assert await listed(bench, resolved=True) == [resolved]
    for name in ("failures.describe", "failures.resolve"):
        assert await bench.code(name, Who.SHELL, None, fingerprint="nothing") == "failures.unknown_bug"


async def listed(bench: Bench, **raw: object) -> list[Bug]:
    page = success(await bench.call("failures.list", Who.SHELL, None, **raw))
    assert isinstance(page, Page)
    return list(page.items)


@pytest.mark.asyncio
async def test_bugs_are_listed_in_pages() -> None:
    """Each page continues where the one before ended; an invalid cursor is refused, whatever is in it."""
    bench = build()
    for number in range(PAGE_SIZE + 3):
        error = type(f"Own{number:02}", (ValueError,), {})()
        bench.app.recorder.failed(error, "links.get", bench.by(Who.MEMBER))
        bench.clock.advance(1)
    await bench.app.failure_records.flush()
    first = success(await bench.call("failures.list", Who.SHELL, None))
    assert isinstance(first, Page)
    rest = await listed(bench, after=first.next)
    names = [bug.kinds[0][-2:] for bug in (*first.items, *rest)]
    assert names == [f"{number:02}" for number in reversed(range(PAGE_SIZE + 3))]
    for cursor in ("x", write_cursor(("f1", 2**62)), write_cursor(("f1", 10**17 * 30))):
        assert await bench.code("failures.list", Who.SHELL, None, after=cursor) == "input.invalid_cursor"


@pytest.mark.asyncio
async def test_an_outage_is_no_bug() -> None:
    """A storage outage is found by its reference, and is not listed among the bugs."""
    bench, _ = bench_on(Faults(before=failing_at(1, Unavailable("x"))))
    reference = await failed(bench)
    assert (await found(bench, reference, Who.OPERATOR)).code == "storage.unavailable"
    assert await listed(bench) == []


@pytest.mark.asyncio
async def test_a_code_that_is_unknown_here_is_shown_as_it_is() -> None:
    """What another process with another entrypoint noted is found, without its texts."""
    bench = build()
    context = bench.by(Who.MEMBER)
    refusal = (await bench.app.links.get.call({}, context)).failure()
    unknown = type(refusal)(type(refusal.definition)("elsewhere.odd", Kind.TIMEOUT, "No.", "Stop.", "Never."))
    bench.app.recorder.refused(unknown, None, bench.by(Who.MEMBER))
    await bench.app.failure_records.flush()
    last = max(bench.store.table(OCCURRENCE_ROWS).rows.values(), key=lambda row: row.reference).reference
    failure = await found(bench, last)
    assert (failure.code, failure.kind) == ("elsewhere.odd", Kind.TIMEOUT)
    assert (failure.message, failure.hint, failure.cause) == (None, None, None)
