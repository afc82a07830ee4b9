"""What the generated suites know of permissions."""

from typing import Final

from tests.contexts import (
    ADMINISTRATOR,
    CHANNEL,
    EVERYONE,
    MODERATOR,
    SOMEBODY,
    STAFF,
    Call,
    Case,
    ContextSuite,
    DiscordOptions,
    Row,
    Scope,
    Write,
)
from twi_core.kernel.context import CallContext
from twi_core.kernel.ids import Snowflake
from twi_core.permissions import PERMISSIONS
from twi_core.permissions.domain import RULES_LIMIT, Effect, Rule, RuleId, Subject, SubjectKind
from twi_core.permissions.ports import PermissionsUnit

OF_SOMEBODY: Final = {"permission": "links.add", "user": SOMEBODY}
MAY_CHANGE_RULES: Final = {"permission": "permissions.manage", "user": STAFF}


async def _fill(unit: PermissionsUnit, call: CallContext) -> None:
    """Store as many rules as a server can have."""
    assert call.guild is not None
    for number in range(1, RULES_LIMIT + 1):
        await unit.permission_rules.put(
            Rule(
                id=RuleId(number << 32),
                guild=call.guild,
                subject=Subject(SubjectKind.USER, Snowflake(number)),
                pattern="links.view",
                effect=Effect.ALLOW,
                reason=None,
                set_by=None,
                set_at=call.received_at,
                expires_at=None,
            )
        )


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
    provoked={
        "permissions.denied": Call("links.add", "member", {"title": "bread", "content": "words"}),
        "permissions.closed_channel": Call(
            "links.tags",
            "member",
            {},
            before=(Call("permissions.deny", "operator", {"permission": "links.view", "channel": CHANNEL}),),
        ),
        "permissions.unknown": Call("permissions.grant", "administrator", {**OF_SOMEBODY, "permission": "links.fly"}),
        "permissions.not_grantable": Call(
            "permissions.grant", "administrator", {**OF_SOMEBODY, "permission": "permissions.explain"}
        ),
        "permissions.not_held": Call(
            "permissions.grant",
            "moderator",
            {**OF_SOMEBODY, "permission": "links.manage_any"},
            before=(Call("permissions.grant", "operator", MAY_CHANGE_RULES),),
        ),
        "permissions.held_for_a_time": Call(
            "permissions.grant",
            "moderator",
            OF_SOMEBODY,
            before=(Call("permissions.grant", "operator", {**MAY_CHANGE_RULES, "lasts": "1h"}),),
        ),
        "permissions.one_subject": Call("permissions.grant", "administrator", {"permission": "links.add"}),
        "permissions.rule_not_found": Call("permissions.revoke", "administrator", OF_SOMEBODY),
        "permissions.too_many_rules": Call(
            "permissions.grant", "operator", OF_SOMEBODY, before=(Write(PERMISSIONS, _fill),)
        ),
    },
)
