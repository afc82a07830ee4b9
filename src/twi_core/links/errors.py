"""Refusals of links."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

DID_YOU_MEAN: Final = "Did you mean {suggestions}?"
NOT_FOUND: Final = define_error(
    "links.not_found",
    Kind.NOT_FOUND,
    message="There's no link called “{title}” here.",
    hint="See the tags, and the links with each: {links.tags}",
    otherwise="List the links of a tag, or search for them.",
    cause="No link of this server has that title; case, width and spaces don't matter.",
    example={"title": "world map", "suggestions": ("world maps", "old world map")},
    other_hints=(DID_YOU_MEAN,),
)
TITLE_TAKEN: Final = define_error(
    "links.title_taken",
    Kind.CONFLICT,
    message="There's already a link called “{title}” here.",
    hint="Choose another title, or see the existing link: {links.get title=title}",
    otherwise="Choose another title, or change the existing link.",
    cause="Titles are unique in a server; case, width and spaces don't matter.",
    example={"title": "world map"},
)
TAG_NOT_FOUND: Final = define_error(
    "links.tag_not_found",
    Kind.NOT_FOUND,
    message="No link here has the tag “{tag}”.",
    hint="See all tags: {links.tags}",
    otherwise="List all tags.",
    cause="No link of this server has that tag.",
    example={"tag": "maps"},
)
NOTHING_FOUND: Final = define_error(
    "links.nothing_found",
    Kind.NOT_FOUND,
    message="No link here matches “{query}”.",
    hint="Try fewer words, or only the beginning of one.",
    cause="No link contains all the words of the search.",
    example={"query": "the blue inn"},
)
NOTHING_TO_CHANGE: Final = define_error(
    "links.nothing_to_change",
    Kind.INVALID,
    message="There's nothing to change.",
    hint="Add {--content}, {--tag}, {--clear_tag} or {--preview}.",
    cause="A link was edited without any change.",
)
TAG_AND_CLEAR_TAG: Final = define_error(
    "links.tag_and_clear_tag",
    Kind.INVALID,
    message="You can't set a tag and clear it at once.",
    hint="Use either {--tag} or {--clear_tag}.",
    cause="A link was edited with both `tag` and `clear_tag`.",
)
INVALID_URL: Final = define_error(
    "input.invalid_url",
    Kind.INVALID,
    message="{--field} isn't a web address that can be saved: {reason}.",
    hint="Use a web address such as https://wanderinginn.com/map, or plain text: {usage}",
    otherwise="Use a web address such as https://wanderinginn.com/map, or plain text.",
    cause="A text that looks like an address isn't http or https, or has a user name, a backslash or no valid host.",
    example={"field": "content", "reason": "its host name isn't valid"},
)
RESERVED_TAG: Final = define_error(
    "links.reserved_tag",
    Kind.INVALID,
    message="{--field} can't be called that: it's the name for links without a tag.",
    hint="Choose another tag, or leave {--tag} out.",
    cause="A tag has the name that stands for links without a tag.",
    example={"field": "tag"},
)
