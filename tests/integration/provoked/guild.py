"""What depends on a server, its members, roles and channels."""

from collections.abc import Mapping
from typing import Final

from tests.contexts import SOMEBODY, STAFF, STAFF_ROLE, Call

MAY_CHANGE_RULES: Final = Call("permissions.grant", "operator", {"permission": "permissions.manage", "user": STAFF})
NOT_THERE: Final = "175928847299117063"

CALLS: Final[Mapping[str, Call]] = {
    "guild.required": Call("links.get", "member", {"title": "world map"}, guild=False),
    "guild.no_directory": Call("permissions.grant", "administrator", {"permission": "links.add", "user": SOMEBODY}),
    "guild.outranked": Call(
        "permissions.grant", "moderator", {"permission": "links.add", "role": STAFF_ROLE}, before=(MAY_CHANGE_RULES,)
    ),
    "guild.unknown_role": Call("permissions.grant", "administrator", {"permission": "links.add", "role": NOT_THERE}),
    "guild.unknown_channel": Call(
        "permissions.grant", "administrator", {"permission": "links.add", "channel": NOT_THERE}
    ),
    "guild.unknown_member": Call("permissions.overview", "administrator", {"user": NOT_THERE}),
}
