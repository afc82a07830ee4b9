"""A command that takes every kind of option, and one table of the values passed through each entrypoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from typing_extensions import override

from twi_core.kernel.commands import Command
from twi_core.kernel.context import CallContext
from twi_core.kernel.errors import AppError
from twi_core.kernel.handling import Operation
from twi_core.kernel.ids import RoleId, UserId
from twi_core.kernel.outcome import Outcome, Success
from twi_core.kernel.permissions import Level, Permission
from twi_core.kernel.policy import Policy
from twi_core.kernel.schemas import Duration, Moment, TextShape

Label = Annotated[str, TextShape(20)]
Share = Annotated[float, Field(ge=-1.5, le=2.5)]


class TakeEverything(Command):
    """Take every kind of option."""

    ratio: Share = Field(0.5, description="A share.", examples=[0.25])
    colour: Literal["red", "blue"] | None = Field(None, description="A colour.", examples=["red"])
    starts: Moment | None = Field(None, description="When it starts.", examples=["2026-12-24"])
    lasts: Duration | None = Field(None, description="How long it takes.", examples=["90m"])
    labels: Annotated[tuple[Label, ...], Field(max_length=3)] = Field(
        (), description="Labels.", examples=[["one", "two, three"]]
    )
    numbers: tuple[Annotated[int, Field(ge=0, le=9)], ...] = Field((), description="Numbers.", examples=[[1, 2]])
    shares: tuple[Share, ...] = Field((), description="Shares.", examples=[[0.5]])
    colours: tuple[Literal["red", "blue"], ...] = Field((), description="Colours.", examples=[["red"]])
    people: tuple[UserId, ...] = Field((), description="People.", examples=[["175928847299117065"]])
    roles: tuple[RoleId, ...] = Field((), description="Roles.", examples=[["175928847299117064"]])
    dates: tuple[Moment, ...] = Field((), description="Dates.", examples=[["2026-12-24"]])


async def _given(command: TakeEverything, _: CallContext, /) -> Outcome[TakeEverything, AppError]:
    return Success(command)


OPERATION: Final = Operation(
    Policy(name="probes.take", requires=Permission("probes.take", Level.EVERYONE, "take"), guild=False),
    TakeEverything,
    TakeEverything,
    _given,
)
"""Answers with its input."""


@dataclass(frozen=True)
class Case:
    """One value of one field, as each entrypoint gets it, and the outcome: a value, or code and field.

    `json` is what HTTP takes. `typed` is what is typed into a slash option or after a written one, `words` what
    follows the option on the command line, once each; none where that way cannot express it.
    """

    field: str
    json: Any
    typed: str | float | None
    words: tuple[str, ...] | None
    value: Any = None
    refused: tuple[str, str] | None = None

    @override
    def __str__(self) -> str:
        return f"{self.field}={self.json!r}"

    @property
    def raw(self) -> Mapping[str, object]:
        return {self.field: self.json}


def accepted(field: str, json: Any, typed: str | float, value: Any, *words: str) -> Case:
    return Case(field, json, typed, words or (str(typed),), value)


def refused(field: str, json: Any, typed: str | float | None, code: str, at: str = "", *words: str) -> Case:
    words_ = words or (None if typed is None else (str(typed),))
    return Case(field, json, typed, words_, refused=(f"input.{code}", at or field))


EVE: Final = datetime(2026, 12, 24, tzinfo=UTC)
CASES: Final = (
    accepted("ratio", 0.25, 0.25, 0.25),
    accepted("ratio", -1.5, -1.5, -1.5),
    accepted("ratio", 2, 2, 2.0),
    refused("ratio", 2.6, 2.6, "out_of_range"),
    refused("ratio", "x", None, "invalid_type"),
    accepted("colour", "red", "red", "red"),
    refused("colour", "green", None, "invalid_type"),
    accepted("starts", "2026-12-24", "2026-12-24", EVE),
    accepted("starts", "2026-12-24 18:00", "2026-12-24 18:00", EVE + timedelta(hours=18)),
    accepted("starts", "2026-12-24T18:00:30Z", "2026-12-24T18:00:30Z", EVE + timedelta(hours=18, seconds=30)),
    accepted("starts", "2026-12-24 18:00 +01:00", "2026-12-24 18:00 +01:00", EVE + timedelta(hours=17)),
    refused("starts", "24.12.2026", "24.12.2026", "invalid_type"),
    refused("starts", "2026-02-30", "2026-02-30", "invalid_type"),
    refused("starts", "0001-01-01 00:00+02:00", "0001-01-01 00:00+02:00", "invalid_type"),
    refused("starts", "2026-12-24 18:00 +99:00", "2026-12-24 18:00 +99:00", "invalid_type"),
    refused("starts", "٢٠٢٦-12-24", "٢٠٢٦-12-24", "invalid_type"),
    refused("starts", 1798070400, None, "invalid_type"),
    refused("starts", "", None, "empty"),
    accepted("lasts", "90m", "90m", timedelta(minutes=90)),
    accepted("lasts", "2 W", "2 W", timedelta(weeks=2)),
    refused("lasts", "0m", "0m", "invalid_duration"),
    refused("lasts", "soon", "soon", "invalid_duration"),
    refused("lasts", 90, None, "invalid_type"),
    accepted("labels", ["one", "two, three"], 'one, "two, three"', ("one", "two, three"), "one", "two, three"),
    accepted("labels", ["say --ratio 2", "x"], '"say --ratio 2", x', ("say --ratio 2", "x"), "say --ratio 2", "x"),
    accepted("labels", ["one"], "one", ("one",)),
    refused("labels", ["one", ""], 'one, ""', "empty", "labels.1", "one", ""),
    refused("labels", ["x" * 21], "x" * 21, "too_long", "labels.0"),
    refused("labels", ["1", "2", "3", "4"], "1,2,3,4", "invalid_type", "labels", "1", "2", "3", "4"),
    refused("labels", "one", None, "invalid_type"),
    accepted("numbers", [1, 2], "1, 2", (1, 2), "1", "2"),
    refused("numbers", [1, 12], "1,12", "out_of_range", "numbers.1", "1", "12"),
    refused("numbers", ["x"], "x", "invalid_type", "numbers.0"),
    accepted("shares", [0.5, -1], "0.5, -1", (0.5, -1.0), "0.5", "-1"),
    accepted("colours", ["red", "blue"], "red,blue", ("red", "blue"), "red", "blue"),
    Case("colours", ["red", "green"], "red, green", None, refused=("input.invalid_type", "colours.1")),
    accepted("people", ["9001", "9002"], "<@9001> <@!9002>", (9001, 9002), "9001", "9002"),
    accepted("people", ["9001", "9002"], "9001, <@9002>", (9001, 9002), "9001", "9002"),
    refused("people", ["max"], "max", "invalid_type", "people.0"),
    refused("people", ["0"], "0", "out_of_range", "people.0"),
    accepted("roles", ["9001"], "<@&9001>", (9001,), "9001"),
    accepted("dates", ["2026-12-24", "2026-12-25"], "2026-12-24, 2026-12-25", (EVE, EVE + timedelta(days=1)),
             "2026-12-24", "2026-12-25"),
)  # fmt: skip
