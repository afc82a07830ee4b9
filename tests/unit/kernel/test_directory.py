"""Who may act on whom: one rule, as a table."""

import pytest

from tests.app import GUILD
from twi_core.kernel.directory import Above, MemberFacts, NoDirectory, RoleFacts, obstacle
from twi_core.kernel.faults import Unavailable
from twi_core.kernel.ids import ChannelId, RoleId, UserId
from twi_core.kernel.permissions import NativePermissions


def member(number: int, position: int, *, owner: bool = False, this_bot: bool = False) -> MemberFacts:
    return MemberFacts(
        id=UserId(number),
        roles=frozenset(),
        native=NativePermissions.NONE,
        position=position,
        owner=owner,
        this_bot=this_bot,
    )


MIDDLE = member(1, 5)
OWNER = member(2, 0, owner=True)
BOT = member(3, 4, this_bot=True)
NOBODY = member(4, 0)


@pytest.mark.parametrize(
    ("actor", "target", "expected"),
    [
        (MIDDLE, member(9, 4), None),
        (MIDDLE, member(9, 5), Above.EQUAL),
        (MIDDLE, member(9, 6), Above.HIGHER),
        (MIDDLE, MIDDLE, None),
        (MIDDLE, OWNER, Above.OWNER),
        (MIDDLE, BOT, Above.BOT),
        (MIDDLE, member(9, 9, this_bot=True), Above.BOT),
        (MIDDLE, RoleFacts(RoleId(7), 4), None),
        (MIDDLE, RoleFacts(RoleId(7), 5), Above.EQUAL),
        (MIDDLE, RoleFacts(RoleId(7), 6), Above.HIGHER),
        (OWNER, member(9, 9), None),
        (OWNER, RoleFacts(RoleId(7), 9), None),
        (OWNER, OWNER, None),
        (OWNER, BOT, Above.BOT),
        (NOBODY, NOBODY, None),
        (NOBODY, member(9, 0), Above.EQUAL),
        (NOBODY, RoleFacts(RoleId(GUILD), 0), Above.EQUAL),
        (NOBODY, member(9, 1), Above.HIGHER),
        (NOBODY, OWNER, Above.OWNER),
        (BOT, BOT, Above.BOT),
        (BOT, member(9, 3), None),
        (BOT, member(9, 4), Above.EQUAL),
    ],
)
def test_the_matrix_of_hierarchy(actor: MemberFacts, target: MemberFacts | RoleFacts, expected: Above | None) -> None:
    """Above, equal, below, oneself, the owner and the bot: each pair is answered as the table says."""
    assert obstacle(actor, target) is expected


@pytest.mark.asyncio
async def test_without_discord_nothing_is_known() -> None:
    """A process that is not connected says so, rather than that there is no such role."""
    nowhere = NoDirectory()
    for asked in (
        nowhere.role(GUILD, RoleId(1)),
        nowhere.member(GUILD, UserId(1)),
        nowhere.places(GUILD, ChannelId(1)),
    ):
        with pytest.raises(Unavailable):
            await asked
