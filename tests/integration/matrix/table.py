"""The table: one row for each operation, written by hand; see `test_matrix` for how its cells follow from it."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from tests.integration.matrix.rules import (
    A_ROLE,
    PLACES,
    RANKS,
    SOMEBODY,
    Cell,
    Entrypoint,
    Place,
    Row,
    Scope,
    expected,
)
from twi_core.kernel.permissions import Level

EVERYONE, MODERATOR, ADMINISTRATOR, OPERATOR = Level

ADMIN_ROLES: Final = {"key": "permissions.admin_roles", "value": A_ROLE}
OF_SOMEBODY: Final = {"permission": "links.add", "user": SOMEBODY}
CLOSED: Final = frozenset({Entrypoint.SLASH, Entrypoint.PREFIX, Entrypoint.HTTP})

TABLE: Final = (
    Row("links.get", EVERYONE, commands={"link get": {}}),
    Row("links.info", EVERYONE, commands={"link info": {}}),
    Row("links.tags", EVERYONE, commands={"link list": {}}),
    Row("links.list", EVERYONE, commands={"link list": {}, "tag": {"tag": "maps"}}),
    Row("links.search", EVERYONE, commands={"link search": {}}),
    Row("links.suggest", EVERYONE, typing=("link get", "title")),
    Row("links.suggest_tags", EVERYONE, typing=("link list", "tag")),
    Row("links.add", MODERATOR, given={"title": "bread"}, commands={"link add": {}}),
    Row("links.edit", ADMINISTRATOR, author=True, given={"content": "words"}, commands={"link edit": {}}),
    Row("links.rename", ADMINISTRATOR, author=True, commands={"link rename": {}}),
    Row("links.transfer", ADMINISTRATOR, author=True, commands={"link transfer": {}}),
    Row("links.delete", ADMINISTRATOR, author=True, commands={"link delete": {}}),
    Row("tokens.create", OPERATOR, scope=Scope.NONE, closed=CLOSED, given={"name": "another"}),
    Row("tokens.list", OPERATOR, scope=Scope.NONE, closed=CLOSED),
    Row("tokens.revoke", OPERATOR, scope=Scope.NONE, closed=CLOSED),
    Row("permissions.list", EVERYONE, scope=Scope.NONE, steadfast=True, commands={"permissions list": {}}),
    Row("permissions.show", MODERATOR, commands={"permissions show": {}}),
    Row("permissions.explain", EVERYONE, scope=Scope.EITHER, steadfast=True, commands={"permissions explain": {}}),
    Row("permissions.check", MODERATOR, commands={"permissions check": {}}),
    Row("permissions.overview", MODERATOR, commands={"permissions overview": {}}, menu="Permissions"),
    Row("permissions.simulate", ADMINISTRATOR, placed=True, given=OF_SOMEBODY, commands={"permissions simulate": {}}),
    Row("permissions.grant", ADMINISTRATOR, placed=True, given=OF_SOMEBODY, commands={"permissions grant": {}}),
    Row("permissions.deny", ADMINISTRATOR, placed=True, given=OF_SOMEBODY, commands={"permissions deny": {}}),
    Row("permissions.revoke", ADMINISTRATOR, placed=True, given=OF_SOMEBODY, commands={"permissions revoke": {}}),
    Row("permissions.suggest", EVERYONE, scope=Scope.NONE, steadfast=True, typing=("permissions explain", "operation")),
    Row("limits.show", EVERYONE, scope=Scope.EITHER, commands={"limits show": {}}),
    Row("limits.rules", MODERATOR, commands={"limits rules": {}}),
    Row("limits.set", ADMINISTRATOR, commands={"limits set": {}}),
    Row("limits.exempt", ADMINISTRATOR, placed=True, given={"user": SOMEBODY}, commands={"limits exempt": {}}),
    Row("limits.reset", ADMINISTRATOR, commands={"limits reset": {}}),
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
    Row(
        "failures.show",
        MODERATOR,
        scope=Scope.EITHER,
        elsewhere="failures.unknown_reference",
        commands={"error": {}},
    ),
    Row("failures.list", OPERATOR, scope=Scope.NONE, commands={"failure list": {}}),
    Row("failures.describe", OPERATOR, scope=Scope.NONE, commands={"failure describe": {}}),
    Row("failures.resolve", OPERATOR, scope=Scope.NONE, commands={"failure resolve": {}}),
)


def cells(*entrypoints: Entrypoint) -> Iterator[Cell]:
    """Give every cell of some entrypoints."""
    for row, entrypoint in product(TABLE, entrypoints):
        for kind, place in product(RANKS[entrypoint], PLACES[entrypoint]):
            if expected(row, kind, entrypoint, place) is not None:
                yield from (
                    Cell(row, kind, entrypoint, place, command) for command in _commands(row, entrypoint, place)
                )


def _commands(row: Row, entrypoint: Entrypoint, place: Place) -> Iterable[str]:
    match entrypoint:
        case Entrypoint.SLASH if place is Place.DM:  # where Discord lets nobody choose a role
            return [command for command, given in row.commands.items() if A_ROLE not in given.values()]
        case Entrypoint.SLASH | Entrypoint.PREFIX:
            return row.commands
        case Entrypoint.MENU:
            return () if row.menu is None else (row.menu,)
        case Entrypoint.TYPING:
            return () if row.typing is None else (row.typing[0],)
        case _:
            return ("",)
