"""What a program that embeds the library may write, and what the type checker must refuse. Never run.

A line that must be refused carries an ignore with the expected code; mypy warns of an ignore that nothing needs, so
that a refusal which is lost fails the check.
"""

from collections.abc import Sequence
from typing import assert_never, assert_type

from twi_core.application import Application
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import AnyOperation, Api, Handler, Operation, use
from twi_core.kernel.ids import ChannelId, GuildId, RoleId, UserId
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.paging import Page
from twi_core.kernel.permissions import Level
from twi_core.kernel.policy import Policy
from twi_core.links.domain import Link, Suggestion, Tag
from twi_core.links.use_cases.add import AddLink, AddLinkUseCase
from twi_core.links.use_cases.get import GetLink
from twi_core.links.use_cases.suggest import SuggestLinks
from twi_core.links.use_cases.tags import ListTags
from twi_core.tokens.domain import ApiToken, IssuedToken
from twi_core.tokens.use_cases.create import CreateToken
from twi_core.tokens.use_cases.list import ListTokens


async def the_answer_has_its_type(app: Application, context: CallContext) -> None:
    """Each operation's command and answer are inferred from its use case."""
    assert_type(app.links.add, Operation[AddLink, Link])
    assert_type(await app.links.add(AddLink(title="a", content="b"), context), Outcome[Link, AppError])
    assert_type(await app.links.tags(ListTags(), context), Outcome[Page[Tag], AppError])
    assert_type(await app.links.suggest(SuggestLinks(), context), Outcome[Sequence[Suggestion], AppError])
    assert_type(await app.tokens.list(ListTokens(), context), Outcome[Page[ApiToken], AppError])
    assert_type(await app.links.add.call({"title": "a"}, context), Outcome[Link, AppError])


async def another_command_is_refused(app: Application, context: CallContext) -> None:
    """An operation takes its own command only, and the context too."""
    await app.links.add(GetLink(title="a"), context)  # type: ignore[arg-type]  # must be refused
    await app.links.get(AddLink(title="a", content="b"), context)  # type: ignore[arg-type]  # must be refused
    await app.links.get({"title": "a"}, context)  # type: ignore[arg-type]  # must be refused
    await app.links.get(GetLink(title="a"))  # type: ignore[call-arg]  # must be refused
    await app.links.get(command=GetLink(title="a"), context=context)  # type: ignore[call-arg]  # must be refused
    await app.links.nothing(GetLink(title="a"), context)  # type: ignore[attr-defined]  # must be refused


async def matching_is_exhaustive(app: Application, context: CallContext) -> str:
    """A match on both answers is complete, and knows what is in them."""
    match await app.links.get(GetLink(title="a"), context):
        case Success(link):
            assert_type(link, Link)
            return link.title
        case Failure(error):
            assert_type(error, AppError)
            return error.code


async def half_a_match_is_refused(app: Application, context: CallContext) -> str:  # type: ignore[return]  # must be refused
    """A match that forgets the refusal is no complete function."""
    match await app.links.get(GetLink(title="a"), context):  # type: ignore[exhaustive-match]  # must be refused
        case Success(link):
            return link.title


async def there_is_no_third(app: Application, context: CallContext) -> None:
    """After success and failure nothing is left."""
    outcome = await app.links.get(GetLink(title="a"), context)
    if isinstance(outcome, Failure):
        assert_type(outcome.failure(), AppError)
    elif isinstance(outcome, Success):
        assert_type(outcome.unwrap(), Link)
    else:
        assert_never(outcome)


async def an_answer_is_not_its_value(app: Application, context: CallContext) -> None:
    """An answer is looked into before it is used."""
    outcome = await app.links.get(GetLink(title="a"), context)
    title = outcome.title  # type: ignore[union-attr]  # must be refused
    link: Link = outcome  # type: ignore[assignment]  # must be refused
    app.links.get(GetLink(title="a"), context)  # type: ignore[unused-coroutine]  # must be refused
    del link, title


def ids_are_distinct(app: Application, guild: GuildId, user: UserId, role: RoleId, channel: ChannelId) -> None:
    """One sort of id is not taken for another, nor a number for an id."""
    app.context(actor=user, guild=guild, channel=channel, roles={role})
    app.context(actor=guild, guild=user)  # type: ignore[arg-type]  # must be refused
    app.context(actor=user, guild=guild, roles={user})  # type: ignore[arg-type]  # must be refused
    app.context(actor=1, guild=None)  # type: ignore[arg-type]  # must be refused
    app.context(user, guild)  # type: ignore[call-arg]  # must be refused


def commands_are_checked() -> None:
    """A command is built from its own fields, none left out, and stays as it is."""
    AddLink(title="a", content="b", tag=None, preview=False)
    CreateToken(name="a", actor=UserId(1), level="moderator", guilds=(GuildId(1),))
    AddLink(title="a")  # type: ignore[call-arg]  # must be refused
    AddLink(title="a", content="b", guild=GuildId(1))  # type: ignore[call-arg]  # must be refused
    AddLink(title=1, content="b")  # type: ignore[arg-type]  # must be refused
    CreateToken(name="a", actor=UserId(1), level="owner", guilds=(GuildId(1),))  # type: ignore[arg-type]  # must be refused
    AddLink(title="a", content="b").title = "c"  # type: ignore[misc]  # must be refused


def values_are_frozen(link: Link, error: AppError, issued: IssuedToken, context: CallContext) -> None:
    """What the library hands out cannot be changed."""
    link.title = "x"  # type: ignore[misc]  # must be refused
    error.params["x"] = "y"  # type: ignore[index]  # must be refused
    issued.secret = "x"  # type: ignore[misc]  # must be refused
    context.asserted_level = Level.OPERATOR  # type: ignore[misc]  # must be refused


async def entrypoints_serve_operations_alike(app: Application, context: CallContext) -> None:
    """Every operation is an `AnyOperation`, whose answer is an object until it is known better."""
    operation: AnyOperation = app.links.add
    assert_type(await operation.call({}, context), Outcome[object, AppError])
    assert_type(operation.policy, Policy)


class OwnApi(Api):
    """An API that declares operations as a context does."""

    add = use(AddLinkUseCase)
    broken = use(AddLink)  # type: ignore[arg-type, var-annotated]  # must be refused


class WithoutPolicy:
    """A use case that does not say how it is called."""

    answer: Outcome[Link, AppError]

    async def __call__(self, command: GetLink, context: CallContext, /) -> Outcome[Link, AppError]:
        """Answer it."""
        return self.answer


class Careless:
    """A use case that returns a value instead of an Outcome."""

    answer: Link

    async def __call__(self, command: GetLink, context: CallContext, /) -> Link:
        """Answer it."""
        return self.answer


def use_cases_are_checked() -> None:
    """What is used has a policy and answers an Outcome."""
    handler: Handler[GetLink, Link] = WithoutPolicy()
    use(WithoutPolicy)  # type: ignore[arg-type]  # must be refused
    careless: Handler[GetLink, Link] = Careless()  # type: ignore[assignment]  # must be refused
    wrong: Handler[AddLink, Link] = WithoutPolicy()  # type: ignore[assignment]  # must be refused
    assert_type(OwnApi.add, Operation[AddLink, Link])
    del handler, careless, wrong
