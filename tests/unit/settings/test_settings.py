"""Settings as people change them: what an answer says, who may, and what is recorded."""

from dataclasses import replace

import pytest

from tests.app import OTHER_GUILD, Bench, Who, build, refusal, success
from tests.each import for_each
from tests.hostile import HOSTILE_CURSORS, Text
from tests.unit.settings.values import KEYS
from twi_core.kernel.ids import GuildId, RoleId
from twi_core.kernel.paging import Page, write_cursor
from twi_core.kernel.permissions import Level
from twi_core.kernel.settings import SETTINGS_TOPIC, declared_settings
from twi_core.kernel.unit import UNAUDITED
from twi_core.kernel.wording import PLAIN
from twi_core.links.settings import PAGE_SIZE
from twi_core.permissions.settings import ADMIN_ROLES, QUIET_REFUSALS
from twi_core.settings import SETTINGS
from twi_core.settings.domain import ChangeId, SettingChange
from twi_core.settings.rules.changing import ChangedSetting
from twi_core.settings.rules.states import SettingState
from twi_memory.settings import SETTING_CHANGE_ROWS, SETTING_ROWS

pytestmark = pytest.mark.asyncio


async def change(bench: Bench, verb: str, key: str, who: Who = Who.ADMINISTRATOR, **raw: object) -> ChangedSetting:
    """Change a setting, and return the answer."""
    bench.clock.advance(61)
    found = success(await bench.call(f"settings.{verb}", who, key=key, **raw))
    assert isinstance(found, ChangedSetting)
    return found


async def show(bench: Bench, key: str, guild: GuildId | None = None) -> SettingState:
    """Return a setting."""
    bench.clock.advance(61)
    place = () if guild is None else (guild,)
    found = success(await bench.call("settings.show", Who.MODERATOR, *place, key=key))
    assert isinstance(found, SettingState)
    return found


async def history(bench: Bench, **raw: object) -> Page[SettingChange]:
    """Return a page of the history."""
    bench.clock.advance(61)
    found = success(await bench.call("settings.history", Who.MODERATOR, **raw))
    assert isinstance(found, Page)
    return found


def texts(changes: Page[SettingChange]) -> list[tuple[str, str | None, str | None]]:
    """Return keys and values of changes."""
    return [(each.key, each.before, each.after) for each in changes.items]


async def test_the_list_describes_every_setting() -> None:
    """Each declared setting has its value, default, summary, and who may change it; those set say so."""
    bench = build()
    await change(bench, "set", PAGE_SIZE.key, value="7")
    found = success(await bench.call("settings.list", Who.MODERATOR))
    assert isinstance(found, list)
    assert [each.key for each in found] == sorted(declared_settings())
    by_key = {each.key: each for each in found}
    assert set(KEYS) <= set(by_key)
    page_size = by_key[PAGE_SIZE.key]
    assert (page_size.value, page_size.default, page_size.is_set) == ("7", "20", True)
    assert (page_size.permission, page_size.level) == ("links.configure", Level.ADMINISTRATOR)
    assert page_size.summary == PAGE_SIZE.summary
    assert page_size.takes == "a whole number from 5 to 20"
    assert not by_key[QUIET_REFUSALS.key].is_set
    assert by_key[QUIET_REFUSALS.key] == await show(bench, QUIET_REFUSALS.key)
    assert page_size == await show(bench, PAGE_SIZE.key)


async def test_a_change_applies_at_once_and_shows_the_old_value() -> None:
    """The answer has the value before and after; every reader sees it at once; reset undoes it."""
    bench = build()
    context = bench.by(Who.SHELL)
    assert await bench.app.settings_of.get(PAGE_SIZE, context.in_guild) == 20
    done = await change(bench, "set", PAGE_SIZE.key, value="7")
    assert (done.before, done.setting.value, done.changed) == (None, "7", True)
    assert await bench.app.settings_of.get(PAGE_SIZE, context.in_guild) == 7
    done = await change(bench, "set", PAGE_SIZE.key, value="8")
    assert (done.before, done.setting.value, done.changed) == ("7", "8", True)
    done = await change(bench, "reset", PAGE_SIZE.key)
    assert (done.before, done.setting.value, done.setting.is_set) == ("8", "20", False)
    assert await bench.app.settings_of.get(PAGE_SIZE, context.in_guild) == 20


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (("set", PAGE_SIZE.key, {"value": "7"}), ("set", PAGE_SIZE.key, {"value": " 07"})),
        (("set", QUIET_REFUSALS.key, {"value": "yes"}), ("set", QUIET_REFUSALS.key, {"value": "ON"})),
        (("set", ADMIN_ROLES.key, {"value": "1,2"}), ("set", ADMIN_ROLES.key, {"value": "<@&2> 1 1"})),
        (("set", ADMIN_ROLES.key, {"value": "1,2"}), ("add", ADMIN_ROLES.key, {"value": "<@&2>"})),
        (("set", ADMIN_ROLES.key, {"value": "1,2"}), ("remove", ADMIN_ROLES.key, {"value": "3"})),
        (None, ("reset", PAGE_SIZE.key, {})),
        (None, ("remove", ADMIN_ROLES.key, {"value": "3"})),
        (("add", ADMIN_ROLES.key, {"value": "3"}), ("add", ADMIN_ROLES.key, {"value": "3"})),
    ],
)
async def test_an_unchanged_value_is_not_written(
    first: tuple[str, str, dict[str, object]] | None, again: tuple[str, str, dict[str, object]]
) -> None:
    """A change to the current value stores nothing, records nothing, announces nothing, and says so."""
    bench = build()
    if first is not None:
        await change(bench, first[0], first[1], Who.SHELL, **first[2])
    rows, changes = dict(bench.store.table(SETTING_ROWS).rows), dict(bench.store.table(SETTING_CHANGE_ROWS).rows)
    announced: list[object] = []
    bench.store.invalidations.subscribe(SETTINGS_TOPIC, announced.append)
    done = await change(bench, again[0], again[1], Who.SHELL, **again[2])
    assert not done.changed
    assert done.before == (None if first is None else next(iter(rows.values())).value)
    assert (bench.store.table(SETTING_ROWS).rows, bench.store.table(SETTING_CHANGE_ROWS).rows, announced) == (
        rows,
        changes,
        [],
    )


async def test_what_is_set_to_todays_default_is_kept() -> None:
    """A number that was chosen stays chosen, whatever a later version's default; an emptied list is unset."""
    bench = build()
    done = await change(bench, "set", PAGE_SIZE.key, value="20")
    assert done.changed
    assert done.setting.is_set
    await change(bench, "add", ADMIN_ROLES.key, Who.SHELL, value="3")
    assert not (await change(bench, "remove", ADMIN_ROLES.key, Who.SHELL, value="3")).setting.is_set
    assert {row.key: row.value for row in bench.store.table(SETTING_ROWS).rows.values()} == {PAGE_SIZE.key: "20"}


async def test_a_list_grows_and_shrinks_by_parts() -> None:
    """Adding and removing leave the rest alone; the list is sorted, so that its text says what it holds."""
    bench = build()
    for verb, text, value in (
        ("add", "5", "5"),
        ("add", "<@&3>", "3,5"),
        ("add", "5, 4", "3,4,5"),
        ("remove", "3 5", "4"),
        ("remove", "4,9", ""),
    ):
        assert (await change(bench, verb, ADMIN_ROLES.key, Who.SHELL, value=text)).setting.value == value


async def test_a_list_has_an_end() -> None:
    """One role more than a setting takes is refused, and none of them is added."""
    bench = build()
    await change(bench, "set", ADMIN_ROLES.key, Who.SHELL, value=",".join(map(str, range(1, 26))))
    error = refusal(await bench.call("settings.add", Who.SHELL, key=ADMIN_ROLES.key, value="26"))
    assert error.code == "settings.unusable_value"
    assert (await show(bench, ADMIN_ROLES.key)).value.endswith(",25")


@pytest.mark.parametrize("verb", ["add", "remove"])
async def test_only_a_list_can_be_added_to(verb: str) -> None:
    """A single value is set, not added to."""
    bench = build()
    error = refusal(await bench.call(f"settings.{verb}", Who.SHELL, key=PAGE_SIZE.key, value="7"))
    assert error.code == "settings.one_value"
    assert not bench.store.table(SETTING_ROWS).rows


@pytest.mark.parametrize("verb", ["show", "set", "reset", "add", "remove", "history"])
async def test_a_misspelt_key_is_refused_with_similar_ones(verb: str) -> None:
    """An unknown key is refused, with similar ones; case does not matter."""
    raw = {"value": "7"} if verb in {"set", "add", "remove"} else {}
    error = refusal(await build().call(f"settings.{verb}", Who.SHELL, key="link.pagesize", **raw))
    assert error.code == "settings.unknown"
    assert "“links.page_size”" in error.hint(PLAIN)
    error = refusal(await build().call(f"settings.{verb}", Who.SHELL, key="zzz", **raw))
    assert error.hint(PLAIN) == "See all settings: settings.list"
    assert await build().code(f"settings.{verb}", Who.SHELL, key="PERMISSIONS.Admin_Roles", **raw) is None


async def test_an_unusable_value_is_refused_with_what_is_accepted() -> None:
    """The refusal says what the setting takes, and nothing is stored."""
    bench = build()
    error = refusal(await bench.call("settings.set", Who.ADMINISTRATOR, key=PAGE_SIZE.key, value="21"))
    assert error.code == "settings.unusable_value"
    assert error.hint(PLAIN) == (
        "It takes a whole number from 5 to 20, for example: settings.set key=links.page_size value=20"
    )
    assert not bench.store.table(SETTING_ROWS).rows


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("verb", ["set", "reset", "add", "remove", "import"])
@pytest.mark.parametrize("who", [Who.MEMBER, Who.MODERATOR, Who.ADMINISTRATOR, Who.OPERATOR], ids=lambda who: who.name)
async def test_who_may_change(verb: str, key: str, who: Who) -> None:
    """Looking needs a moderator, changing what the setting says; the refusal says which, and nothing is changed."""
    bench = build()
    value = {PAGE_SIZE.key: "7", QUIET_REFUSALS.key: "yes"}.get(key, "3")
    await change(bench, "set", key, Who.SHELL, value={PAGE_SIZE.key: "9", QUIET_REFUSALS.key: "no"}.get(key, "4"))
    raw: dict[str, object] = {"key": key}
    if verb in {"set", "add", "remove"}:
        raw["value"] = value
    if verb == "import":
        raw = {"document": f'{{"{key}": "{value}"}}', "apply": True}
    code = await bench.code(f"settings.{verb}", who, **raw)
    if who in {Who.MEMBER, Who.MODERATOR}:
        error = refusal(await bench.call(f"settings.{verb}", who, **raw))
        assert (code, error.code) == ("permissions.denied", "permissions.denied")
        needed = "settings.view" if who is Who.MEMBER else declared_settings()[key].permission.name
        assert error.params["permission"] == needed
        assert len(bench.store.table(SETTING_CHANGE_ROWS).rows) == 1
    else:
        assert code != "permissions.denied"


async def test_the_permission_of_a_setting_can_be_granted_or_denied() -> None:
    """A caller who may look and holds the setting's permission may change it, and no other."""
    bench = build()
    rule: dict[str, object] = {"permission": "links.configure", "user": str(Who.MODERATOR.value)}
    success(await bench.call("permissions.grant", Who.SHELL, **rule))
    assert await bench.code("settings.set", Who.MODERATOR, key=PAGE_SIZE.key, value="7") is None
    assert await bench.code("settings.set", Who.MODERATOR, key=QUIET_REFUSALS.key, value="no") == "permissions.denied"
    success(await bench.call("permissions.deny", Who.SHELL, **rule))
    assert await bench.code("settings.set", Who.MODERATOR, key=PAGE_SIZE.key, value="8") == "permissions.denied"
    assert (await show(bench, PAGE_SIZE.key)).value == "7"


async def test_the_history_shows_who_when_before_and_after() -> None:
    """Each change is recorded with its author, none for the operator at the shell, and its time, the latest first."""
    bench = build()
    await change(bench, "set", PAGE_SIZE.key, value="7")
    await change(bench, "add", ADMIN_ROLES.key, Who.SHELL, value="3")
    await change(bench, "reset", PAGE_SIZE.key, Who.OPERATOR)
    when = bench.clock.now()
    found = await history(bench)
    assert texts(found) == [
        (PAGE_SIZE.key, "7", None),
        (ADMIN_ROLES.key, None, "3"),
        (PAGE_SIZE.key, None, "7"),
    ]
    authors = [each.changed_by for each in found.items]
    assert authors == [Who.OPERATOR.actor, None, Who.ADMINISTRATOR.actor]
    assert found.items[0].changed_at == when
    assert texts(await history(bench, key=ADMIN_ROLES.key)) == [(ADMIN_ROLES.key, None, "3")]
    assert texts(await history(bench, key=QUIET_REFUSALS.key)) == []


async def test_the_history_has_pages() -> None:
    """Every change comes once, also when another is made between two pages."""
    bench = build()
    for number in range(23):
        await change(bench, "set", PAGE_SIZE.key, value=str(5 + number % 16))
    seen: list[str | None] = []
    cursor: dict[str, object] = {}
    for _ in range(5):
        found = await history(bench, **cursor)
        assert len(found.items) <= 10
        seen += [each.after for each in found.items]
        if found.next is None:
            break
        cursor = {"after": found.next}
        await change(bench, "set", QUIET_REFUSALS.key, value="yes" if len(seen) == 10 else "no")
    assert seen == [str(5 + number % 16) for number in reversed(range(23))]


@pytest.mark.parametrize("key", ["", "zzz", "part 1", "\u10ff" * 100])
async def test_a_cursor_of_another_list_is_a_place_like_any(key: str) -> None:
    """A well-made cursor of another list is answered with a page, never with an error."""
    bench = build()
    await change(bench, "set", PAGE_SIZE.key, value="7")
    assert len((await history(bench, after=write_cursor((key, 5)))).items) == 1
    assert len((await history(bench, after=write_cursor((key, 0)))).items) == 0


@for_each("case", HOSTILE_CURSORS)
async def test_forged_cursors(case: Text) -> None:
    """A cursor that no page returned is refused, with a history or without."""
    assert refusal(await build().call("settings.history", Who.SHELL, after=case.text)).code == case.code


async def test_servers_do_not_see_one_anothers_settings() -> None:
    """What one server sets, its history and its export are its own."""
    bench = build()
    await change(bench, "set", PAGE_SIZE.key, value="7")
    assert (await show(bench, PAGE_SIZE.key, OTHER_GUILD)).value == "20"
    assert texts(success(await bench.call("settings.history", Who.MODERATOR, OTHER_GUILD))) == []  # type: ignore[arg-type]
    exported = success(await bench.call("settings.export", Who.MODERATOR, OTHER_GUILD))
    assert getattr(exported, "document", None) == "{}"
    assert await bench.app.settings_of.get(PAGE_SIZE, OTHER_GUILD) == 20


async def test_what_is_stored_and_no_longer_acceptable_counts_as_not_set() -> None:
    """After bounds became narrower the default applies, the list says so, and setting it again repairs it."""
    bench = build()
    await change(bench, "set", PAGE_SIZE.key, value="7")
    async with bench.store.open(SETTINGS)(bench.by(Who.SHELL)) as unit:
        row = next(iter(bench.store.table(SETTING_ROWS).rows.values()))
        await unit.settings.put(
            SettingChange(
                id=ChangeId(999),
                guild=row.guild,
                key=row.key,
                before="7",
                after="500",
                changed_by=None,
                changed_at=bench.clock.now(),
            )
        )
        unit.invalidate(SETTINGS_TOPIC, row.guild)
        await unit.commit(UNAUDITED)
    state = await show(bench, PAGE_SIZE.key)
    assert (state.value, state.is_set) == ("20", False)
    assert await bench.app.settings_of.get(PAGE_SIZE, row.guild) == 20
    assert getattr(success(await bench.call("settings.export", Who.SHELL)), "document", None) == "{}"
    done = await change(bench, "set", PAGE_SIZE.key, value="8")
    assert (done.before, done.setting.value) == ("500", "8")


async def test_a_change_is_announced_to_other_processes() -> None:
    """A change is announced under the topic of settings, for its guild, once it is committed."""
    bench = build()
    announced: list[GuildId | None] = []
    bench.store.invalidations.subscribe(SETTINGS_TOPIC, announced.append)
    await change(bench, "set", PAGE_SIZE.key, value="7")
    assert announced == [bench.by(Who.SHELL).guild]


async def test_suggestions_are_keys_or_values() -> None:
    """Keys that begin with what was typed come first; of lists only, if asked; values where they can be listed."""
    bench = build()

    async def suggested(**raw: object) -> object:
        return success(await bench.call("settings.suggest", Who.MODERATOR, **raw))

    assert await suggested() == sorted(declared_settings())
    assert await suggested(typed="PAGE") == [PAGE_SIZE.key]
    found = await suggested(typed="p")
    assert isinstance(found, list)
    assert found.index(PAGE_SIZE.key) > found.index(QUIET_REFUSALS.key), "what begins so comes before what holds it"
    assert await suggested(lists=True, typed="") == [ADMIN_ROLES.key]
    assert await suggested(key=QUIET_REFUSALS.key) == ["yes", "no"]
    assert await suggested(key=QUIET_REFUSALS.key, typed="n") == ["no"]
    assert await suggested(key=PAGE_SIZE.key, typed="1") == [*map(str, range(10, 20))]
    assert await suggested(key=ADMIN_ROLES.key) == []
    assert await suggested(key="nothing") == []


async def test_an_admin_role_makes_administrators_at_once() -> None:
    """The holder of an added role is an administrator from the very next call on, until it is removed."""
    bench = build()
    context = bench.by(Who.MEMBER)
    holder = replace(context, roles=frozenset({RoleId(3)}))
    assert await bench.app.authority.level(holder) is Level.EVERYONE
    await change(bench, "add", ADMIN_ROLES.key, Who.SHELL, value="3")
    assert await bench.app.authority.level(holder) is Level.ADMINISTRATOR
    await change(bench, "remove", ADMIN_ROLES.key, Who.SHELL, value="3")
    assert await bench.app.authority.level(holder) is Level.EVERYONE


async def test_the_history_of_a_setting_that_is_gone_can_be_read() -> None:
    """What an earlier version's setting was changed to is found under its key; any other unknown key is refused."""
    bench = build()
    await change(bench, "set", PAGE_SIZE.key, value="7")
    rows = bench.store.table(SETTING_CHANGE_ROWS).rows
    for key, row in rows.items():
        rows[key] = replace(row, key="links.gone")
    assert texts(await history(bench, key="links.gone")) == [("links.gone", None, "7")]
    assert await bench.code("settings.history", Who.MODERATOR, key="links.went") == "settings.unknown"
