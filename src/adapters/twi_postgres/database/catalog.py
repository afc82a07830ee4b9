"""Queries of PostgreSQL's catalogue, with every name qualified so that no `search_path` matters."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Select, column, func, select, table

_NAMESPACE: Final = table("pg_namespace", column("oid"), column("nspname"), schema="pg_catalog")
_CLASS: Final = table(
    "pg_class",
    column("oid"),
    column("relname"),
    column("relnamespace"),
    column("relkind"),
    column("relowner"),
    schema="pg_catalog",
)
_EXTENSION: Final = table("pg_extension", column("extname"), column("extnamespace"), schema="pg_catalog")
_COLUMN: Final = table(
    "pg_attribute", column("attrelid"), column("attname"), column("attnum"), column("attisdropped"), schema="pg_catalog"
)


def schema_right(schema: str, right: str) -> Select[bool]:
    """Select whether the current user has a right (`USAGE`, `CREATE`) to a schema; no row without such a schema."""
    allowed = func.pg_catalog.has_schema_privilege(_NAMESPACE.c.oid, right)
    return select(allowed).where(_NAMESPACE.c.nspname == schema)


def table_right(schema: str, name: str, right: str) -> Select[bool]:
    """Select whether the current user has a right (`SELECT`, …) to a table; no row if there is no such table."""
    allowed = func.pg_catalog.has_table_privilege(_CLASS.c.oid, right)
    return (
        select(allowed)
        .join_from(_CLASS, _NAMESPACE, _CLASS.c.relnamespace == _NAMESPACE.c.oid)
        .where(_NAMESPACE.c.nspname == schema, _CLASS.c.relname == name)
    )


def owners_of(schema: str, names: Collection[str]) -> Select[str]:
    """Select the names of the users who own relations in a schema."""
    return (
        select(func.pg_catalog.pg_get_userbyid(_CLASS.c.relowner))
        .distinct()
        .join_from(_CLASS, _NAMESPACE, _CLASS.c.relnamespace == _NAMESPACE.c.oid)
        .where(_NAMESPACE.c.nspname == schema, _CLASS.c.relname.in_(names))
    )


def relations_of(schema: str) -> Select[str]:
    """Select the names of tables, views, sequences and the like in a schema, without those of indexes."""
    return (
        select(_CLASS.c.relname)
        .join_from(_CLASS, _NAMESPACE, _CLASS.c.relnamespace == _NAMESPACE.c.oid)
        .where(_NAMESPACE.c.nspname == schema, _CLASS.c.relkind.not_in(("i", "I")))
    )


def extension_schema(extension: str) -> Select[str]:
    """Select the name of the schema that an extension lives in; no row if it is not installed."""
    lives = _EXTENSION.c.extnamespace == _NAMESPACE.c.oid
    return (
        select(_NAMESPACE.c.nspname).join_from(_EXTENSION, _NAMESPACE, lives).where(_EXTENSION.c.extname == extension)
    )


def columns_of(schema: str) -> Select[str, str]:
    """Select the name of each table in a schema with the name of each of its columns; no right to them is needed."""
    return (
        select(_CLASS.c.relname, _COLUMN.c.attname)
        .join_from(_CLASS, _NAMESPACE, _CLASS.c.relnamespace == _NAMESPACE.c.oid)
        .join(_COLUMN, _COLUMN.c.attrelid == _CLASS.c.oid)
        .where(
            _NAMESPACE.c.nspname == schema,
            _CLASS.c.relkind == "r",
            _COLUMN.c.attnum > 0,
            _COLUMN.c.attisdropped.is_(False),
        )
    )
