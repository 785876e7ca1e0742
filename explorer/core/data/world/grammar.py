"""A small engine for texts: rules with alternatives, and slots that are filled while the text is told.

An entry of a rule (a line of a file in resources/corpora) is text with

    [red|green|]      one of the alternatives, the empty one too; `3*red` is three times as likely
    <rule>            an entry of another rule
    {toy=<toys>}      remember something under a name, say nothing; {toy} says it, {toy.s} its plural
    {A} {A.obj} {A.poss}    a person as a reader would: by name, or by pronoun where that is clear
    {A.he} {A.his} {A.name} {A.full} ...    exactly that form; {A!carry} a verb in the present that agrees
    //                a new paragraph; /  a new line
    (season=winter)   at the entry's start: only if that was remembered; (season!=winter): only if not
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.english import plural, third_person
from explorer.core.data.world.people import Character, Discourse

Value = str | int | Character


@dataclass(frozen=True)
class _Choice:
    nodes: tuple["Node", ...]
    cumulative: tuple[float, ...]


@dataclass(frozen=True)
class _Call:
    rule: str


@dataclass(frozen=True)
class _Slot:
    name: str
    form: str
    verb: str


@dataclass(frozen=True)
class _Bind:
    name: str
    node: "Node"


Node = str | _Choice | _Call | _Slot | _Bind | tuple["Node", ...]

_GUARD = re.compile(r"\((\w+)(=|!=)([^)]*)\) *")
_WEIGHT = re.compile(r"(\d+)\*")
_SLOT = re.compile(r"(\w+)(?:\.(\w+)|!([\w ]+))?$")
_SPECIAL = re.compile(r"[\[\]|<{}]")


@dataclass(frozen=True)
class _Entry:
    guards: tuple[tuple[str, bool, str], ...]
    weight: int
    node: Node


class Grammar:
    """Rules by name, from files or dictionaries; a rule that is in two of them grows."""

    def __init__(self, *sources: Mapping[str, Sequence[str]]) -> None:
        self._lines: dict[str, list[str]] = {}
        for source in sources:
            for name, lines in source.items():
                self._lines.setdefault(name, []).extend(lines)
        self._parsed: dict[str, tuple[_Entry, ...]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """All rules, in the order of the files."""
        return tuple(self._lines)

    def starting_with(self, prefix: str) -> tuple[str, ...]:
        """The rules whose names begin so."""
        return tuple(name for name in self._lines if name.startswith(prefix))

    def entries(self, rule: str) -> tuple[_Entry, ...]:
        """A rule's parsed entries. Raises: KeyError (no such rule), ValueError (not well written)."""
        if rule not in self._parsed:
            self._parsed[rule] = tuple(_entry(line) for line in self._lines[rule])
        return self._parsed[rule]


def _entry(line: str) -> _Entry:
    guards: list[tuple[str, bool, str]] = []
    while match := _GUARD.match(line):
        guards.append((match[1], match[2] == "=", match[3]))
        line = line[match.end() :]
    weight = 1
    if match := _WEIGHT.match(line):
        weight, line = int(match[1]), line[match.end() :]
    node, end = _sequence(line, 0, "")
    if end != len(line):
        raise ValueError(f"what closes here was never opened: {line[end:]!r} in {line!r}")
    return _Entry(tuple(guards), weight, node)


def _sequence(text: str, place: int, closers: str) -> tuple[Node, int]:
    parts: list[Node] = []
    while place < len(text):
        match = _SPECIAL.search(text, place)
        start = match.start() if match else len(text)
        if start > place:
            parts.append(text[place:start])
        if match is None:
            place = start
            break
        sign = match[0]
        if sign in closers:
            place = start
            break
        if sign == "[":
            node, place = _choice(text, start + 1)
        elif sign == "<":
            end = text.index(">", start)
            node, place = _Call(text[start + 1 : end]), end + 1
        elif sign == "{":
            node, place = _braces(text, start + 1)
        else:
            return tuple(parts), start
        parts.append(node)
    return (parts[0] if len(parts) == 1 else tuple(parts)), place


def _choice(text: str, place: int) -> tuple[Node, int]:
    nodes: list[Node] = []
    weights: list[int] = []
    while True:
        weight = _WEIGHT.match(text, place)
        if weight:
            place = weight.end()
        node, place = _sequence(text, place, "|]")
        nodes.append(node)
        weights.append(int(weight[1]) if weight else 1)
        if place >= len(text):
            raise ValueError(f"a bracket stays open: {text!r}")
        place += 1
        if text[place - 1] == "]":
            return _Choice(tuple(nodes), tuple(accumulate(float(weight) for weight in weights))), place


def _braces(text: str, place: int) -> tuple[Node, int]:
    name = re.compile(r"(\w+)=").match(text, place)
    if name:
        node, end = _sequence(text, name.end(), "}")
        return _Bind(name[1], node), end + 1
    end = text.index("}", place)
    slot = _SLOT.match(text[place:end])
    if slot is None:
        raise ValueError(f"no slot: {text[place:end]!r} in {text!r}")
    return _Slot(slot[1], slot[2] or "", slot[3] or ""), end + 1


@dataclass
class Telling:
    """One text under way: what was remembered, and who was spoken of last."""

    grammar: Grammar
    dice: Dice
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    discourse: Discourse = field(default_factory=Discourse)
    forms: Mapping[str, Callable[[str], str]] = field(default_factory=dict[str, Callable[[str], str]])
    _used: dict[str, set[int]] = field(default_factory=dict[str, set[int]])

    def tell(self, rule: str) -> str:
        """One entry of `rule`, filled. An entry is not told twice in one text while there are others.

        Raises: KeyError (a rule or a slot that nothing fills).
        """
        entries = self.grammar.entries(rule)
        used = self._used.setdefault(rule, set())
        fitting = [place for place, entry in enumerate(entries) if self._fits(entry)]
        if not fitting:
            raise KeyError(f"no entry of {rule} fits {self.values}")
        fresh = [place for place in fitting if place not in used]
        if not fresh:
            used.clear()
            fresh = fitting
        weights = tuple(accumulate(float(entries[place].weight) for place in fresh))
        place = self.dice.weighted(fresh, weights)
        used.add(place)
        return self._say(entries[place].node)

    def fill(self, line: str) -> str:
        """A line that is written like an entry."""
        return self._say(_entry(line).node)

    def _fits(self, entry: _Entry) -> bool:
        return all((str(self.values.get(name, "")) == value) == equal for name, equal, value in entry.guards)

    def _say(self, node: Node) -> str:
        match node:
            case str():
                self.discourse.heard(node)
                return node.replace(" // ", "\n\n").replace(" / ", "\n")
            case tuple():
                return "".join([self._say(part) for part in node])
            case _Choice():
                return self._say(self.dice.weighted(node.nodes, node.cumulative))
            case _Call():
                return self.tell(node.rule)
            case _Bind():
                self.values[node.name] = self._say(node.node)
                return ""
            case _Slot():
                return self._slot(node)

    def _slot(self, slot: _Slot) -> str:
        value = self.values[slot.name]
        if isinstance(value, Character):
            if slot.verb:
                return slot.verb if value.first_person else third_person(slot.verb)
            return self.discourse.refer(value, slot.form, self.dice)
        text = str(value)
        if slot.form == "s":
            return plural(text)
        if slot.form == "Cap":
            return text[:1].upper() + text[1:]
        if slot.form:
            return self.forms[slot.form](text)
        return text
