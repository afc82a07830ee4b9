"""What the generated suites know of permissions."""

from typing import Final

from tests.contexts import (
    ADMINISTRATOR,
    EVERYONE,
    MODERATOR,
    SOMEBODY,
    Call,
    Case,
    ContextSuite,
    DiscordOptions,
    Row,
    Scope,
)

OF_SOMEBODY: Final = {"permission": "links.add", "user": SOMEBODY}

SUITE: Final = ContextSuite(
    rows=(
        Row("permissions.list", EVERYONE, scope=Scope.NONE, steadfast=True, commands={"permissions list": {}}),
        Row("permissions.show", MODERATOR, commands={"permissions show": {}}),
        Row("permissions.explain", EVERYONE, scope=Scope.EITHER, steadfast=True, commands={"permissions explain": {}}),
        Row("permissions.check", MODERATOR, commands={"permissions check": {}}),
        Row("permissions.overview", MODERATOR, commands={"permissions overview": {}}, menu="Permissions"),
        Row(
            "permissions.simulate",
            ADMINISTRATOR,
            placed=True,
            given=OF_SOMEBODY,
            commands={"permissions simulate": {}},
        ),
        Row("permissions.grant", ADMINISTRATOR, placed=True, given=OF_SOMEBODY, commands={"permissions grant": {}}),
        Row("permissions.deny", ADMINISTRATOR, placed=True, given=OF_SOMEBODY, commands={"permissions deny": {}}),
        Row("permissions.revoke", ADMINISTRATOR, placed=True, given=OF_SOMEBODY, commands={"permissions revoke": {}}),
        Row(
            "permissions.suggest",
            EVERYONE,
            scope=Scope.NONE,
            steadfast=True,
            typing=("permissions explain", "operation"),
        ),
    ),
    seed=(Call("permissions.grant", "operator", OF_SOMEBODY),),
    faults=(
        Case("permissions.list", {}, writes=False),
        Case("permissions.show", {}, writes=False),
        Case("permissions.explain", {"operation": "links.add"}, writes=False),
        Case("permissions.check", {"user": "1", "operation": "links.add", "level": "everyone"}, writes=False),
        Case("permissions.overview", {"user": "1"}, writes=False),
        Case("permissions.simulate", {"change": "grant", "permission": "links.add", "user": "1"}, writes=False),
        Case("permissions.suggest", {"typed": "l"}, writes=False),
        Case("permissions.grant", {"permission": "links.add", "user": "1"}),
        Case("permissions.deny", {"permission": "links.*", "user": SOMEBODY}),
        Case("permissions.revoke", OF_SOMEBODY),
    ),
    typed={"permissions.suggest": ("permissions show", "permission", "")},
    unlimited={"permissions.suggest": "each keystroke asks"},
    opens_nothing={"permissions.list", "permissions.suggest"},
    discord=DiscordOptions(
        completed={"permission", "operation"},
        public={"permission", "operation"},
        left_out={"permissions.check": {"level", "roles"}},
    ),
)
