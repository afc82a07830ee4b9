"""Record failures in memory until they are written: the application's `Recorder`."""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

from twi_core.failures.domain import NAME_LIMIT, REFERENCE_LIMIT, Bug, Occurrence
from twi_core.failures.rules.fingerprints import recognise, shown, written
from twi_core.kernel.context import CallContext, Origin
from twi_core.kernel.errors import AppError
from twi_core.kernel.reporting import silent
from twi_core.kernel.sources import Clock
from twi_core.pipeline.guard import UNEXPECTED

PER_MINUTE: Final = 30
"""How many failures of one caller are kept per minute; further ones are counted with the last of them."""
WAITING_LIMIT: Final = 2_000
"""How many occurrences may wait to be written; further ones are dropped and counted."""
BUGS_LIMIT: Final = 200
"""The same limit for bugs with different fingerprints."""
BATCH: Final = 100
"""How many occurrences are written at once."""
REMEMBERED: Final = 4_096
"""How many calls are remembered to merge their notes, and how many callers to count theirs."""

_MINUTE: Final = 60.0
_REFERENCE: Final = re.compile(rf"[0-9a-z_-]{{2,{REFERENCE_LIMIT}}}", re.ASCII)

_Caller: TypeAlias = tuple[Origin, int]

_log: Final = logging.getLogger(__name__)


@final
@dataclass(slots=True)
class _Minute:
    """The number of refusals of one caller in a minute."""

    since: float
    count: int
    last: Occurrence


@final
class FailureRecorder:
    """A buffer of notes, emptied by `take` and bounded in every way."""

    def __init__(self, clock: Clock, redact: Callable[[str], str]) -> None:
        self._clock = clock
        self._redact = redact
        self._occurrences: dict[str, Occurrence] = {}
        self._bugs: dict[str, Bug] = {}
        self._recent: OrderedDict[str, Occurrence] = OrderedDict()
        self._minutes: OrderedDict[_Caller, _Minute] = OrderedDict()
        self._dropped = 0

    @property
    def waiting(self) -> bool:
        """Return whether there is something to write."""
        return bool(self._occurrences or self._bugs)

    def refused(self, error: AppError, operation: str | None, context: CallContext, /) -> None:
        """See `Recorder`."""
        if not silent.get():
            self._note(error, operation, None, context)

    def failed(self, exception: BaseException, where: str, context: CallContext, /) -> None:
        """See `Recorder`."""
        try:
            self._see(exception, shown(where[:NAME_LIMIT]), context)
        except Exception:  # noqa: BLE001  # any class can be an exception: its attributes may run code
            _log.error("a bug could not be recorded", exc_info=True)

    def take(self) -> tuple[list[Occurrence], list[Bug]]:
        """Remove and return what is to be written next: some occurrences and all bugs."""
        references = list(self._occurrences)[:BATCH]
        occurrences = [self._occurrences.pop(reference) for reference in references]
        bugs, self._bugs = list(self._bugs.values()), {}
        return occurrences, bugs

    def take_dropped(self) -> int:
        """Return how many notes were dropped since the last call because too many were waiting."""
        dropped, self._dropped = self._dropped, 0
        return dropped

    def _see(self, exception: BaseException, where: str, context: CallContext) -> None:
        found, now = recognise(exception, where), self._clock.now()
        kept = self._note(AppError(UNEXPECTED), where, found.fingerprint, context)
        known = self._bugs.get(found.fingerprint)
        if known is None and len(self._bugs) >= BUGS_LIMIT:
            self._dropped += 1
            return
        seen = Bug(
            fingerprint=found.fingerprint,
            where=where,
            kinds=found.kinds,
            trace=written(exception, self._redact) if known is None else known.trace,
            count=1,
            first_seen_at=now,
            last_seen_at=now,
            references=() if kept is None else (kept,),
        )
        self._bugs[found.fingerprint] = seen if known is None else known + seen

    def _note(
        self, error: AppError, operation: str | None, fingerprint: str | None, context: CallContext
    ) -> str | None:
        """Record what happened in a call and return its reference, or None if it isn't kept."""
        reference = context.correlation_id.lower()
        if not _REFERENCE.fullmatch(reference):
            return None
        occurrence = Occurrence(
            reference=reference,
            at=self._clock.now(),
            guild=context.guild,
            actor=context.actor,
            channel=context.channel,
            origin=context.origin,
            operation=operation,
            code=error.code,
            kind=error.kind,
            fingerprint=fingerprint,
        )
        known = self._recent.get(reference)
        if known is not None:
            united = known + occurrence
            if replace(united, at=known.at) == known:
                return reference
            occurrence = united
        elif not self._counts(occurrence):
            return None
        return reference if self._keep(occurrence) else None

    def _keep(self, occurrence: Occurrence) -> bool:
        waiting = self._occurrences.get(occurrence.reference)
        if waiting is None and len(self._occurrences) >= WAITING_LIMIT:
            self._dropped += 1
            return False
        self._occurrences[occurrence.reference] = occurrence if waiting is None else waiting + occurrence
        self._recent[occurrence.reference] = replace(occurrence, more=0)
        if len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        return True

    def _counts(self, occurrence: Occurrence) -> bool:
        """Return whether a caller's failure is kept; if there were too many, count it with the last one kept."""
        caller, now = (occurrence.origin, occurrence.actor or 0), self._clock.monotonic()
        minute = self._minutes.get(caller)
        if minute is None or now - minute.since >= _MINUTE:
            self._minutes[caller] = _Minute(now, 1, occurrence)
            self._minutes.move_to_end(caller)
            if len(self._minutes) > REMEMBERED:
                self._minutes.popitem(last=False)
            return True
        if minute.count < PER_MINUTE:
            minute.count += 1
            minute.last = occurrence
            return True
        self._keep(replace(minute.last, more=1))
        return False
