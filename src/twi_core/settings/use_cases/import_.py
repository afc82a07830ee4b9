"""Import settings of a guild."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from pydantic import Field

from twi_core.kernel.commands import Command, MalformedError, read_object
from twi_core.kernel.context import CallContext
from twi_core.kernel.directory import NO_DIRECTORY
from twi_core.kernel.errors import AppError, Kind
from twi_core.kernel.language import text
from twi_core.kernel.outcome import Failure, Outcome, Success
from twi_core.kernel.policy import Authority, Policy, Rate
from twi_core.kernel.settings import declared_settings
from twi_core.kernel.unit import Open
from twi_core.kernel.wording import PLAIN
from twi_core.settings.errors import UNUSABLE_DOCUMENT
from twi_core.settings.fields import Document
from twi_core.settings.permissions import SETTINGS_VIEW
from twi_core.settings.ports import SettingsUnit
from twi_core.settings.rules.changing import Changer, Difference
from twi_core.settings.rules.documents import Reading, problem, read_document, unusable
from twi_core.settings.rules.references import Author
from twi_core.settings.rules.values import effective


class ImportSettings(Command):
    """Show what a settings document would change; use apply to make the changes."""

    document: Document
    apply: bool = Field(
        False, description="Whether to apply the changes. Without it, they're only shown.", examples=[True]
    )
    replace: bool = Field(False, description="Whether to reset settings that the document leaves out.", examples=[True])


@final
@dataclass(frozen=True, slots=True)
class ImportedSettings:
    """The differences that an import makes, by key, and whether they were applied."""

    differences: Sequence[Difference]
    applied: bool


@final
class ImportSettingsUseCase:
    """An import of a document, completely or not at all; each change requires its setting's permission."""

    policy: Final = Policy(
        name="settings.import",
        requires=SETTINGS_VIEW,
        limit=Rate(10, per=60),
        errors=(NO_DIRECTORY, UNUSABLE_DOCUMENT),
    )

    def __init__(self, open_unit: Open[SettingsUnit], authority: Authority, changer: Changer) -> None:
        self._open_unit = open_unit
        self._authority = authority
        self._changer = changer

    async def __call__(self, command: ImportSettings, context: CallContext, /) -> Outcome[ImportedSettings, AppError]:
        """Return the differences, or a refusal with everything that is wrong with the document, key by key."""
        try:
            document = read_object(command.document.encode())
        except MalformedError as error:
            return Failure(unusable([text("It isn't a JSON object ({error}).", error=str(error))]))
        reading, settings = read_document(document), declared_settings()
        wanted = {**dict.fromkeys(settings if command.replace else ()), **reading.texts}
        author = await self._changer.references.author((settings[key] for key in wanted), context)
        async with self._open_unit(context) as unit:
            stored = unit.settings
            found = await (stored.of_guild_to_change if command.apply else stored.of_guild)(context.in_guild)
            differences = [
                Difference(key, found.get(key), wanted[key])
                for key in sorted(wanted)
                if found.get(key) != wanted[key] and key not in reading.rejected
            ]
            refusal = await self._refusal(reading, differences, author, context)
            if refusal is not None:
                return Failure(refusal)
            if command.apply and differences:
                await self._changer.write(unit, differences, context)
        return Success(ImportedSettings(differences, applied=command.apply and bool(differences)))

    async def _refusal(
        self, reading: Reading, differences: Sequence[Difference], author: Author, context: CallContext
    ) -> AppError | None:
        """Refuse what the author may not change, otherwise everything that can't be imported, all at once."""
        settings, problems = declared_settings(), list(reading.problems)
        for difference in differences:
            refusal = await self._authority.refusal_for(settings[difference.key].permission, context)
            if refusal is not None:
                return refusal
        for difference in differences:
            setting = settings[difference.key]
            before, after = effective(setting, difference.before), effective(setting, difference.after)
            refusal = await self._changer.references.refusal(setting, before, after, author)
            if refusal is not None and refusal.kind is Kind.UNAVAILABLE:
                return refusal
            if refusal is not None:
                problems.append(problem(setting.key, refusal.message(PLAIN)))
        return unusable(problems) if problems else None
