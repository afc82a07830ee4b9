"""What the generated suites know of tokens."""

from typing import Final

from tests.contexts import OPERATOR, SOMEBODY, Call, Case, ContextSuite, Entrypoint, Row, Scope

CLOSED: Final = frozenset({Entrypoint.SLASH, Entrypoint.PREFIX, Entrypoint.HTTP})
TOKEN: Final = {"name": "dashboard", "actor": SOMEBODY, "level": "moderator", "guilds": ["175928847299117063"]}
FOR_WHO_RUNS_THE_BOT: Final = "only who runs the bot may call"

SUITE: Final = ContextSuite(
    rows=(
        Row("tokens.create", OPERATOR, scope=Scope.NONE, closed=CLOSED, given={"name": "another"}),
        Row("tokens.list", OPERATOR, scope=Scope.NONE, closed=CLOSED),
        Row("tokens.revoke", OPERATOR, scope=Scope.NONE, closed=CLOSED),
    ),
    seed=(Call("tokens.create", "operator", TOKEN),),
    faults=(
        Case("tokens.create", {"name": "new", "actor": "1", "guilds": ["9001"]}),
        Case("tokens.list", {}, writes=False),
        Case("tokens.revoke", {"name": "dashboard"}),
    ),
    unlimited={
        "tokens.create": FOR_WHO_RUNS_THE_BOT,
        "tokens.list": FOR_WHO_RUNS_THE_BOT,
        "tokens.revoke": FOR_WHO_RUNS_THE_BOT,
    },
    without={
        "tokens.create": {"--role", "--as"}
    },  # `--actor` and `--level` are the token's; only the operator makes one
    provoked={
        "tokens.name_taken": Call(
            "tokens.create", "operator", TOKEN, before=(Call("tokens.create", "operator", TOKEN),)
        ),
        "tokens.not_found": Call("tokens.revoke", "operator", {"name": "dashboard"}),
    },
)
