"""One turn of a conversation as a bubble: who said it, what was said, and what can be done with it."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import (
    AUTHOR_COLOURS,
    FILL_ALPHA,
    author_of,
)
from explorer.ui.widgets.bubble_parts import AuthorName, BranchChooser, QuietButton, TurnEditor
from explorer.ui.widgets.bubble_text import MOST_CHARACTERS, BubbleText
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.fold import Fold
from explorer.ui.widgets.pieces import Piece
from explorer.ui.widgets.tall_enough import TallEnough

MOST_TO_EDIT = 200_000
"""Characters: more would make every key late."""
_LONGEST_NAME = 36
"""Characters of a document's name: the rest is left out in its middle."""
_NAME_LETTERS = 200
"""So much of a turn is said by its accessible name."""


@dataclass(frozen=True)
class Turn:
    """What a bubble shows."""

    author: str = "user"
    """As of tokens: "user", "assistant", "system", "tool"."""
    pieces: tuple[Piece, ...] = ()
    source: str = ""
    """The text that is edited; a turn without it cannot be."""
    document: str = ""
    """A text that stands in front of it in the stream."""
    document_name: str = ""
    label: str = ""
    """Said behind the author's name: what is particular about this turn."""
    note: str = ""
    """Said under the text: how the turn ended."""
    tokens: int | None = None
    branch: int = 1
    """Which of `branches` it is, from 1."""
    branches: int = 1
    finished: bool = True
    gone: bool = False
    """It has fallen out of the window: shown faint, and said."""
    id: int = 0
    """Another id is another turn: a bubble that showed the one before begins anew."""
    may_regenerate: bool = False
    may_delete: bool = False


class Bubble(TallEnough):
    """Buttons show while it is pointed at or one of them has the focus; their place is kept.

    Signals: `hovered(bool)`; `edited(str)`, a new text was kept; `regenerate_requested`; `delete_requested`;
    `branch_requested(int)`, -1 for the branch before, 1 for the one after; `editing_changed(bool)`.
    """

    hovered = Signal(bool)
    edited = Signal(str)
    regenerate_requested = Signal()
    delete_requested = Signal()
    branch_requested = Signal(int)
    editing_changed = Signal(bool)

    def __init__(self, theme: Theme, turn: Turn | None = None) -> None:
        super().__init__()
        self._theme, self._turn = theme, turn or Turn()
        self._lit = False
        self._editor: TurnEditor | None = None
        self._build()
        self._connect()
        self._space()
        self._begin()

    def _build(self) -> None:
        self._name = AuthorName(self._theme)
        self._note = QLabel()
        self._note.setProperty("role", "caption")
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setWordWrap(True)
        self._branches = BranchChooser()
        self.edit = QuietButton(self.tr("Edit"))
        self.edit.setToolTip(self.tr("Write this turn anew; what followed stays on its own branch"))
        self.again = QuietButton(self.tr("Again"))
        self.again.setToolTip(self.tr("Let the model answer anew, with other random numbers"))
        self.delete = QuietButton(self.tr("Delete"))
        self.delete.setToolTip(self.tr("Take this turn out of the stream"))
        self.document: Fold | None = None
        """The document in front of it, if it has one."""
        self.text = BubbleText(self._theme)
        self._more = QPushButton()
        self._more.setProperty("kind", "link")
        self._head = FlowLayout()
        for widget in (self._name, self._branches, self.edit, self.again, self.delete):
            self._head.addWidget(widget)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self.text)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._note)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _connect(self) -> None:
        self.edit.clicked.connect(self.start_editing)
        self.again.clicked.connect(self.regenerate_requested)
        self.delete.clicked.connect(self.delete_requested)
        self._branches.stepped.connect(self.branch_requested)
        self._more.clicked.connect(lambda: self._set_open(not self._open))
        self.text.overflowed.connect(self._say_more)
        for button in self._quiet_buttons():
            button.installEventFilter(self)
        self._theme.changed.connect(self._space)

    # ------------------------------------------------------------ what is shown

    @property
    def turn(self) -> Turn:
        """What is shown."""
        return self._turn

    @property
    def editing(self) -> bool:
        """Whether a new text is being written."""
        return self._editor is not None

    def show_turn(self, turn: Turn) -> None:
        """Replace; a text that only grew is only added to."""
        if turn != self._turn:
            before, self._turn = self._turn, turn
            if turn.id != before.id:
                self._leave()
                self._begin()
            else:
                self._show(before)

    def set_lit(self, on: bool) -> None:
        """Frame it: one of its cells is pointed at."""
        if on != self._lit:
            self._lit = on
            self.update()

    def _begin(self) -> None:
        # What is seen to grow is not folded away under the reader's eyes.
        self._set_open(not self._turn.finished)
        self._show(None)

    def _show(self, before: Turn | None) -> None:
        turn = self._turn
        self._name.show_name(author_of(turn.author), turn.label)
        self.text.set_faint(turn.gone)
        self._branches.show_branch(turn.branch, turn.branches)
        tokens = "" if turn.tokens is None else self.tr("{tokens} tokens")
        tokens = tokens.format(tokens=words.count(turn.tokens or 0))
        fallen = self.tr("fallen out of the window") if turn.gone else ""
        self._note.setText(" · ".join(part for part in (tokens, turn.note, fallen) if part))
        self._note.setVisible(bool(self._note.text()))
        self.edit.setVisible(bool(turn.source) and len(turn.source) <= MOST_TO_EDIT)
        self.again.setVisible(turn.may_regenerate)
        self.delete.setVisible(turn.may_delete)
        if before is None or (turn.document, turn.document_name) != (before.document, before.document_name):
            self._show_document(turn)
        self.text.show_pieces(turn.pieces)
        self.text.setVisible(bool(self.text.pieces) and not self.editing)
        self._say_more()
        said = "".join(piece.text for piece in self.text.pieces)[:_NAME_LETTERS]
        self.setAccessibleName(f"{self._name.text}: {said}")
        self.update()

    def _show_document(self, turn: Turn) -> None:
        if self.document is None:
            if not turn.document:
                return
            self.document = Fold(self._theme, "", "body")
            self._column.insertWidget(self._column.indexOf(self.text), self.document)
        size = self.tr("{name} · {characters} characters")
        name = turn.document_name or self.tr("A document")
        if len(name) > _LONGEST_NAME:
            name = f"{name[: _LONGEST_NAME // 2]}…{name[-_LONGEST_NAME // 2 :]}"
        self.document.set_title(size.format(name=name, characters=words.count(len(turn.document))))
        shown = turn.document[:MOST_CHARACTERS]
        self.document.show_text(shown if len(shown) == len(turn.document) else f"{shown}…")

    def _set_open(self, on: bool) -> None:
        self._open = on
        self.text.set_folded(not on)
        self._say_more()

    def _say_more(self) -> None:
        whole = sum(len(piece.text) for piece in self._turn.pieces)
        more = self.tr("Show all {characters} characters").format(characters=words.count(whole))
        if whole > MOST_CHARACTERS:
            more = self.tr("Show the first {some} of {all} characters").format(
                some=words.count(MOST_CHARACTERS), all=words.count(whole)
            )
        self._more.setText(self.tr("Show less") if self._open else more)
        self._more.setVisible(self.text.overflows and self._turn.finished and not self.editing)

    # ------------------------------------------------------------ editing

    def start_editing(self) -> None:
        """Put an editor in the text's place."""
        if self._editor is None and not self.edit.isHidden():
            self._editor = TurnEditor(self._theme, self._turn.source)
            self._editor.kept.connect(self._keep)
            self._editor.left.connect(self._leave)
            self._column.insertWidget(self._column.indexOf(self.text), self._editor)
            self.text.hide()
            self._say_more()
            self._editor.begin()
            self.editing_changed.emit(True)

    def _keep(self, text: str) -> None:
        changed = text != self._turn.source
        self._leave()
        if changed:
            self.edited.emit(text)

    def _leave(self) -> None:
        if self._editor is not None:
            self._editor.hide()
            self._editor.deleteLater()
            self._editor = None
            self.text.setVisible(bool(self.text.pieces))
            self._say_more()
            if self._turn.source:
                self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.editing_changed.emit(False)

    # ------------------------------------------------------------ look

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft ground in the author's colour with a stripe of it; a frame while its cells are lit."""
        theme = self._theme
        name = "border" if self._turn.gone else AUTHOR_COLOURS[author_of(self._turn.author)]
        colour = theme.colour(name)
        ground, radius = QColor(colour), theme.px(6)
        ground.setAlpha(FILL_ALPHA[theme.dark] // 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(body, radius, radius)
        painter.setBrush(ground)
        painter.drawRoundedRect(body, radius, radius)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(body.left(), body.top(), theme.px(4), body.height()), 2, 2)
        if self._lit:
            painter.setPen(QPen(theme.colour("text"), theme.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body, radius, radius)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Pointed at: its cells light up, its buttons show."""
        super().enterEvent(event)
        self._wake()
        self.hovered.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        """No more."""
        super().leaveEvent(event)
        self._wake()
        self.hovered.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """All buttons show as soon as one of them has the focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._wake()
        return super().eventFilter(watched, event)

    def _quiet_buttons(self) -> tuple[QuietButton, ...]:
        return self.edit, self.again, self.delete

    def _wake(self) -> None:
        awake = self.underMouse() or any(button.hasFocus() for button in self._quiet_buttons())
        for button in self._quiet_buttons():
            button.set_awake(awake)

    def _space(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(14), px(6), px(10), px(8))
        self._column.setSpacing(px(4))
        self._head.setSpacing(px(8))
