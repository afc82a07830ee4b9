"""Answers, commands and their options in the languages that there are catalogues for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, final

import discord
import pytest
from discord import app_commands
from discord.ext import commands
from typing_extensions import override

from tests.contracts.values import bug
from tests.integration.discord.stage import Stage, staged
from tests.integration.discord.test_sync import syncs
from tests.pseudo import PseudoOnly
from twi_core.application import Application
from twi_core.kernel.ids import ChannelId
from twi_core.kernel.language import ENGLISH, Language, speaking
from twi_discord import attach, detach
from twi_discord.commands.localising import Localiser
from twi_discord.commands.tree_limits import DESCRIPTION, faults
from twi_discord.connection.bot import TwiBot
from twi_discord.connection.notifying import ChannelNotifier
from twi_discord.connection.syncing import payloads
from twi_runtime.languages import Catalogues
from twi_runtime.process.drain import Drain

pytestmark = pytest.mark.asyncio

GERMAN: Final[Mapping[str, str]] = {
    "command:link": "verweis",
    "command:add": "anlegen",
    "option:title": "titel",
    "choice:grant": "Erlauben",
    "command:Permissions": "Berechtigungen",
    "Save a link under a title.": "Einen Verweis anlegen.",
    "The title of the link.": "Der Titel des Verweises.",
    "No links have been saved here yet.": "Hier gibt es noch keine Verweise.",
    "Next": "Weiter",
    "More: {command}": "Mehr: {command}",
}


@final
class Spoken:
    """A language with a few texts, numbers with dots, and nothing else but English."""

    def __init__(self, tag: str, texts: Mapping[str, str]) -> None:
        self._tag = tag
        self._texts = texts

    @property
    def tag(self) -> str:
        return self._tag

    def text(self, message: str, /) -> str:
        return self._texts.get(message, message)

    def plural(self, one: str, many: str, count: int, /) -> str:
        return self.text(ENGLISH.plural(one, many, count))

    def number(self, value: int, /) -> str:
        return f"{value:,}".replace(",", ".")

    def listed(self, items: Any, /) -> str:
        return " und ".join(items)

    def either(self, items: Any, /) -> str:
        return " oder ".join(items)

    def moment(self, at: datetime, /) -> str:
        return ENGLISH.moment(at)


def spoken(**languages: Mapping[str, str]) -> Catalogues:
    """Return the languages of a bot, by tag."""
    made: dict[str, Language] = {tag: Spoken(tag, texts) for tag, texts in languages.items()}
    return Catalogues(made)


def found(within: list[dict[str, Any]], name: str, *more: str) -> dict[str, Any]:
    """Return the command, option or choice of a name, perhaps within others."""
    part: dict[str, Any] = next(each for each in within if each["name"] == name)
    return found(part.get("options") or part["choices"], *more) if more else part


@contextmanager
def locale(stage: Stage, of_caller: str, of_guild: str | None) -> Iterator[None]:
    """Send these languages with each interaction; the simulation itself knows English only."""
    parsers = stage.bot._connection.parsers
    parse = parsers["INTERACTION_CREATE"]
    named = {"locale": of_caller, **({} if of_guild is None else {"guild_locale": of_guild})}
    parsers["INTERACTION_CREATE"] = lambda data: parse({k: v for k, v in data.items() if k != "guild_locale"} | named)
    try:
        yield
    finally:
        parsers["INTERACTION_CREATE"] = parse


async def test_commands_have_names_and_descriptions_in_other_languages() -> None:
    """Discord is sent what is translated of commands, groups, menus, options and choices, and nothing else."""
    async with staged(languages=spoken(de=GERMAN)) as stage:
        sent = await payloads(stage.bot.tree)
        assert found(sent, "link")["name_localizations"] == {"de": "verweis"}
        assert found(sent, "link")["description_localizations"] == {}
        add = found(sent, "link", "add")
        assert add["name_localizations"] == {"de": "anlegen"}
        assert add["description_localizations"] == {"de": "Einen Verweis anlegen."}
        title = found(sent, "link", "add", "title")
        assert title["name_localizations"] == {"de": "titel"}
        assert title["description_localizations"] == {"de": "Der Titel des Verweises."}
        assert "name_localizations" not in found(sent, "link", "add", "content")
        assert found(sent, "permissions", "simulate", "change", "grant")["name_localizations"] == {"de": "Erlauben"}
        assert found(sent, "Permissions")["name_localizations"] == {"de": "Berechtigungen"}
        assert found(stage.env.http_requests[-1].json, "link") == found(sent, "link")  # type: ignore[arg-type]
        assert (await stage.ask("moderator", "slash", "link add", title="a", content="b")).text.startswith("Added")


@pytest.mark.parametrize("name", ["Anlegen", "neu anlegen", "x" * 33, "", "list", "zeigen"])
async def test_a_name_that_discord_would_refuse_stays_english(name: str) -> None:
    """A name in capitals, with blanks, too long, empty, or of a sibling's, whether translated or not, is left out."""
    texts = {"command:add": name, "command:get": "zeigen", "option:title": name, "option:content": "zeigen"}
    async with staged(languages=spoken(de=texts)) as stage:
        add = found(await payloads(stage.bot.tree), "link", "add")
        assert add["name_localizations"] == {}
        if name != "list":
            assert "name_localizations" not in found(add["options"], "title")


async def test_a_long_description_is_cut() -> None:
    """A translation that is longer than Discord takes ends with dots, as in English."""
    async with staged(languages=spoken(de={"Save a link under a title.": "lang " * 50})) as stage:
        text = found(await payloads(stage.bot.tree), "link", "add")["description_localizations"]["de"]
        assert (len(text), text[-1]) == (DESCRIPTION, "…")


async def test_what_bounds_an_option_is_added_in_the_order_of_the_language() -> None:
    """A translation says where it stands, and no full stop is left in front of it."""
    purpose = {
        "How long it lasts; leave it out to make it permanent.": "期間。",
        "{purpose} ({more}).": "{more}・{purpose}。",
    }
    async with staged(languages=spoken(ja=purpose)) as stage:
        lasts = found(await payloads(stage.bot.tree), "permissions", "grant", "lasts")
        assert lasts["description_localizations"] == {"ja": "such as 90m, 12h, 7d or 2w・期間。"}


async def test_a_changed_translation_is_synced() -> None:
    """A start with the same translations sends nothing, one with others sends the commands once more."""
    async with staged(languages=spoken(de=GERMAN)) as stage:
        assert syncs(stage) == 1
        await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        assert syncs(stage) == 1
        stage.app.languages = spoken(de={**GERMAN, "choice:grant": "Gewähren"})
        await stage.env.restart_bot(TwiBot(stage.app, stage.drain))
        assert syncs(stage) == 2
        asked = [r for r in stage.env.http_requests if r.method == "GET" and r.path.endswith("/commands")]
        assert all(request.params.get("with_localizations") == "true" for request in asked)


async def test_the_caller_is_answered_in_their_language_else_in_the_servers() -> None:
    """The language of the caller's app comes first, then the server's; a written command goes by the server's."""
    german, french = "Hier gibt es noch keine Verweise.", "Aucun lien ici."
    texts = {"No links have been saved here yet.": french}
    async with staged(languages=spoken(de=GERMAN, fr=texts)) as stage:
        for of_caller, of_guild, answer in (
            ("de", "fr", german),
            ("fr", "de", french),
            ("sv-SE", "de", german),
            ("sv-SE", None, "No links have been saved here yet."),
            ("en-GB", "de", "No links have been saved here yet."),
        ):
            with locale(stage, of_caller, of_guild):
                assert (await stage.ask("member", "slash", "link list")).text == answer
        assert (await stage.write("member", "!link list")).text == "No links have been saved here yet."
        guild = stage.bot.get_guild(stage.guild.id)
        assert guild is not None
        guild.preferred_locale = discord.Locale.german
        assert (await stage.write("member", "!link list")).text == german
        assert (await stage.write("member", "!link list", dm=True)).text.startswith("This only works in a server")


async def test_buttons_are_in_the_callers_language() -> None:
    """The label of a button is looked up like a sentence; it works the same."""
    async with staged(languages=spoken(de=GERMAN)) as stage:
        for number in range(25):
            await stage.add(f"map {number:02}", tag="maps")
        member = stage.people["member"]
        with locale(stage, "de", None):
            shown = (await stage.ask("member", "slash", "link list", tag="maps")).messages[0]
            await member.click(shown.message, label="Weiter")
            assert "map 24" in shown.content


async def test_operators_are_notified_in_the_language_of_their_server() -> None:
    """The call in which a bug showed has another language; commands are named in English, for all readers."""
    languages = spoken(de={**GERMAN, "command:error": "fehler"}, fr={"More: {command}": "Plus : {command}"})
    async with staged(languages=languages) as stage:
        guild = stage.bot.get_guild(stage.guild.id)
        assert guild is not None
        guild.preferred_locale = discord.Locale.german
        with speaking(languages.find("fr")):
            await ChannelNotifier(stage.bot, ChannelId(stage.channel.id), languages).notify(bug("f" * 16, "r1"))
        (message,) = stage.channel.history()
        assert f"Mehr: `/failure describe fingerprint:{'f' * 16}`" in message.content
        assert "`/error reference:r1`" in message.content


class Unsayable(dict[str, str]):
    """A catalogue in which an answer and what stands below a refusal can't be looked up."""

    @override
    def get(self, key: str, default: Any = None, /) -> Any:
        if key == "No links have been saved here yet." or key.startswith("-#"):
            raise ValueError(key)
        return default


async def test_a_bug_in_a_language_is_answered_in_english() -> None:
    """A caller whose language can't be looked up learns that something failed, and under which reference."""
    async with staged(languages=spoken(de=Unsayable())) as stage:
        with locale(stage, "de", None):
            shown = (await stage.ask("member", "slash", "link list")).text
    assert "`internal.unexpected` · reference `" in shown


class Foreign(commands.Bot):
    """A foreign bot with a command that is called as a translated one of ours."""

    def __init__(self, app: Application, translator: app_commands.Translator | None) -> None:
        super().__init__("!", intents=discord.Intents.all())
        self._app = app
        self._own = translator

        @self.tree.command(name="add", description="Save a link under a title.")
        async def add(interaction: discord.Interaction[Any]) -> None: ...

    @override
    async def setup_hook(self) -> None:
        if self._own is not None:
            await self.tree.set_translator(self._own)
        await attach(self, self._app)
        await self.load_extension("twi_discord.links")


@final
class Loud(app_commands.Translator):
    """A foreign bot's own translator."""

    @override
    async def translate(self, string: app_commands.locale_str, locale: discord.Locale, _: Any) -> str | None:
        return string.message if locale is discord.Locale.german else None


@pytest.mark.parametrize("own", [None, Loud()])
async def test_a_foreign_bot_keeps_its_own_translator_and_names(own: app_commands.Translator | None) -> None:
    """Our commands are localised where the bot has no translator of its kind; the bot's own commands stay."""

    def make(app: Application, _: Drain) -> commands.Bot:
        return Foreign(app, own)

    async with staged(make, languages=spoken(de=GERMAN)) as stage:
        sent = await payloads(stage.bot.tree)
        if own is None:
            assert found(sent, "link")["name_localizations"] == {"de": "verweis"}
            assert found(sent, "add")["name_localizations"] == {}
            assert found(sent, "add")["description_localizations"] == {}
            assert isinstance(stage.bot.tree.translator, Localiser)
        else:
            assert found(sent, "link")["name_localizations"] == {"de": "link"}
        await stage.bot.unload_extension("twi_discord.links")
        await detach(stage.bot)
        assert stage.bot.tree.translator is own


@pytest.fixture
def pseudo(tmp_path: Path) -> PseudoOnly:
    """Return the pseudo-language; what it is compiled from cannot be collected while a test's loop runs."""
    return PseudoOnly(tmp_path)


async def test_commands_in_every_language_stay_within_discords_limits(pseudo: PseudoOnly) -> None:
    """With a translation of every text that is a third longer, Discord takes all commands, and their names work."""
    async with staged(languages=pseudo) as stage:
        sent = await payloads(stage.bot.tree)
        assert faults(sent) == []
        add = found(sent, "link", "add")
        assert set(add["name_localizations"]) == {locale.value for locale in discord.Locale}
        assert set(add["description_localizations"]) == {locale.value for locale in discord.Locale}
        await stage.ask("moderator", "slash", "link add", title="a", content="b")
        await stage.write("moderator", "!link add c --content d")
        assert [title for title, *_ in stage.links()] == ["a", "c"]


@pytest.mark.parametrize("own_translator", [False, True])
async def test_slash_commands_are_named_as_the_reader_sees_them(own_translator: bool) -> None:
    """A hint and the help name commands, options and choices as Discord shows them, and written ones in English."""
    names = {**GERMAN, "option:change": "aenderung", "choice:revoke": "Entziehen", "command:list": "add"}
    async with staged(languages=spoken(de=names)) as stage:
        if own_translator:
            await stage.bot.tree.set_translator(Loud())
        with locale(stage, "de", None):
            refused = (await stage.ask("moderator", "slash", "link get", title="atlas")).text
            add = (await stage.ask("moderator", "slash", "help", command="link add")).text
            simulate = (await stage.ask("moderator", "slash", "help", command="permissions simulate")).text
            every = (await stage.ask("moderator", "slash", "help")).text
        if own_translator:
            assert "`/link list`" in refused
            return
        assert "`/verweis list`" in refused  # a sibling is called "add"
        assert "/verweis anlegen titel:<titel> content:<content>" in add
        assert "- `titel`: " in add
        assert "aenderung:Erlauben" in simulate
        assert "`/verweis anlegen`" in every
        assert "Apps, Berechtigungen: " in every
        assert "`!link list`" in (await stage.write("moderator", "!link get atlas")).text


async def test_slash_commands_are_named_in_the_language_of_the_readers_discord_alone() -> None:
    """A member whose language we don't have is answered in the server's, but their Discord shows English commands."""
    german = {**GERMAN, "See the tags, and the links with each: {links.tags}": "Schilder: {links.tags}"}
    async with staged(languages=spoken(de=german)) as stage:
        for of_caller, line in (("fr", "/link list"), ("de", "/verweis list")):
            with locale(stage, of_caller, "de"):
                refused = (await stage.ask("moderator", "slash", "link get", title="atlas")).text
                every = (await stage.ask("moderator", "slash", "help")).text
            assert f"Schilder: `{line}`" in refused
            assert ("`/verweis anlegen`" in every, "Apps, Berechtigungen: " in every) == (of_caller == "de",) * 2
        guild = stage.bot.get_guild(stage.guild.id)
        assert guild is not None
        guild.preferred_locale = discord.Locale.german
        assert "Apps, Permissions: " in (await stage.write("moderator", "!help")).text


@pytest.mark.parametrize("named", ["verweis anlegen", "/Verweis  anlegen", "link add", "links.add"])
async def test_help_understands_the_names_that_it_lists(named: str) -> None:
    """A command or a group is found by the name that Discord shows, as well as by the English one."""
    async with staged(languages=spoken(de=GERMAN)) as stage:
        with locale(stage, "de", None):
            assert (await stage.ask("member", "slash", "help", command=named)).text.startswith("**verweis anlegen**")
            group = named.replace("anlegen", "").replace("links.add", "link").removesuffix(" add").strip()
            assert (await stage.ask("member", "slash", "help", command=group)).text.startswith("**verweis**")


@pytest.mark.parametrize("part", ["weis an", "Anlegen", "link add"])
async def test_help_suggests_the_names_that_discord_shows(part: str) -> None:
    """What is typed is looked for in both names; the one that Discord shows is suggested, and the English one sent."""
    async with staged(languages=spoken(de=GERMAN)) as stage:
        with locale(stage, "de", None):
            found = await stage.people["member"].autocomplete(stage.channel, "help", "command", part)
        assert {"name": "verweis anlegen", "value": "link add"} in found
