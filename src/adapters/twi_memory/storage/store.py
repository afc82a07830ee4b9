"""The storage of every context in memory, and its unit of work."""

from types import TracebackType
from typing import Self, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import GuildId
from twi_core.kernel.invalidations import Invalidations
from twi_memory.failures import MemoryBugs, MemoryOccurrences, batches_table, bugs_table, occurrences_table
from twi_memory.limits import MemoryLimitRules, limit_rules_table
from twi_memory.links import MemoryLinks, links_table
from twi_memory.permissions import MemoryPermissionRules, rules_table
from twi_memory.settings import MemorySettings, setting_changes_table, setting_heads_table, settings_table
from twi_memory.storage.table import View
from twi_memory.tokens import MemoryTokens, tokens_table


@final
class MemoryStore:
    """Hold all committed data of one process, and open units over it."""

    def __init__(self, invalidations: Invalidations | None = None) -> None:
        self.invalidations = invalidations or Invalidations()
        self.invalidations.live = True  # no other process writes here
        self.links = links_table()
        self.tokens = tokens_table()
        self.permission_rules = rules_table()
        self.settings = settings_table()
        self.setting_changes = setting_changes_table()
        self.setting_heads = setting_heads_table()
        self.limit_rules = limit_rules_table()
        self.occurrences = occurrences_table()
        self.batches = batches_table()
        self.bugs = bugs_table()

    def __call__(self, _: CallContext, /) -> "MemoryUnit":
        """Open a unit; see `Open`."""
        return MemoryUnit(self)


@final
class MemoryUnit:
    """Be a unit of work: what it writes is seen by nobody else until `commit`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._entered = False

    async def __aenter__(self) -> Self:
        self._links = View(self._store.links)
        self._tokens = View(self._store.tokens)
        self._permission_rules = View(self._store.permission_rules)
        self._settings = View(self._store.settings)
        self._setting_changes = View(self._store.setting_changes)
        self._setting_heads = View(self._store.setting_heads)
        self._limit_rules = View(self._store.limit_rules)
        self._occurrences = View(self._store.occurrences)
        self._batches = View(self._store.batches)
        self._bugs = View(self._store.bugs)
        self._invalidated: list[tuple[str, GuildId]] = []
        self._entered = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._entered = False

    @property
    def links(self) -> MemoryLinks:
        """See `LinksUnit`."""
        self._check()
        return MemoryLinks(self._links)

    @property
    def tokens(self) -> MemoryTokens:
        """See `TokensUnit`."""
        self._check()
        return MemoryTokens(self._tokens)

    @property
    def permission_rules(self) -> MemoryPermissionRules:
        """See `PermissionsUnit`."""
        self._check()
        return MemoryPermissionRules(self._permission_rules)

    @property
    def settings(self) -> MemorySettings:
        """See `SettingsUnit`."""
        self._check()
        return MemorySettings(self._settings, self._setting_changes, self._setting_heads)

    @property
    def occurrences(self) -> MemoryOccurrences:
        """See `FailuresUnit`."""
        self._check()
        return MemoryOccurrences(self._occurrences, self._batches)

    @property
    def bugs(self) -> MemoryBugs:
        """See `FailuresUnit`."""
        self._check()
        return MemoryBugs(self._bugs)

    @property
    def limit_rules(self) -> MemoryLimitRules:
        """See `LimitsUnit`."""
        self._check()
        return MemoryLimitRules(self._limit_rules)

    def invalidate(self, topic: str, guild: GuildId, /) -> None:
        """See `Unit`."""
        self._check()
        self._invalidated.append((topic, guild))

    async def commit(self) -> None:
        """See `Unit`; nothing else runs between the check and the change."""
        self._check()
        views = (
            *(self._links, self._tokens, self._permission_rules, self._limit_rules),
            *(self._settings, self._setting_changes, self._setting_heads),
            *(self._occurrences, self._batches, self._bugs),
        )
        for view in views:
            view.check()
        for view in views:
            view.apply()
        self._entered = False
        for topic, guild in self._invalidated:
            self._store.invalidations.publish(topic, guild)

    def _check(self) -> None:
        if not self._entered:
            raise RuntimeError("a unit of work is used within `async with`, and no more after `commit()`")
