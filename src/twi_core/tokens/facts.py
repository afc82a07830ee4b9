"""The facts of API tokens."""

from collections.abc import Iterator
from typing import Final

from twi_core.kernel.facts import ContextFacts, Fact, Listed, Secret, phrase
from twi_core.tokens.domain import ApiToken, IssuedToken


def token_facts(token: ApiToken) -> Iterator[Fact]:
    """Describe a token; nobody knows its secret."""
    yield Fact("name", token.name)
    yield Fact("user", token.actor)
    yield Fact("level", token.level)
    yield Fact("servers", Listed(token.guilds))
    yield Fact("created", token.created_at)


def issued_token_facts(issued: IssuedToken) -> Iterator[Fact]:
    """Describe a new token, with its secret."""
    yield from token_facts(issued.token)
    yield Fact("secret", phrase("{secret}  (shown only once; keep it safe)", secret=Secret(issued.secret)), brief=False)


FACTS: Final = ContextFacts()
FACTS.show(ApiToken, token_facts)
FACTS.show(IssuedToken, issued_token_facts)
