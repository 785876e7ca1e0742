"""The right half: the stream as cells, how full the window is, and what it costs."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QPushButton, QVBoxLayout

from explorer.ui.panels.context_parts.sentences import bill_words, fallen_words
from explorer.ui.prices import Price
from explorer.ui.stores.context import ContextStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.attention_picker import AttentionPicker
from explorer.ui.widgets.context_bar import ContextBar, WindowUse
from explorer.ui.widgets.context_cost import ContextCost
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.export import Row
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.tall_enough import TallEnough
from explorer.ui.widgets.token_cells import CELL_MODES, CellMode, TokenCells


class StreamView(TallEnough):
    """Bar, cells and costs.

    Signals: `cell_pointed(int)` and `cell_chosen(int)`, among all cells; `measure_requested`;
    `attention_picked(layer, head)`, None for all.
    """

    cell_pointed = Signal(int)
    cell_chosen = Signal(int)
    measure_requested = Signal()
    attention_picked = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._drawn = 0
        self._attention: object = None
        self._build()
        self._lay_out()
        self._connect()
        theme.changed.connect(self._space)
        self._space()

    def _build(self) -> None:
        self.bar = ContextBar(self._theme)
        self.cells = TokenCells(self._theme)
        self.picker = AttentionPicker(self._theme)
        self.picker.hide()
        self.cost = ContextCost(self._theme)
        self.note = ElidedLabel()
        self.note.setProperty("role", "caption")
        self.fallen = QLabel()
        self.bill = QLabel()
        for label in (self.fallen, self.bill):
            label.setProperty("role", "caption")
            label.setWordWrap(True)
        self.bill.setToolTip(
            self.tr(
                "A server remembers nothing: each request sends the whole stream again, the model's own "
                "answers with their end tokens included. The prices are those of the Tokens panel."
            )
        )
        self.modes = QButtonGroup(self)
        names = {
            "cells": self.tr("Cells"),
            "text": self.tr("Text"),
            "ids": self.tr("Ids"),
            "surprisal": self.tr("Surprise"),
            "attention": self.tr("Attention"),
        }
        tips = {
            "surprisal": self.tr("How unexpected each token was to the model"),
            "attention": self.tr("Click a token: what the model looked at from there"),
        }
        for number, mode in enumerate(CELL_MODES):
            button = QPushButton(names[mode])
            button.setCheckable(True)
            button.setToolTip(tips.get(mode, ""))
            self.modes.addButton(button, number)
        self.modes.button(0).setChecked(True)

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._switch = FlowLayout()
        for button in self.modes.buttons():
            self._switch.addWidget(button)
        self._column.addWidget(self.bar)
        self._column.addLayout(self._switch)
        self._column.addWidget(self.cells, 1)
        for part in (self.picker, self.note, self.fallen, self.bill):
            self._column.addWidget(part)
        self._column.addWidget(self.cost)

    def _connect(self) -> None:
        self.cells.pointed.connect(self._point)
        self.cells.chosen.connect(self.cell_chosen)
        self.modes.idClicked.connect(lambda number: self.choose_mode(CELL_MODES[number]))
        self.picker.picked.connect(self.attention_picked)
        self.cost.measure_requested.connect(self.measure_requested)

    @property
    def mode(self) -> CellMode:
        """How the cells are shown."""
        return self.cells.mode

    def choose_mode(self, mode: CellMode) -> None:
        """Show the cells otherwise."""
        self.cells.set_mode(mode)
        self.modes.button(CELL_MODES.index(mode)).setChecked(True)
        self.picker.setVisible(mode == "attention")

    def show_store(self, store: ContextStore, price: Price) -> None:
        """Render."""
        stream, session = store.stream, store.session
        live = session.answer != 0
        thinking = thinking_cells(store)
        self.cells.show_stream(stream.tokens, stream.gone, writing=live, thinking=thinking)
        self._show_attention(store)
        self.bar.show_use(window_use(store) if session.context else None)
        self._show_costs(store, price)

    def _show_attention(self, store: ContextStore) -> None:
        seen = store.looking.attention
        if seen is self._attention:
            return
        self._attention = seen
        if seen is None:
            self.cells.set_attention(-1, [])
        else:
            self.cells.set_attention(len(store.stream.gone) + seen.position, seen.weights)
            self.picker.show_model(seen.layers, seen.heads)
            self.picker.show_choice(seen.layer, seen.head)

    def _show_costs(self, store: ContextStore, price: Price) -> None:
        _say(self.bill, bill_words(store.stream.requests(), price))
        _say(self.fallen, fallen_words(store))
        self.cost.set_window(store.session.window or None)
        speeds = store.session.speeds
        if len(speeds) < self._drawn:
            self.cost.show_drawn(speeds)
        else:
            for length, seconds in speeds[self._drawn :]:
                self.cost.add_drawn(length, seconds)
        self._drawn = len(speeds)
        measured = store.looking.measured
        self.cost.show_measured(
            [(one.tokens, one.seconds_per_token) for one in measured if one.seconds_per_token is not None]
        )
        each = store.looking.kv_bytes_per_token
        known = store.live.model is not None and each > 0
        self.cost.show_memory(store.kv_bytes if known else None, each)

    def light(self, cells: Sequence[int]) -> None:
        """A bubble is pointed at."""
        self.cells.light(cells)

    def _point(self, cell: int) -> None:
        self.note.setText(self.cells.words_of(cell) if cell >= 0 else "")
        self.cell_pointed.emit(cell)

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(8))
        self._switch.setSpacing(self._theme.px(4))
        self.cost.setFixedHeight(self._theme.px(170))


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def thinking_cells(store: ContextStore) -> list[range]:
    """Cells that the model wrote before it answered."""
    stream = store.stream
    front = len(stream.gone)
    found = [range(front + part.start, front + part.stop) for part in stream.thinking]
    begin = front + stream.prompt_length - store.live.fallen
    if len(stream) > stream.prompt_length:
        for part in store.live.parts:
            if part.kind == "thinking":
                first = begin + part.first_token
                found.append(range(first, first + part.tokens))
    return found


def window_use(store: ContextStore) -> WindowUse:
    """How full the window is, and of what."""
    stream = store.stream
    by_author = stream.counts()
    thinking = sum(len(part) for part in thinking_cells(store))
    if thinking:
        thinking = min(thinking, by_author.get("assistant", 0))
        by_author["assistant"] = by_author.get("assistant", 0) - thinking
        by_author["thinking"] = thinking
    requests = stream.requests()
    ends_here = bool(requests) and requests[-1].prompt + requests[-1].completion == len(stream)
    answer = len(stream) - stream.prompt_length if len(stream) > stream.prompt_length else 0
    if not answer and ends_here:
        answer = requests[-1].completion
    return WindowUse(
        window=store.session.window,
        prompt=len(stream) - answer,
        answer=answer,
        by_author=by_author,
        gone=len(stream.gone) + stream.gone_unseen,
    )


def stream_rows(store: ContextStore) -> list[Row]:
    """All cells as a table, those that have fallen out first."""
    stream = store.stream
    front = len(stream.gone)
    return [
        {
            "position": place - front if place >= front else "",
            "id": token.id,
            "text": token.text,
            "author": token.role,
            "turn": turn or "",
            "special": token.special,
            "logprob": "" if token.logprob is None else round(token.logprob, 4),
            "in_window": place >= front,
        }
        for place, (token, turn) in enumerate(
            zip(stream.gone + stream.tokens, stream.gone_turns + stream.turns, strict=True)
        )
    ]
