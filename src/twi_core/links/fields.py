"""Field types shared by the commands of links."""

from typing import Annotated, Final, TypeAlias

from pydantic import Field

from twi_core.kernel.addresses import url_problem
from twi_core.kernel.schemas import TextShape
from twi_core.kernel.text import TextError, name_key
from twi_core.links.domain import CONTENT_LIMIT, TAG_LIMIT, TITLE_LIMIT, UNTAGGED
from twi_core.links.errors import INVALID_URL, RESERVED_TAG

CHOICES: Final = 25
"""How many suggestions to return: as many as Discord shows."""


def _sound_content(content: str) -> str:
    problem = url_problem(content)
    if problem:
        raise TextError(INVALID_URL, reason=problem)
    return content


def _free_tag(tag: str) -> str:
    if name_key(tag) == name_key(UNTAGGED):
        raise TextError(RESERVED_TAG)
    return tag


LinkTitle: TypeAlias = Annotated[
    str, TextShape(TITLE_LIMIT), Field(description="The title of the link.", examples=["world map"])
]
LinkContent: TypeAlias = Annotated[
    str,
    TextShape(CONTENT_LIMIT, multiline=True, rule=_sound_content),
    Field(description="A web address or any text.", examples=["https://wanderinginn.com/map"]),
]
LinkTag: TypeAlias = Annotated[
    str, TextShape(TAG_LIMIT, rule=_free_tag), Field(description="The tag to file it under.", examples=["maps"])
]
TagName: TypeAlias = Annotated[
    str,
    TextShape(TAG_LIMIT),
    Field(description=f"The tag to list. “{UNTAGGED}” lists links without one.", examples=["maps"]),
]
