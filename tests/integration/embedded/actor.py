"""A process that uses the embedded server: it obeys one JSON line after another, and answers each with one."""

import ipaddress  # noqa: F401 - psycopg imports it late, when this process may no longer read its own interpreter
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

from twi_embedded.server import EmbeddedPostgres, EmbeddedServerError, default_data_dir

_uses: dict[str, EmbeddedPostgres] = {}


def _open(data_dir: str, binaries: str | None = None, lasting: str | None = None) -> str:
    use = EmbeddedPostgres(Path(data_dir), binaries=Path(binaries) if binaries else None, durability=bool(lasting))
    _uses["only"] = use
    return use.open().url.replace("+psycopg", "", 1)


def _close() -> None:
    _uses.pop("only").close()


def _query(dsn: str, sql: str) -> object:
    with psycopg.connect(dsn, autocommit=True, connect_timeout=60) as connection:
        cursor = connection.execute(sql.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def _default() -> str:
    return str(default_data_dir())


_DEEDS: dict[str, Callable[..., object]] = {"open": _open, "close": _close, "query": _query, "default": _default}


def main() -> None:
    """Become the user that the command line names, if any, and obey."""
    if len(sys.argv) > 1:
        uid, gid = map(int, sys.argv[1].split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.environ["HOME"] = "/nonexistent"
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer: object = {"value": _DEEDS[order.pop("do")](**order)}
        except EmbeddedServerError as error:
            answer = {"code": error.code, "message": error.message}
        except psycopg.Error as error:
            answer = {"code": type(error).__name__, "message": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
