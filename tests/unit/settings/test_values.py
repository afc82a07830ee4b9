"""Values as texts: what is written is read again, and every text is a value or is refused with a reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import hostile_text
from tests.unit.settings.values import as_people_write, settings, values
from twi_core.kernel.ids import LARGEST_ID, ChannelId, RoleId
from twi_core.kernel.settings import ROLES_LIMIT, AnySetting, SettingKind
from twi_core.links.settings import PAGE_SIZE
from twi_core.permissions.settings import ADMIN_ROLES, HELP_CHANNEL, QUIET_REFUSALS
from twi_core.settings.rules.values import UnusableValue, Value, choices, effective, parsed, stored, takes, written


@given(st.data())
def test_what_is_written_is_read_again(data: Any) -> None:
    """The stored text of any value reads back as that value, with its type; an empty value is not stored."""
    setting: AnySetting = data.draw(settings)
    value: Value = data.draw(values(setting))
    found = parsed(setting, written(value))
    assert found == value
    assert type(found) is type(value)
    assert effective(setting, stored(value)) == value
    assert (stored(value) is None) == (value in (None, ()))


@given(st.data())
def test_what_people_write_is_understood(data: Any) -> None:
    """Mentions, ids, other words for yes and no, blanks around, roles in any order and twice: the value is the same."""
    setting: AnySetting = data.draw(settings)
    value: Value = data.draw(values(setting))
    assert parsed(setting, as_people_write(setting, value, data.draw)) == value


@given(settings, hostile_text | st.from_regex(r"[0-9<>@&#, -]{0,30}"))
def test_any_text_is_a_value_or_refused_with_a_reason(setting: AnySetting, text: str) -> None:
    """Whatever is typed, there is a value whose stored form is stable, or a sentence about what the setting takes."""
    reason, value = "", setting.default
    try:
        value = parsed(setting, text)
    except UnusableValue as error:
        reason = str(error)
    assert reason in {"", takes(setting)}
    assert parsed(setting, written(value)) == value
    assert effective(setting, text) == value


WIDE_FIVE, ARABIC_FIVE = "\uff15", "\u0665"
UNUSABLE: dict[AnySetting, tuple[str, ...]] = {
    QUIET_REFUSALS: ("", "maybe", "2", "yes no", "y es", "true,false", "\uff4e\uff4f"),
    PAGE_SIZE: ("", "4", "21", "-5", "+5", "1e1", "5.0", "0x10", WIDE_FIVE, ARABIC_FIVE, "9" * 5_000, "5 6"),
    HELP_CHANNEL: ("0", str(2**63), "<#0>", "<@1>", "<@&1>", "<#1", "1,2", "general", "-1", WIDE_FIVE),
    ADMIN_ROLES: (
        *("0", str(2**63), "<@1>", "<#1>", "1,", ",", "1;2", "1,x", "@everyone", "<@&1", "-1", WIDE_FIVE),
        ",".join(str(number) for number in range(1, ROLES_LIMIT + 2)),
    ),
}


@pytest.mark.parametrize(
    ("setting", "text"), [(setting, text) for setting, texts in UNUSABLE.items() for text in texts]
)
def test_what_a_setting_does_not_take(setting: AnySetting, text: str) -> None:
    """Values out of bounds, of another kind, too many, or in digits of other scripts are refused."""
    with pytest.raises(UnusableValue):
        parsed(setting, text)


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        (PAGE_SIZE, "5", 5),
        (PAGE_SIZE, "020", 20),
        (HELP_CHANNEL, "", None),
        (HELP_CHANNEL, str(LARGEST_ID), ChannelId(LARGEST_ID)),
        (ADMIN_ROLES, "", ()),
        (ADMIN_ROLES, "2 1,2", (RoleId(1), RoleId(2))),
        (ADMIN_ROLES, ",".join(["7"] * 99), (RoleId(7),)),
    ],
)
def test_the_edges_of_what_a_setting_takes(setting: AnySetting, text: str, value: Value) -> None:
    """Bounds themselves, empty values, leading zeros and repetitions are fine."""
    assert parsed(setting, text) == value


@given(settings, st.integers(1, 30))
def test_choices_are_all_values_and_nothing_else(setting: AnySetting, most: int) -> None:
    """When values can be listed, each one listed is accepted, none is listed twice, and none is missing."""
    found = choices(setting, most)
    listed = [parsed(setting, text) for text in found]
    assert len(set(listed)) == len(listed)
    if setting.kind is SettingKind.BOOLEAN:
        assert set(listed) == {True, False}
    elif setting.kind is SettingKind.INTEGER and most >= 16:
        assert listed == list(range(5, 21))
    else:
        assert listed == []
