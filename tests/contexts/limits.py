"""What the generated suites know of limits."""

from typing import Final

from tests.contexts import ADMINISTRATOR, EVERYONE, MODERATOR, SOMEBODY, Call, Case, ContextSuite, Row, Scope

SUITE: Final = ContextSuite(
    rows=(
        Row("limits.show", EVERYONE, scope=Scope.EITHER, commands={"limits show": {}}),
        Row("limits.rules", MODERATOR, commands={"limits rules": {}}),
        Row("limits.set", ADMINISTRATOR, commands={"limits set": {}}),
        Row("limits.exempt", ADMINISTRATOR, placed=True, given={"user": SOMEBODY}, commands={"limits exempt": {}}),
        Row("limits.reset", ADMINISTRATOR, commands={"limits reset": {}}),
    ),
    seed=(
        Call("limits.set", "operator", {"operation": "links.add", "amount": 10, "seconds": 3600}),
        Call("limits.exempt", "operator", {"operation": "links.add", "user": SOMEBODY}),
    ),
    faults=(
        Case("limits.show", {"operation": "links.add"}, writes=False),
        Case("limits.rules", {}, writes=False),
        Case("limits.set", {"operation": "links.add", "amount": 3, "seconds": 60}),
        Case("limits.set", {"operation": "links.*", "amount": 3, "seconds": 60}),
        Case("limits.exempt", {"operation": "*", "user": SOMEBODY}),
        Case("limits.reset", {"operation": "links.add"}),
        Case("limits.reset", {"operation": "links.*"}, writes=False),
    ),
    opens_nothing={"limits.show"},
)
