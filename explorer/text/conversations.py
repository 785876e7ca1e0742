"""A conversation as a tree of turns: whatever is edited or asked again leaves the older branch as it was.

Every change is an entry (see `explorer.protocol.conversations`). The entries, played again in their order,
give the same conversation: so it is kept on disk.
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from explorer.protocol.conversations import (
    Change,
    ChangeRedone,
    ChangeUndone,
    ConversationBegun,
    ConversationEntry,
    ConversationRenamed,
    Said,
    TipChosen,
    TurnDeleted,
    TurnGrown,
    TurnSaid,
)
from explorer.text.templates import ChatMessage
from explorer.text.units import from_units, to_units

UNDO_STEPS = 200
_FIRST_WORDS = 60


@dataclass(frozen=True, slots=True)
class _Step:
    """A change that can be undone, and what it takes to go back."""

    change: Change
    tip: int
    title: str
    moved: tuple[int, ...] = ()
    """The turns that followed a deleted one."""


class Conversation:
    """The tree and its tip, the turn after which the next one is said. Lone surrogates are said as U+FFFD.

    Raises, with the id of a turn that is not there (any more): KeyError.
    """

    def __init__(self, created_s: float, title: str = "") -> None:
        """A new one. `created_s`: Unix seconds."""
        self._news: list[ConversationEntry] = []
        self._begin(ConversationBegun(created_s=created_s, title=_clean(title)))
        self._news.append(self.whole())

    @classmethod
    def replayed(cls, entries: Iterable[ConversationEntry]) -> "Conversation":
        """As it was left. Raises: ValueError, if the entries do not follow from one another."""
        conversation = cls(0.0)
        first = True
        for entry in entries:
            if first and not isinstance(entry, ConversationBegun):
                raise ValueError("the beginning is missing")
            conversation.apply(entry)
            first = False
        if first:
            raise ValueError("no entries")
        conversation._news.clear()
        return conversation

    # ------------------------------------------------------------ looking

    @property
    def tip(self) -> int:
        """The id of the turn after which the next is said; 0 at the beginning."""
        return self._tip

    def path(self) -> list[Said]:
        """From the beginning to the tip."""
        return self.path_to(self._tip)

    def path_to(self, turn: int) -> list[Said]:
        """From the beginning to `turn`, which may be on any branch; 0: empty."""
        path: list[Said] = []
        while turn:
            path.append(self.turn(turn))
            turn = path[-1].parent
        return path[::-1]

    def turn(self, turn: int) -> Said:
        """One of those that are there."""
        if turn in self._gone:
            raise KeyError(turn)
        return self._turns[turn]

    def turns(self) -> list[Said]:
        """All that are there, on every branch, the oldest first."""
        return [turn for turn in self._turns.values() if turn.id not in self._gone]

    def siblings(self, turn: int) -> list[Said]:
        """The branches: what follows the same turn, itself among them, the oldest first."""
        return [self._turns[each] for each in self._children[self.turn(turn).parent]]

    def first_words(self) -> str:
        """Of what was asked first, for a list: one short line, empty if nothing was."""
        asked = next((each for each in self.turns() if each.role == "user"), None)
        words = " ".join(((asked.content or asked.document)[: 10 * _FIRST_WORDS]).split()) if asked else ""
        return words if len(words) <= _FIRST_WORDS else f"{words[: _FIRST_WORDS - 1].rstrip()}…"

    def whole(self) -> ConversationBegun:
        """All of it as one entry. What was deleted or undone is not in it."""
        return ConversationBegun(
            created_s=self.created_s,
            title=self.title,
            turns=self.turns(),
            tip=self._tip,
            next_id=self._next_id,
        )

    def take_entries(self) -> list[ConversationEntry]:
        """What happened since it was last taken, to be kept."""
        news, self._news = self._news, []
        return news

    # ------------------------------------------------------------ changes

    def say(
        self,
        role: str,
        content: str,
        *,
        after: int | None = None,
        document: str = "",
        document_name: str = "",
        ids: tuple[int, ...] = (),
        model: str = "",
        finished: bool = True,
    ) -> Said:
        """A new turn after the tip, or after the turn `after` (0: a new beginning). It becomes the tip.

        An answer given once more is one that is said `after` the parent of the former.
        """
        turn = Said(
            id=self._next_id,
            parent=self._tip if after is None else after,
            role=_clean(role),
            content=_clean(content),
            document=_clean(document),
            document_name=_clean(document_name),
            ids=ids,
            model=_clean(model),
            finished=finished,
        )
        self._record(TurnSaid(turn=turn))
        return turn

    def edit(
        self, turn: int, content: str, *, document: str | None = None, document_name: str | None = None
    ) -> Said:
        """A branch that begins with the new wording. The turns after the old one stay on the old branch.

        `document`: another one than the old turn's; empty for none.
        """
        old = self.turn(turn)
        return self.say(
            old.role,
            content,
            after=old.parent,
            document=old.document if document is None else document,
            document_name=old.document_name if document_name is None else document_name,
        )

    def grow(self, turn: int, content: str, ids: tuple[int, ...], finished: bool) -> None:
        """The answer as it is now. Only what is new in it is kept, so this may be said every second."""
        old = self._turns[turn]
        content = _clean(content)
        kept, kept_ids = _common(old.content, content), _common(old.ids, ids)
        self._record(
            TurnGrown(
                id=turn,
                kept_characters=kept,
                content=content[kept:],
                kept_ids=kept_ids,
                ids=ids[kept_ids:],
                finished=finished,
            )
        )

    def delete(self, turn: int) -> None:
        """Let this turn go; what followed it follows its parent."""
        self.turn(turn)
        self._record(TurnDeleted(id=turn))

    def choose(self, turn: int) -> None:
        """Go to the branch of `turn`, and there to the newest turn that nothing follows."""
        self.turn(turn)
        newest, below = 0, [turn]
        while below:
            at = below.pop()
            following = self._children.get(at)
            if following:
                below += following
            else:
                newest = max(newest, at)
        if newest != self._tip:
            self._record(TipChosen(tip=newest))

    def rename(self, title: str) -> None:
        """Call it something else; empty: its first words."""
        self._record(ConversationRenamed(title=_clean(" ".join(title.split()))))

    def undo(self) -> Change | None:
        """Take the last change back and return what it was; None if there is none."""
        if not self._done:
            return None
        change = self._done[-1].change
        self._record(ChangeUndone())
        return change

    def redo(self) -> Change | None:
        """Make the change again that was undone last; None if there is none."""
        if not self._undone:
            return None
        change = self._undone[-1]
        self._record(ChangeRedone())
        return change

    def apply(self, entry: ConversationEntry) -> None:
        """A change that was made before, as the journal has it. Raises: ValueError, if it cannot follow."""
        match entry:
            case ConversationBegun():
                self._begin(entry)
            case TurnGrown():
                self._grow(entry)
            case ChangeUndone():
                if not self._done:
                    raise ValueError("nothing to undo")
                step = self._done.pop()
                self._take_back(step)
                self._undone.append(step.change)
            case ChangeRedone():
                if not self._undone:
                    raise ValueError("nothing to redo")
                self._done.append(self._make(self._undone.pop()))
            case _:
                self._done.append(self._make(entry))
                self._undone.clear()

    # ------------------------------------------------------------ how

    def _record(self, entry: ConversationEntry) -> None:
        self.apply(entry)
        self._news.append(entry)

    def _begin(self, entry: ConversationBegun) -> None:
        self.created_s, self.title = entry.created_s, entry.title
        self._turns: dict[int, Said] = {}
        self._children: dict[int, list[int]] = {}
        self._gone: set[int] = set()
        self._done: deque[_Step] = deque(maxlen=UNDO_STEPS)
        self._undone: list[Change] = []
        self._next_id = 1
        for turn in entry.turns:
            self._add(turn)
        self._next_id = max(self._next_id, entry.next_id)
        self._require(entry.tip)
        self._tip = entry.tip

    def _make(self, change: Change) -> _Step:
        """Change the tree."""
        tip, title = self._tip, self.title
        moved: tuple[int, ...] = ()
        match change:
            case TurnSaid(turn=turn):
                self._add(turn)
                self._tip = turn.id
            case TurnDeleted(id=doomed):
                if not doomed:
                    raise ValueError("no turn 0")
                self._require(doomed)
                moved = tuple(self._children.get(doomed, ()))
                self._leave(doomed)
                for each in moved:
                    self._move(each, self._turns[doomed].parent)
                if tip == doomed:
                    self._tip = self._turns[doomed].parent
            case TipChosen(tip=chosen):
                self._require(chosen)
                self._tip = chosen
            case ConversationRenamed(title=new):
                self.title = new
        return _Step(change, tip, title, moved)

    def _take_back(self, step: _Step) -> None:
        match step.change:
            case TurnSaid(turn=turn):
                self._leave(turn.id)
            case TurnDeleted(id=doomed):
                self._come_back(doomed)
                for each in step.moved:
                    self._move(each, doomed)
            case _:
                pass
        self._tip, self.title = step.tip, step.title

    def _grow(self, entry: TurnGrown) -> None:
        old = self._turns.get(entry.id)
        if old is None or entry.kept_characters > len(old.content) or entry.kept_ids > len(old.ids):
            raise ValueError(f"turn {entry.id} cannot grow so")
        self._turns[entry.id] = replace(
            old,
            content=old.content[: entry.kept_characters] + entry.content,
            ids=old.ids[: entry.kept_ids] + entry.ids,
            finished=entry.finished,
        )

    def _add(self, turn: Said) -> None:
        """A new one; or one that was undone, as it had grown till then."""
        self._require(turn.parent)
        if turn.id in self._gone:
            self._come_back(turn.id)
        elif turn.id < self._next_id:
            raise ValueError(f"turn {turn.id} comes twice")
        else:
            self._turns[turn.id] = turn
            self._next_id = turn.id + 1
            insort(self._children.setdefault(turn.parent, []), turn.id)

    def _require(self, turn: int) -> None:
        if turn and (turn in self._gone or turn not in self._turns):
            raise ValueError(f"there is no turn {turn}")

    def _leave(self, turn: int) -> None:
        self._children[self._turns[turn].parent].remove(turn)
        self._gone.add(turn)

    def _come_back(self, turn: int) -> None:
        insort(self._children.setdefault(self._turns[turn].parent, []), turn)
        self._gone.remove(turn)

    def _move(self, turn: int, parent: int) -> None:
        self._children[self._turns[turn].parent].remove(turn)
        self._turns[turn] = replace(self._turns[turn], parent=parent)
        insort(self._children.setdefault(parent, []), turn)


def message_of(turn: Said) -> ChatMessage:
    """The turn as a template gets it: the document in front of what was said."""
    parts = [part for part in (turn.document, turn.content) if part]
    return ChatMessage(turn.role, "\n\n".join(parts))


def _clean(text: str) -> str:
    return from_units(to_units(text))


def _common(old: Sequence[object], new: Sequence[object]) -> int:
    """How many characters, or ids, they begin with in common."""
    if new[: len(old)] == old:
        return len(old)
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))
