"""The one way in which settings change: checked, written, noted and invalidated together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, ErrorCode
from twi_core.kernel.ids import RoleId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Authority
from twi_core.kernel.settings import SETTINGS_TOPIC, AnySetting, SettingKind
from twi_core.kernel.sources import Clock, IdSource
from twi_core.kernel.unit import Change, Open, unchanged
from twi_core.settings.domain import ChangeId, SettingChange
from twi_core.settings.errors import ONE_VALUE, UNKNOWN_SETTING, UNUSABLE_VALUE
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.rules.references import REFERENCE_REFUSALS, References
from twi_core.settings.rules.states import SettingState, known_setting, state_of
from twi_core.settings.rules.values import UnusableValue, Value, effective, parsed, stored, written

REFUSALS: Final[tuple[ErrorCode, ...]] = (*REFERENCE_REFUSALS, UNKNOWN_SETTING, UNUSABLE_VALUE)
"""What a change may be refused with."""
LIST_REFUSALS: Final[tuple[ErrorCode, ...]] = (*REFUSALS, ONE_VALUE)
"""What a change of a list may be refused with."""

Step: TypeAlias = Callable[[AnySetting, Value], Value]
"""Give what a setting shall be from what it is; raises `UnusableValue` where it cannot be that."""


@final
@dataclass(frozen=True, slots=True)
class Difference:
    """Tell how a setting differs, from one text to another; none is the default."""

    key: str
    before: str | None
    after: str | None


@final
@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """Tell how a setting is now, and which text it had before (none: the default); the same where nothing changed."""

    setting: SettingState
    before: str | None
    changed: bool


@final
class Changer:
    """Change settings on behalf of those who may; `references` judge the roles and channels that they name."""

    def __init__(
        self,
        open_unit: Open[SettingsUnit],
        authority: Authority,
        references: References,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._open_unit = open_unit
        self._authority = authority
        self.references = references
        self._clock = clock
        self._ids = ids

    async def change(self, key: str, step: Step | None, context: CallContext) -> Outcome[ChangedSetting, AppError]:
        """Take one step with a setting, or back to the default without one; what stays as it was is not written."""
        permitted = await self._permitted(key, context)
        return permitted if isinstance(permitted, Failure) else await self._changed(permitted.unwrap(), step, context)

    async def change_list(
        self, key: str, text: str, context: CallContext, *, add: bool
    ) -> Outcome[ChangedSetting, AppError]:
        """Add to a list, or remove from it, what a text names."""
        permitted = await self._permitted(key, context)
        if isinstance(permitted, Failure):
            return permitted
        if permitted.unwrap().kind is not SettingKind.ROLES:
            return Failure(AppError(ONE_VALUE, {"key": key}))

        def step(setting: AnySetting, present: Value) -> Value:
            items, had = _items(parsed(setting, text)), _items(present)
            return parsed(setting, written(tuple(had | items if add else had - items)))

        return await self._changed(permitted.unwrap(), step, context)

    async def _permitted(self, key: str, context: CallContext) -> Outcome[AnySetting, AppError]:
        """Return a setting that the caller may change."""
        known = known_setting(key)
        if isinstance(known, Failure):
            return known
        refusal = await self._authority.refusal_for(known.unwrap().permission, context)
        return known if refusal is None else Failure(refusal)

    async def _changed(
        self, setting: AnySetting, step: Step | None, context: CallContext
    ) -> Outcome[ChangedSetting, AppError]:
        author = await self.references.author([setting], context)
        async with self._open_unit(context) as unit:
            before = (await unit.settings.of_guild_to_change(context.in_guild)).get(setting.key)
            present = effective(setting, before)
            try:
                wanted = setting.default if step is None else step(setting, present)
            except UnusableValue as error:
                return Failure(AppError(UNUSABLE_VALUE, {"key": setting.key, "takes": str(error)}))
            after = None if step is None else stored(wanted)
            if after == before:
                await unit.commit(unchanged())
                return Success(ChangedSetting(state_of(setting, before), before, changed=False))
            refusal = await self.references.refusal(setting, present, wanted, author)
            if refusal is not None:
                return Failure(refusal)
            await self.write(unit, [Difference(setting.key, before, after)], context)
        return Success(ChangedSetting(state_of(setting, after), before, changed=True))

    async def write(self, unit: SettingsUnit, differences: Sequence[Difference], context: CallContext) -> None:
        """Store differences that were checked, note them, invalidate the cached ones, and commit."""
        for difference in differences:
            await unit.settings.put(
                SettingChange(
                    id=ChangeId(self._ids.new_id()),
                    guild=context.in_guild,
                    key=difference.key,
                    before=difference.before,
                    after=difference.after,
                    changed_by=context.actor,
                    changed_at=self._clock.now(),
                )
            )
        unit.invalidate(SETTINGS_TOPIC, context.in_guild)
        await unit.commit(tuple(Change(f"setting:{each.key}", each.before, each.after) for each in differences))


def _items(value: Value) -> frozenset[RoleId]:
    return frozenset(value) if isinstance(value, tuple) else frozenset()
