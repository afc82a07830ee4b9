"""Operations that there aren't."""

from tests.integration.http.server import opened
from tests.integration.provoked.calls import posted
from tests.integration.provoked.recording import Answer, provokes
from tests.integration.provoked.shell import Shell


@provokes("operations.unknown")
async def unknown(shell: Shell) -> list[Answer]:
    """Misspell one."""
    async with opened() as server:
        answer = await posted(
            server, await server.token(), "/api/v1/guilds/175928847299117063/operations/links.gte", '{"title": "map"}'
        )
    return [shell.refused("""TWI_STORAGE=memory twi call links.gte '{"title": "map"}' --guild 42"""), answer]
