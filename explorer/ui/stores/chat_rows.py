"""A conversation in rows, kept as it is typed, and the stream that a template and an encoding make of it."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QTimer

from explorer.protocol import (
    Cancel,
    ChatTurn,
    ChatViewed,
    DocumentText,
    EditDocument,
    Event,
    Failed,
    OpenDocument,
    TokensPatched,
    ViewChat,
)
from explorer.text.units import from_units, to_units
from explorer.ui.stores.base import Store
from explorer.ui.stores.text_mirror import count_pairs, difference
from explorer.ui.stores.token_details import TokenDetailsStore
from explorer.ui.stores.token_spans import TokenSpans

if TYPE_CHECKING:
    from explorer.ui.stores.tokenizer import TokenizerStore

CHAT_NAME = "tokenizer-chat"
"""The draft's name. Its text is JSON; an edit of a row is an edit of that text, so what is typed is kept."""
ROLES = ("system", "user", "assistant")
_DRAFT_ENCODING = "gpt2"
_SHORT_UNITS = 10_000
_AFTER_MS = {True: 40, False: 400}
_MOST_STEPS = 200
"""Of undoing."""


class Row(msgspec.Struct, frozen=True):
    """What one side says."""

    role: str
    text: str


class Chat(msgspec.Struct, frozen=True):
    """Everything that is kept. `template`: a name as in `ViewChat`, or empty for what fits."""

    rows: tuple[Row, ...] = ()
    template: str = ""
    jinja: str = ""
    specials: bool = True
    opens_answer: bool = True


EXAMPLE = (
    Row("system", "You are a helpful assistant."),
    Row("user", "Write a haiku about tokens."),
    Row("assistant", "Words fall into bits,\nnumbers drift where letters were,\nmeaning finds its way."),
    Row("user", "And one about <|im_end|>, please."),
)


@dataclass(frozen=True)
class RowPlace:
    """Where a row stands in the stream: units `start : stop`, from its own unit `skipped` on."""

    start: int
    stop: int
    skipped: int


class ChatRows(Store):
    """A part of the `TokenizerStore`, whose encoding it uses. Nothing is opened before somebody watches."""

    def __init__(self, tokenizer: "TokenizerStore") -> None:
        super().__init__()
        self._tokenizer = tokenizer
        self.chat = Chat(EXAMPLE)
        self.viewed: ChatViewed | None = None
        """The newest answer; None before the first one."""
        self.problem: Failed | None = None
        """Why there is none to the newest question."""
        self._stream = ""
        self.spans = TokenSpans(lambda: self._stream)
        """The stream's tokens."""
        self.details = TokenDetailsStore(self.spans, "chat-token-details")
        """The token of the stream whose card is open."""
        self._undone: list[Chat] = []
        self._done: list[Chat] = []
        self._typing: tuple[int, bool] | None = None
        self._watched = self._loaded = self._open = False
        self._gathered: list[str] = []
        self._kept = ""
        self._version = 0
        self._number = 0
        self._busy = False
        self._asked: str | None = None
        self._asked_roles: list[str] = []
        self._roles: list[str] = []
        self._special: frozenset[int] = frozenset()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)
        tokenizer.changed.connect(self._encoding_changed)

    # ------------------------------------------------------------ what is there

    @property
    def loaded(self) -> bool:
        """Whether the draft is there; before, nothing can be typed."""
        return self._loaded

    @property
    def settled(self) -> bool:
        """Whether the newest question is answered."""
        return not self._watched or (self._loaded and not self._busy and not self._timer.isActive())

    @property
    def can_undo(self) -> bool:
        """Whether something was changed."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self._undone)

    @property
    def characters(self) -> int:
        """Code points of the stream."""
        return len(self._stream) - count_pairs(self._stream)

    def author(self, index: int) -> int:
        """The row that the token came from; -1 for the template."""
        return self.viewed.turns[index] if self.viewed and index < len(self.viewed.turns) else -1

    def is_special(self, index: int) -> bool:
        """Whether it is a special token."""
        return self.viewed is not None and index in self._special

    def role(self, row: int) -> str:
        """Of the row as it was when it was rendered; empty for the template."""
        return self._roles[row] if 0 <= row < len(self._roles) else ""

    def place(self, row: int) -> RowPlace | None:
        """Where the row stands in the stream."""
        places = self.viewed.places if self.viewed else []
        found = places[row] if 0 <= row < len(places) else None
        return None if found is None else RowPlace(found.start, found.stop, found.skipped)

    def token_of(self, row: int, unit: int) -> int:
        """The token that holds a row's unit; -1 if the stream has none."""
        place = self.place(row)
        at = -1 if place is None else place.start + unit - place.skipped
        return self.spans.holding(at) if place is not None and place.start <= at < place.stop else -1

    def units_in_row(self, index: int) -> tuple[int, int, int]:
        """The row that the token is (partly) of, and its units there; row -1 if it is the template's."""
        row = self.author(index)
        place = self.place(row)
        if place is None:
            return -1, 0, 0
        start, stop = self.spans.span(index)
        inside = max(start, place.start), min(stop, place.stop)
        return row, inside[0] - place.start + place.skipped, inside[1] - place.start + place.skipped

    def counts(self) -> list[tuple[str, int]]:
        """Tokens of each role, in the order of first words; the template's own come last, as ""."""
        found = Counter(self.role(turn) for turn in (self.viewed.turns if self.viewed else []))
        ordered = [(role, found[role]) for role in dict.fromkeys(self._roles) if found[role]]
        return [*ordered, ("", found[""])] if found[""] else ordered

    # ------------------------------------------------------------ intents

    def watch(self, watched: bool) -> None:
        """Keep the stream up to date from now on, or no more."""
        self._watched = watched
        if watched and not self._open and self._tokenizer.phase != "lost":
            self._open_draft()
        elif watched and self._loaded:
            self._ask()

    def set_text(self, row: int, text: str) -> None:
        """The person wrote in a row."""
        rows, text = self.chat.rows, from_units(to_units(text))
        if text != rows[row].text:
            typing = (row, text[-1:].isspace())
            joined = self._typing is not None and self._typing[0] == row and not self._typing[1]
            self._change(self._with_row(row, Row(rows[row].role, text)), joined=joined)
            self._typing = typing

    def set_role(self, row: int, role: str) -> None:
        """Somebody else said it."""
        if role != self.chat.rows[row].role:
            self._change(self._with_row(row, Row(role, self.chat.rows[row].text)))

    def add_row(self) -> None:
        """One more, of whoever's turn it is."""
        rows = self.chat.rows
        role = "assistant" if rows and rows[-1].role == "user" else "user"
        self._change(msgspec.structs.replace(self.chat, rows=(*rows, Row(role, ""))))

    def remove_row(self, row: int) -> None:
        """Take it out."""
        rows = self.chat.rows
        self._change(msgspec.structs.replace(self.chat, rows=rows[:row] + rows[row + 1 :]))

    def move_row(self, row: int, by: int) -> None:
        """Up (-1) or down (+1)."""
        rows, to = list(self.chat.rows), row + by
        if 0 <= to < len(rows):
            rows[row], rows[to] = rows[to], rows[row]
            self._change(msgspec.structs.replace(self.chat, rows=tuple(rows)))

    def choose_template(self, name: str) -> None:
        """Another template, by name; empty for what fits the encoding."""
        self._change(msgspec.structs.replace(self.chat, template=name))

    def set_jinja(self, text: str) -> None:
        """The template of the person's own."""
        joined = self._typing == (-1, False)
        self._change(msgspec.structs.replace(self.chat, jinja=from_units(to_units(text))), joined=joined)
        self._typing = (-1, False)

    def set_specials(self, on: bool) -> None:
        """Whether special tokens are special."""
        self._change(msgspec.structs.replace(self.chat, specials=on))

    def set_opens_answer(self, on: bool) -> None:
        """Whether the template opens the assistant's turn at the end."""
        self._change(msgspec.structs.replace(self.chat, opens_answer=on))

    def start_with(self, rows: tuple[Row, ...]) -> None:
        """These rows in place of all others."""
        self._change(Chat(rows))

    def undo(self) -> None:
        """What was changed last."""
        if self._done:
            self._undone.append(self.chat)
            self._take(self._done.pop())

    def redo(self) -> None:
        """What was undone last."""
        if self._undone:
            self._done.append(self.chat)
            self._take(self._undone.pop())

    # ------------------------------------------------------------ changes

    def _with_row(self, place: int, row: Row) -> Chat:
        rows = self.chat.rows
        return msgspec.structs.replace(self.chat, rows=(*rows[:place], row, *rows[place + 1 :]))

    def _change(self, chat: Chat, joined: bool = False) -> None:
        """`joined`: of one step of undoing with the change before."""
        if chat == self.chat:
            return
        if not (joined and self._done):
            self._done = [*self._done, self.chat][-_MOST_STEPS:]
        self._undone.clear()
        self._take(chat)

    def _take(self, chat: Chat) -> None:
        self.chat = chat
        self._typing = None
        self._keep()
        self._ask_soon()
        self.changed.emit()

    def _keep(self) -> None:
        """Tell the draft's text what changed in it."""
        if not (self._open and self._loaded):
            return
        text = to_units(msgspec.json.encode(self.chat).decode())
        edit = difference(self._kept, text)
        if edit is None:
            return
        self._kept = text
        self._version += 1
        self.command.emit(
            EditDocument(
                job=CHAT_NAME,
                name=CHAT_NAME,
                version=self._version,
                start=edit.start,
                removed=edit.removed,
                inserted=edit.text,
            )
        )

    # ------------------------------------------------------------ the engine

    def engine_ready(self) -> None:
        """Open the draft again; what the window holds wins over it."""
        self._open = self._busy = False
        if self._watched or self._loaded:
            self._open_draft()

    def engine_lost(self, words: str) -> None:
        """Go on writing; it is kept when the engine is back."""
        self._open = self._busy = False
        self._timer.stop()

    def apply(self, event: Event) -> None:
        """Draft and answers."""
        if isinstance(event, DocumentText) and event.name == CHAT_NAME:
            self._gathered.append(event.text)
            if event.last:
                self._opened(to_units("".join(self._gathered)))
        elif isinstance(event, ChatViewed) and event.job == self._job:
            self._show(event)
        elif isinstance(event, Failed) and event.job == self._job:
            self._busy = False
            self.problem = event
            self.changed.emit()

    @property
    def _job(self) -> str:
        return f"{CHAT_NAME}-{self._number}"

    def _open_draft(self) -> None:
        if self._tokenizer.phase in ("starting", "lost"):
            return
        self._open = True
        self._gathered = []
        self._version = 0
        self.command.emit(OpenDocument(job=CHAT_NAME, name=CHAT_NAME, encoding=_DRAFT_ENCODING))

    def _opened(self, text: str) -> None:
        self._kept = text
        if not self._loaded:
            self._loaded = True
            try:
                self.chat = msgspec.json.decode(from_units(text), type=Chat) if text else Chat(EXAMPLE)
            except msgspec.DecodeError:
                self.chat = Chat(EXAMPLE)
        self._keep()
        self._ask()
        self.changed.emit()

    def _encoding_changed(self) -> None:
        if self._watched and self._loaded and self._asked not in (None, self._tokenizer.encoding):
            self._ask()

    def _ask_soon(self) -> None:
        if self._watched and self._loaded:
            length = sum(len(row.text) for row in self.chat.rows)
            self._timer.start(_AFTER_MS[length <= _SHORT_UNITS])

    def _ask(self) -> None:
        self._timer.stop()
        if not (self._watched and self._open and self._loaded):
            return
        if self._busy:
            self.command.emit(Cancel(job=self._job))
        self._number += 1
        self._busy = True
        self._asked = self._tokenizer.encoding
        chat = self.chat
        self._asked_roles = [row.role for row in chat.rows]
        self.command.emit(
            ViewChat(
                job=self._job,
                encoding=self._asked,
                messages=[ChatTurn(role=row.role, content=row.text) for row in chat.rows],
                template=chat.template,
                jinja=chat.jinja,
                specials=chat.specials,
                add_generation_prompt=chat.opens_answer,
            )
        )

    def _show(self, event: ChatViewed) -> None:
        self._busy = False
        self.problem = None
        self.viewed = event
        self._roles = self._asked_roles
        self._special = frozenset(event.special)
        self._stream = to_units(event.text)
        self.spans.clear()
        self.spans.patch(
            TokensPatched(
                name=CHAT_NAME,
                version=0,
                encoding=event.encoding,
                first=0,
                removed=0,
                ids=event.ids,
                starts=event.starts,
                shift=0,
                pieces=event.pieces,
                complete=True,
                bytes_total=event.bytes_total,
            )
        )
        self.changed.emit()
        self.details.tokens_changed()
