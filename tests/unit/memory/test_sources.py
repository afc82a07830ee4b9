"""Time, chance and ids: the machine's, and those that a test controls."""

import threading
from datetime import UTC, datetime, timedelta

from tests.app import START
from twi_memory.ports.sources import CountingIds, ManualClock, SeededRandom, SystemClock, SystemRandom, TimeIds


def test_the_machine_returns_aware_time() -> None:
    """The machine's time is in UTC and says so; its other clock never goes back."""
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.monotonic() <= clock.monotonic()


def test_the_machine_draws_as_many_bytes_as_asked() -> None:
    """Random bytes come in the requested size, and not the same twice."""
    chance = SystemRandom()
    assert [len(chance.token(size)) for size in (0, 1, 32)] == [0, 1, 32]
    assert chance.token(32) != chance.token(32)


def test_ids_grow_also_within_one_moment() -> None:
    """Ids made while the clock stands still, or goes back, still grow, and fit 63 bits for a century."""
    clock = ManualClock(START)
    ids = TimeIds(clock, SeededRandom())
    made = [ids.new_id() for _ in range(1_000)]
    clock.advance(-3_600)
    made += [ids.new_id() for _ in range(10)]
    assert made == sorted(set(made))
    assert 0 < TimeIds(ManualClock(datetime(2080, 1, 1, tzinfo=UTC)), SeededRandom()).new_id() < 2**63


def test_ids_contain_their_time() -> None:
    """Without the bits of chance, an id is the milliseconds since 2015."""
    number = TimeIds(ManualClock(START), SeededRandom()).new_id()
    assert datetime(2015, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number >> 22) == START


def test_two_processes_make_different_ids() -> None:
    """Two id sources at the same moment, each with its own chance, do not meet."""
    one, other = (TimeIds(ManualClock(START), SeededRandom(seed)) for seed in (1, 2))
    assert one.new_id() != other.new_id()


def test_threads_make_different_ids() -> None:
    """Ids made in several threads at once are all different."""
    ids, made = TimeIds(SystemClock(), SystemRandom()), list[int]()
    threads = [threading.Thread(target=lambda: made.extend(ids.new_id() for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2_000


def test_references_can_be_read_out() -> None:
    """A reference is ten digits and small letters, without those that people misread, and does not repeat."""
    made = {TimeIds(SystemClock(), SystemRandom()).new_reference() for _ in range(500)}
    assert len(made) == 500
    assert all(len(reference) == 10 for reference in made)
    assert set("".join(made)) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_what_a_test_controls_stands_still() -> None:
    """The manual clock moves only when moved, both its times alike; seeded chance and counted ids repeat themselves."""
    clock = ManualClock(START)
    assert (clock.now(), clock.monotonic()) == (START, clock.monotonic())
    clock.advance(1.5)
    assert (clock.now(), clock.monotonic()) == (START + timedelta(seconds=1.5), 1.5)
    assert SeededRandom(1).token(8) == SeededRandom(1).token(8) != SeededRandom(2).token(8)
    for ids in (CountingIds(), CountingIds()):
        assert [ids.new_id(), ids.new_id(), ids.new_reference()] == [1, 2, "r000000001"]
