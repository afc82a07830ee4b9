"""What every failure store promises; subclass it and provide a `store` fixture."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contracts.values import CALL, OTHER_GUILD, START, Store, bug, committed, insisted, occurrence
from twi_core.failures import FAILURES
from twi_core.failures.domain import NOTIFIED_EVERY, NOTIFIED_WITHIN, REFERENCES_LIMIT, Bug, Occurrence
from twi_core.kernel.context import Origin
from twi_core.kernel.errors import Kind
from twi_core.kernel.ids import LARGEST_ID, ChannelId, GuildId, UserId

SOON = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


async def keep(store: Store, *occurrences: Occurrence) -> None:
    """Store occurrences, together."""
    await committed(store.open(FAILURES), lambda unit: unit.occurrences.keep(occurrences))


async def count(store: Store, *bugs: Bug) -> None:
    """Store what was seen of bugs, together."""
    await committed(store.open(FAILURES), lambda unit: unit.bugs.count(bugs))


async def occurred(store: Store, reference: str) -> Occurrence | None:
    async with store.open(FAILURES)(CALL) as unit:
        return await unit.occurrences.find(reference)


async def known(store: Store, fingerprint: str = "f1") -> Bug:
    async with store.open(FAILURES)(CALL) as unit:
        found = await unit.bugs.find(fingerprint)
    assert found is not None
    return found


class OccurrencesContract:
    """The contract of `Occurrences`."""

    @pytest.mark.asyncio
    @pytest.mark.parametrize("origin", Origin)
    @pytest.mark.parametrize("kind", Kind)
    async def test_an_occurrence_is_found_by_its_reference_as_it_was(
        self, store: Store, origin: Origin, kind: Kind
    ) -> None:
        """It comes back with every field as it went in, also with None where that is allowed."""
        full = replace(
            occurrence("r1"),
            guild=GuildId(LARGEST_ID),
            actor=UserId(LARGEST_ID),
            channel=ChannelId(LARGEST_ID),
            origin=origin,
            kind=kind,
            fingerprint="f1",
            more=3,
        )
        bare = replace(occurrence("r2"), guild=None, actor=None, channel=None, operation=None, origin=origin, kind=kind)
        await keep(store, full, bare)
        found = await occurred(store, "r1")
        assert found == full
        assert found is not None
        assert [type(each) for each in (found.guild, found.actor, found.channel)] == [GuildId, UserId, ChannelId]
        assert await occurred(store, "r2") == bare
        assert await occurred(store, "r3") is None

    @pytest.mark.asyncio
    async def test_notes_of_one_call_become_one(self, store: Store) -> None:
        """Whichever note is written first, the later one says what was answered, and each adds what the other lacks."""
        early = replace(occurrence("r1"), fingerprint="f1", more=2)
        late = replace(
            occurrence("r1", seconds=1, guild=None),
            actor=None,
            channel=None,
            operation=None,
            code="discord.too_slow",
            kind=Kind.TIMEOUT,
            origin=Origin.CLI,
            more=1,
        )
        one = replace(
            early, at=late.at, code="discord.too_slow", kind=Kind.TIMEOUT, origin=Origin.CLI, fingerprint="f1", more=3
        )
        for reference, order in (("r1", (early, late)), ("r2", (late, early))):
            for note in order:
                await keep(store, replace(note, reference=reference))
            assert await occurred(store, reference) == replace(one, reference=reference)

    @pytest.mark.asyncio
    async def test_facts_that_differ_are_those_of_the_later_note(self, store: Store) -> None:
        """Where both notes know something, the later one is right, whichever is written first."""
        early, late = occurrence("r1"), replace(occurrence("r1", seconds=1, guild=OTHER_GUILD), actor=UserId(9))
        late = replace(late, channel=ChannelId(9), operation="links.add", fingerprint="f2")
        for reference, order in (("r1", (early, late)), ("r2", (late, early))):
            for note in order:
                await keep(store, replace(note, reference=reference))
            assert await occurred(store, reference) == replace(late, reference=reference)

    @pytest.mark.asyncio
    async def test_a_batch_begins_once(self, store: Store) -> None:
        """A batch that was written is reported as written; one that was begun and not committed is not."""
        async with store.open(FAILURES)(CALL) as unit:
            assert await unit.occurrences.begin("b1", START)
        assert await committed(store.open(FAILURES), lambda unit: unit.occurrences.begin("b1", START))
        assert not await committed(store.open(FAILURES), lambda unit: unit.occurrences.begin("b1", START))
        assert await committed(store.open(FAILURES), lambda unit: unit.occurrences.begin("b2", START))

    @pytest.mark.asyncio
    async def test_old_ones_are_removed_a_few_at_a_time(self, store: Store) -> None:
        """Older ones are removed, at most so many at once, and nothing else is."""
        await keep(store, *(occurrence(f"r{number}", seconds=number) for number in range(6)))
        for number in range(4):
            await committed(store.open(FAILURES), lambda unit, n=number: unit.occurrences.begin(f"b{n}", START))  # type: ignore[misc]
        before = START + timedelta(seconds=4)
        removed = [
            await committed(store.open(FAILURES), lambda unit: unit.occurrences.remove(before, START + SOON, limit=3))
            for _ in range(3)
        ]
        assert removed == [3, 1, 0]
        assert [number for number in range(6) if await occurred(store, f"r{number}")] == [4, 5]
        assert await committed(store.open(FAILURES), lambda unit: unit.occurrences.begin("b3", START))

    @pytest.mark.asyncio
    async def test_writing_nothing_stores_nothing(self, store: Store) -> None:
        """Writing none changes nothing."""
        await keep(store, occurrence("r1"))
        await count(store, bug("f1"))
        await keep(store)
        await count(store)
        assert await occurred(store, "r1") == occurrence("r1")
        assert await known(store) == bug("f1")


class BugsContract:
    """The contract of `Bugs`."""

    @pytest.mark.asyncio
    async def test_a_bug_is_found_by_its_fingerprint_as_it_was(self, store: Store) -> None:
        """It comes back with every field as it went in, whatever its trace says."""
        full = replace(
            bug("f1", "r2", "r1", count=LARGEST_ID),
            last_seen_at=START + SOON,
            reopened=2,
            resolved_at=START,
            resolved_by=UserId(LARGEST_ID),
            notified_at=START,
            notified_count=7,
            trace="ValueError: '; DROP TABLE bugs; -- \U0001f600\n  x:y, line 1",
        )
        await count(store, full, bug("f2"))
        found = await known(store)
        assert found == full
        assert type(found.resolved_by) is UserId
        assert await known(store, "f2") == bug("f2")

    @pytest.mark.asyncio
    async def test_sightings_add_up(self, store: Store) -> None:
        """Counts add, the first and the last time are kept, and the trace and the references are the newest."""
        await count(store, bug("f1", "r1", count=2))
        await count(store, bug("f1", "r2", count=3, seconds=60))
        expected = replace(
            bug("f1", "r2", "r1", count=5, seconds=60), first_seen_at=START, trace=bug("f1", seconds=60).trace
        )
        assert await known(store) == expected

    @pytest.mark.asyncio
    async def test_the_order_of_writing_does_not_matter(self, store: Store) -> None:
        """A process that writes late what it saw early changes neither the last time nor the trace."""
        await count(store, bug("f1", "r2", count=3, seconds=60))
        await count(store, bug("f1", "r1", count=2))
        assert await known(store) == replace(bug("f1", "r2", "r1", count=5, seconds=60), first_seen_at=START)

    @pytest.mark.asyncio
    async def test_among_sightings_at_one_moment_the_last_written_is_newest(self, store: Store) -> None:
        """Where two processes saw it at the same microsecond, the last one written wins."""
        await count(store, bug("f1", "r1"))
        await count(store, replace(bug("f1", "r2"), trace="other"))
        found = await known(store)
        assert (found.references, found.trace) == (("r2", "r1"), "other")

    @pytest.mark.asyncio
    async def test_only_the_last_references_are_kept(self, store: Store) -> None:
        """However often it is seen, a bug keeps a bounded number of references, the newest first."""
        for number in range(REFERENCES_LIMIT + 3):
            await count(store, bug("f1", f"a{number}", f"b{number}", seconds=number))
        found = (await known(store)).references
        last = REFERENCES_LIMIT + 2
        assert found[:4] == (f"a{last}", f"b{last}", f"a{last - 1}", f"b{last - 1}")
        assert len(found) == REFERENCES_LIMIT

    @pytest.mark.asyncio
    async def test_a_resolved_bug_that_is_seen_again_is_new(self, store: Store) -> None:
        """A resolved bug that is seen later is open, counts from one, and was never notified."""
        await count(store, bug("f1", "r1", count=5))
        now = START + MINUTE
        assert await committed(store.open(FAILURES), lambda unit: unit.bugs.claim("f1", START + SOON))
        await committed(store.open(FAILURES), lambda unit: unit.bugs.resolve("f1", UserId(3), now))
        again = bug("f1", "r2", count=2, seconds=120)
        await count(store, again)
        assert await known(store) == replace(again, references=("r2", "r1"), reopened=1)
        await committed(store.open(FAILURES), lambda unit: unit.bugs.resolve("f1", None, START + 3 * MINUTE))
        await count(store, bug("f1", "r3", seconds=240))
        assert (await known(store)).reopened == 2

    @pytest.mark.asyncio
    async def test_a_sighting_before_the_resolution_does_not_reopen_it(self, store: Store) -> None:
        """A late sighting only adds to the count of a resolved bug."""
        await count(store, bug("f1", "r1", count=5))
        now = START + MINUTE
        resolved = await committed(store.open(FAILURES), lambda unit: unit.bugs.resolve("f1", UserId(3), now))
        assert resolved is not None
        await count(store, bug("f1", "r2", count=2, seconds=60))
        found = await known(store)
        assert (found.resolved_at, found.resolved_by, found.count, found.reopened) == (now, UserId(3), 7, 0)

    @pytest.mark.asyncio
    async def test_a_bug_is_resolved_once(self, store: Store) -> None:
        """The first one to resolve it stays; an unknown bug cannot be resolved."""
        await count(store, bug("f1"), bug("f2"))
        first = await committed(store.open(FAILURES), lambda unit: unit.bugs.resolve("f1", UserId(3), START + SOON))
        assert first == replace(bug("f1"), resolved_at=START + SOON, resolved_by=UserId(3))
        assert (
            await committed(store.open(FAILURES), lambda unit: unit.bugs.resolve("f1", None, START + MINUTE)) == first
        )
        assert await known(store, "f2") == bug("f2")
        assert await committed(store.open(FAILURES), lambda unit: unit.bugs.resolve("f3", None, START)) is None

    @pytest.mark.asyncio
    async def test_bugs_are_listed_in_pages(self, store: Store) -> None:
        """Pages hold each bug once, the last seen first, and of those seen at one moment by their fingerprints."""
        order = [("f9", 9), ("f3", 5), ("f2", 5), ("f1", 5), ("f4", 1)]
        await count(store, *(bug(name, seconds=at) for name, at in sorted(order)))
        await committed(store.open(FAILURES), lambda unit: unit.bugs.resolve("f3", None, START + MINUTE))
        for resolved, names in ((True, [name for name, _ in order]), (False, ["f9", "f2", "f1", "f4"])):
            walked: list[str] = []
            after = None
            while True:
                async with store.open(FAILURES)(CALL) as unit:
                    found = await unit.bugs.list(resolved=resolved, after=after, limit=2)
                if not found:
                    break
                walked += [each.fingerprint for each in found]
                after = (found[-1].last_seen_at, found[-1].fingerprint)
            assert walked == names

    @pytest.mark.asyncio
    async def test_which_bugs_are_to_be_announced(self, store: Store) -> None:
        """Open bugs that were seen since they were notified are due, once an hour has passed, until a day has."""
        fresh, quiet, resolved = bug("f1", count=2), bug("f2", seconds=-1), bug("f3")
        notified = replace(bug("f4", count=5, seconds=-2), notified_at=START - NOTIFIED_EVERY, notified_count=4)
        silent = replace(bug("f5", count=5), notified_at=START - NOTIFIED_EVERY, notified_count=5)
        early = replace(bug("f6", count=5), notified_at=START - NOTIFIED_EVERY + SOON, notified_count=4)
        old = bug("f7", seconds=-NOTIFIED_WITHIN.total_seconds())
        everything = [fresh, quiet, replace(resolved, resolved_at=START), notified, silent, early, old]
        await count(store, *everything)
        async with store.open(FAILURES)(CALL) as unit:
            assert await unit.bugs.notification_due(START, limit=9) == [fresh, quiet, notified]
            assert await unit.bugs.notification_due(START, limit=2) == [fresh, quiet]
            claims = [await unit.bugs.claim(each.fingerprint, START) for each in everything]
            assert [claim is not None for claim in claims] == [each.notification_due(START) for each in everything]
            assert await unit.bugs.claim("f8", START) is None

    @pytest.mark.asyncio
    async def test_a_claim_is_granted_once(self, store: Store) -> None:
        """Of processes that want to notify a bug at once, one may, until it is seen again and an hour has passed."""
        await count(store, bug("f1", count=2))

        async def attempt() -> bool:
            return await insisted(store.open(FAILURES), lambda unit: unit.bugs.claim("f1", START + SOON)) is not None

        assert sum(await asyncio.gather(*(attempt() for _ in range(8)))) == 1
        assert await known(store) == replace(bug("f1", count=2), notified_at=START + SOON, notified_count=2)
        await count(store, bug("f1", seconds=3))
        assert not await attempt()
        later = START + SOON + NOTIFIED_EVERY
        assert await committed(store.open(FAILURES), lambda unit: unit.bugs.claim("f1", later)) is not None

    @pytest.mark.asyncio
    async def test_a_claim_can_be_taken_back(self, store: Store) -> None:
        """A bug that could not be notified is due as before, unless it was notified or reopened since."""
        before = replace(bug("f1", count=2), notified_at=START - 2 * NOTIFIED_EVERY, notified_count=1)
        await count(store, before)
        claimed = await committed(store.open(FAILURES), lambda unit: unit.bugs.claim("f1", START))
        assert claimed is not None
        await committed(store.open(FAILURES), lambda unit: unit.bugs.release(before, claimed))
        assert await known(store) == before
        again = await committed(store.open(FAILURES), lambda unit: unit.bugs.claim("f1", START + SOON))
        await committed(store.open(FAILURES), lambda unit: unit.bugs.release(before, claimed))
        assert await known(store) == again

    @pytest.mark.asyncio
    async def test_bugs_not_seen_for_long_are_removed(self, store: Store) -> None:
        """Bugs last seen before the given time are removed, at most so many at once."""
        await count(store, *(bug(f"f{number}", seconds=number) for number in range(5)))
        before = START + timedelta(seconds=3)
        removed = [
            await committed(store.open(FAILURES), lambda unit: unit.bugs.remove(before, limit=2)) for _ in range(3)
        ]
        assert removed == [2, 1, 0]
        async with store.open(FAILURES)(CALL) as unit:
            left = await unit.bugs.list(resolved=True, after=None, limit=9)
        assert [each.fingerprint for each in left] == ["f4", "f3"]

    @pytest.mark.asyncio
    async def test_a_bug_seen_in_many_places_at_once_adds_up(self, store: Store) -> None:
        """Units that write sightings of the same bugs at the same time lose none, new or known."""
        await count(store, bug("f1"))

        async def write(number: int) -> None:
            seen = [bug("f1", f"r{number}", count=2, seconds=number), bug("f2", f"r{number}", count=3, seconds=number)]
            await insisted(store.open(FAILURES), lambda unit: unit.bugs.count(seen))

        await asyncio.gather(*(write(number) for number in range(1, 9)))
        assert ((await known(store, "f1")).count, (await known(store, "f2")).count) == (17, 24)
        assert (await known(store, "f2")).last_seen_at == START + timedelta(seconds=8)
