"""What the generated suites know of settings."""

from typing import Final

from tests.contexts import (
    A_ROLE,
    ADMIN_ROLE,
    ADMINISTRATOR,
    EVERYBODY,
    MODERATOR,
    Call,
    Case,
    ContextSuite,
    DiscordOptions,
    Row,
)

ADMIN_ROLES: Final = {"key": "permissions.admin_roles", "value": A_ROLE}
DOCUMENT: Final = '{"links.page_size": 9, "permissions.quiet_refusals": true}'

SUITE: Final = ContextSuite(
    rows=(
        Row("settings.list", MODERATOR, commands={"settings list": {}}),
        Row(
            "settings.show",
            MODERATOR,
            commands={"settings show": {}, "settings admin-role list": {}, "get_admin_role": {}},
        ),
        Row(
            "settings.set",
            ADMINISTRATOR,
            placed=True,
            given=ADMIN_ROLES,
            commands={"settings set": {}, "set_admin_role": {"role": A_ROLE}},
        ),
        Row("settings.reset", ADMINISTRATOR, commands={"settings reset": {}}),
        Row(
            "settings.add",
            ADMINISTRATOR,
            placed=True,
            given=ADMIN_ROLES,
            commands={"settings add": {}, "settings admin-role add": {"role": A_ROLE}},
        ),
        Row(
            "settings.remove",
            ADMINISTRATOR,
            given=ADMIN_ROLES,
            commands={"settings remove": {}, "settings admin-role remove": {"role": A_ROLE}},
        ),
        Row("settings.history", MODERATOR, commands={"settings history": {}}),
        Row("settings.export", MODERATOR, commands={"settings export": {}}),
        Row("settings.import", ADMINISTRATOR, given={"apply": True}, commands={"settings import": {}}),
        Row("settings.suggest", MODERATOR, typing=("settings show", "key")),
    ),
    seed=(
        Call("settings.set", "operator", {"key": "links.page_size", "value": "7"}),
        Call("settings.add", "operator", {"key": "permissions.admin_roles", "value": ADMIN_ROLE}),
    ),
    faults=(
        Case("settings.list", {}, writes=False),
        Case("settings.show", {"key": "links.page_size"}, writes=False),
        Case("settings.history", {}, writes=False),
        Case("settings.export", {}, writes=False),
        Case("settings.suggest", {}, writes=False),
        Case("settings.set", {"key": "links.page_size", "value": "8"}),
        Case("settings.set", {"key": "links.page_size", "value": "7"}, writes=False),
        Case("settings.set", {"key": "permissions.quiet_refusals", "value": "yes"}),
        Case("settings.reset", {"key": "links.page_size"}),
        Case("settings.add", {"key": "permissions.admin_roles", "value": "4"}),
        Case("settings.remove", {"key": "permissions.admin_roles", "value": "4"}, writes=False),
        Case("settings.remove", {"key": "permissions.admin_roles", "value": ADMIN_ROLE}),
        Case("settings.import", {"document": DOCUMENT}, writes=False),
        Case("settings.import", {"document": DOCUMENT, "apply": True, "replace": True}),
    ),
    typed={"settings.suggest": ("settings show", "key", "")},
    unlimited={"settings.suggest": "each keystroke asks"},
    opens_nothing={"settings.suggest"},
    discord=DiscordOptions(
        completed={"key", "value"},
        uncompleted={("settings add", "value"), ("settings remove", "value")},  # a role, which Discord lists
        beside={"value": {"key": "permissions.quiet_refusals"}},
        settled={"settings admin-role list", "get_admin_role"},
    ),
    provoked={
        "settings.one_value": Call("settings.add", "administrator", {"key": "links.page_size", "value": "7"}),
        "settings.unknown": Call("settings.show", "moderator", {"key": "links.pagesize"}),
        "settings.unsuitable_role": Call("settings.add", "operator", {**ADMIN_ROLES, "value": EVERYBODY}),
        "settings.unusable_document": Call(
            "settings.import", "administrator", {"document": '{"links.page_size": 1, "links.colour": "red"}'}
        ),
        "settings.unusable_value": Call("settings.set", "administrator", {"key": "links.page_size", "value": "1000"}),
    },
)
