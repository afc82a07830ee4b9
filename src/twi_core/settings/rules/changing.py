"""The one way to change settings: check, write, record and invalidate together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError, Param
from twi_core.kernel.ids import RoleId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Authority
from twi_core.kernel.settings import SETTINGS_TOPIC, AnySetting, SettingKind
from twi_core.kernel.sources import Clock, IdSource
from twi_core.kernel.unit import Change, Open, unchanged
from twi_core.settings.domain import ChangeId, SettingChange
from twi_core.settings.errors import IT_TAKES, ONE_VALUE, UNUSABLE_VALUE
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.rules.references import References
from twi_core.settings.rules.states import SettingState, known_setting, state_of
from twi_core.settings.rules.values import UnusableValue, Value, effective, example_of, parsed, stored, written

Step: TypeAlias = Callable[[AnySetting, Value], Value]
"""A function from a setting's present value to its next one; it raises `UnusableValue` if there is none."""


@final
@dataclass(frozen=True, slots=True)
class Difference:
    """A difference in a setting, from one text to another; None is the default."""

    key: str
    before: str | None
    after: str | None


@final
@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """A setting as it is now, and its previous text (None: the default), which is the same if nothing changed."""

    setting: SettingState
    before: str | None
    changed: bool


@final
class Changer:
    """The only writer of settings, for callers who may; `references` check the roles and channels they name."""

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
        """Apply a step to a setting, or reset it without one; an unchanged value isn't written."""
        permitted = await self._permitted(key, context)
        return permitted if isinstance(permitted, Failure) else await self._changed(permitted.unwrap(), step, context)

    async def change_list(
        self, key: str, text: str, context: CallContext, *, add: bool
    ) -> Outcome[ChangedSetting, AppError]:
        """Add what a text names to a list, or remove it."""
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
                return Failure(_unusable(setting, str(error)))
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
        """Store checked differences, record them, invalidate the caches, and commit."""
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


def _unusable(setting: AnySetting, takes: str) -> AppError:
    """Return the refusal of a value, with an example of one that fits; ids of roles and channels can't be guessed."""
    example = example_of(setting)
    facts: dict[str, Param] = {"key": setting.key, "takes": takes, "example": example}
    return AppError(UNUSABLE_VALUE, facts, None if example else IT_TAKES)


def _items(value: Value) -> frozenset[RoleId]:
    return frozenset(value) if isinstance(value, tuple) else frozenset()
