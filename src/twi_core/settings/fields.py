"""Field types shared by the commands of settings."""

from typing import Annotated, Final, TypeAlias

from pydantic import Field

from twi_core.kernel.schemas import TextShape

KEY_LIMIT: Final = 100
VALUE_LIMIT: Final = 1000
"""Enough for as many role mentions as a setting can hold."""
DOCUMENT_LIMIT: Final = 20_000
"""More than an export of every setting, each full, needs."""

SettingKey: TypeAlias = Annotated[
    str, TextShape(KEY_LIMIT, rule=str.casefold), Field(description="The setting.", examples=["links.page_size"])
]
ListKey: TypeAlias = Annotated[
    str,
    TextShape(KEY_LIMIT, rule=str.casefold),
    Field(description="The setting. It must be a list.", examples=["permissions.admin_roles"]),
]
SettingValue: TypeAlias = Annotated[
    str,
    TextShape(VALUE_LIMIT),
    Field(description="Yes or no, a number, a mention or an id; separate several with commas.", examples=["10"]),
]
ListValue: TypeAlias = Annotated[
    str,
    TextShape(VALUE_LIMIT),
    Field(description="What to add or remove: a mention or an id.", examples=["175928847299117064"]),
]
Document: TypeAlias = Annotated[
    str,
    TextShape(DOCUMENT_LIMIT, multiline=True),
    Field(description="An exported document: one JSON object.", examples=['{"links.page_size": 10}']),
]
