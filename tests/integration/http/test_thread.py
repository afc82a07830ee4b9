"""The thin thread through the HTTP door."""

import pytest

from tests.integration.http.door import GUILD, MEMBER, HttpDoor


@pytest.mark.asyncio
async def test_add_then_get(door: HttpDoor) -> None:
    """What one request adds, the next one gets, with ids as texts."""
    token = await door.token("moderator")
    added = await door.call("links.add", {"title": "Map", "content": "https://wanderinginn.com/map"}, token=token)
    assert added.status_code == 200, added.text
    got = await door.call("links.get", {"title": "map"}, token=token)
    assert got.json() == added.json()
    assert (got.json()["guild"], got.json()["added_by"]) == (str(GUILD), str(MEMBER))
