"""A random life of one guild's links, compared with the simplest model of it."""

import asyncio
from dataclasses import dataclass, replace
from typing import final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.app import Who, build
from tests.strategies import contents, tags, titles
from tests.unit.faults import state
from twi_core.kernel.text import name_key
from twi_core.links.domain import UNTAGGED
from twi_core.links.use_cases.tags import ListTags

callers = st.sampled_from([Who.ADMINISTRATOR, Who.AUTHOR, Who.MEMBER])
few = st.sampled_from(["map", "MAP", "map 2", "Ｍap", "recipes"])  # noqa: RUF001  # a look-alike
some_titles = st.one_of(few, few, few, few, few, titles)  # mostly the same few, so that they meet
some_tags = st.sampled_from(["Maps", "maps", "Art"]) | tags


@final
@dataclass(frozen=True, slots=True)
class Known:
    title: str
    content: str
    tag: str | None
    owner: int


class Life(RuleBasedStateMachine):
    """The same steps on the application and on a dict, comparing what they answer and hold."""

    @initialize()
    def start(self) -> None:
        self.bench = build()
        self.known: dict[str, Known] = {}
        for title in ("map", "map 2", "recipes"):
            self.add(Who.AUTHOR, title, "text", "Maps")

    def code(self, name: str, who: Who, **raw: object) -> str | None:
        self.bench.clock.advance(61)
        return asyncio.run(self.bench.code(f"links.{name}", who, **raw))

    def managed(self, who: Who, title: str) -> Known | str:
        known = self.known.get(name_key(title))
        if known is None:
            return "links.not_found"
        return known if who is Who.ADMINISTRATOR or known.owner == who.value else "permissions.denied"

    @rule(who=callers, title=some_titles, content=contents, tag=st.none() | some_tags)
    def add(self, who: Who, title: str, content: str, tag: str | None) -> None:
        code = self.code("add", who, title=title, content=content, tag=tag)
        key = name_key(title)
        if who is Who.MEMBER:
            assert code == "permissions.denied"
        elif key in self.known:
            assert code == "links.title_taken"
        else:
            assert code is None
            self.known[key] = Known(title.strip(), content.strip(), tag and tag.strip(), who.value)

    @rule(who=callers, title=few)
    def add_again(self, who: Who, title: str) -> None:
        """Add one of the few, so that there is something to change."""
        self.add(who, title, "text", None)

    @rule(who=callers, title=some_titles, content=contents)
    def edit(self, who: Who, title: str, content: str) -> None:
        code, known = self.code("edit", who, title=title, content=content), self.managed(who, title)
        if isinstance(known, str):
            assert code == known
        else:
            assert code is None
            self.known[name_key(title)] = replace(known, content=content.strip())

    @rule(who=callers, title=some_titles, new_title=some_titles)
    def rename(self, who: Who, title: str, new_title: str) -> None:
        code, known = self.code("rename", who, title=title, new_title=new_title), self.managed(who, title)
        if isinstance(known, str):
            assert code == known
        elif name_key(new_title) in self.known and name_key(new_title) != name_key(title):
            assert code == "links.title_taken"
        else:
            assert code is None
            del self.known[name_key(title)]
            self.known[name_key(new_title)] = replace(known, title=new_title.strip())

    @rule(who=callers, title=some_titles, to=callers)
    def transfer(self, who: Who, title: str, to: Who) -> None:
        code, known = self.code("transfer", who, title=title, to=to.value), self.managed(who, title)
        if isinstance(known, str):
            assert code == known
        else:
            assert code is None
            self.known[name_key(title)] = replace(known, owner=to.value)

    @rule(who=callers, title=some_titles)
    def delete(self, who: Who, title: str) -> None:
        code, known = self.code("delete", who, title=title), self.managed(who, title)
        assert code == (known if isinstance(known, str) else None)
        if code is None:
            del self.known[name_key(title)]

    @rule(who=callers, title=some_titles)
    def get(self, who: Who, title: str) -> None:
        assert self.code("get", who, title=title) == (None if name_key(title) in self.known else "links.not_found")

    @invariant()
    def same(self) -> None:
        links = state(self.bench.store).get("links", [])
        held = {link["title"]: (link["content"], link["tag"], link["preview"], link["added_by"]) for link in links}
        assert held == {k.title: (k.content, k.tag, True, k.owner) for k in self.known.values()}

    @invariant()
    def counted(self) -> None:
        self.bench.clock.advance(61)
        operation = self.bench.app.links.tags
        page = asyncio.run(operation(ListTags(), self.bench.by(Who.MEMBER))).unwrap()
        counts = {name_key(counted.tag or UNTAGGED): counted.links for counted in page.items}
        if page.next is None:
            wanted = [name_key(known.tag or UNTAGGED) for known in self.known.values()]
            assert counts == {key: wanted.count(key) for key in wanted}


Life.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
