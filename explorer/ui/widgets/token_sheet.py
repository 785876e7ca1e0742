"""All that there is to know of one token, in a column at the side of the text."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import TokenDescribed, TokenEntry
from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.merge_tree_view import MergeTreeView
from explorer.ui.widgets.token_words import bytes_label, hex_bytes

WIDTH_PX = 300
_MOST_BYTES = 48
_LONGEST_LABEL = 18
"""Characters of a neighbour's text."""
_ANY_WIDTH = (1 << 24) - 1
"""Qt's own word for no limit."""


class TokenSheet(QFrame):
    """Signals: `close_requested`; `token_requested(id)`, another; `step_requested(1 or -1)`, in the text."""

    close_requested = Signal()
    token_requested = Signal(int)
    step_requested = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: TokenDescribed | None = None
        self._wide = False
        self.setObjectName("surface")
        self.setAccessibleName(self.tr("The token's card"))
        self._build()
        self.close_button.clicked.connect(self.close_requested)
        self.previous.clicked.connect(lambda: self.step_requested.emit(-1))
        self.next.clicked.connect(lambda: self.step_requested.emit(1))
        self.tree.token_chosen.connect(self.token_requested)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self._title = _label("title")
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(self.tr("Close the token's card"))
        self.close_button.setToolTip(self.tr("Close (Esc)"))
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._facts = _label("")
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._stands = _label("")
        self.previous, self.next = QPushButton("←"), QPushButton("→")
        self.previous.setAccessibleName(self.tr("The place before"))
        self.next.setAccessibleName(self.tr("The next place"))
        places = QHBoxLayout()
        places.addWidget(self._stands, 1)
        places.addWidget(self.previous)
        places.addWidget(self.next)
        self._built = _label("muted")
        self.tree = MergeTreeView(self._theme)
        self._tree_area = QScrollArea()
        self._tree_area.setWidget(self.tree)
        self._tree_area.setWidgetResizable(True)
        self._tree_area.setFrameShape(QFrame.Shape.NoFrame)
        self._tree_area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tree_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._neighbours_title = _label("muted")
        self._neighbours_title.setText(self.tr("Around it in the vocabulary"))
        self._neighbours = FlowLayout()
        inside = QWidget()
        inside.setObjectName("inside")
        self._column = QVBoxLayout(inside)
        self._column.addLayout(top)
        self._column.addWidget(self._facts)
        self._column.addLayout(places)
        self._column.addWidget(self._built)
        self._column.addWidget(self._tree_area)
        self._column.addWidget(self._neighbours_title)
        self._column.addLayout(self._neighbours)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(scroll)

    # ------------------------------------------------------------ what is shown

    def text(self) -> str:
        """All that it says."""
        return "\n".join(
            label.text() for label in (self._title, self._facts, self._stands, self._built) if label.text()
        )

    def show_token(self, told: TokenDescribed) -> None:
        """What the vocabulary says of a token."""
        if told is self._shown:
            return
        self._shown = told
        data = bytes.fromhex(told.entry.data)
        self._title.setText(data.decode("utf-8", "replace") if told.entry.special else bytes_label(data))
        self._facts.setText("\n".join(self._fact_lines(told, data)))
        self._built.setText(self._built_words(told))
        self.tree.show_tree(told.nodes, told.roots)
        self._fit_tree()
        # The area knows how far it scrolls when this turn is over.
        QTimer.singleShot(0, self, self._show_root)
        self._show_neighbours(told)

    def show_failure(self, sentence: str) -> None:
        """Why nothing is known of it."""
        self._shown = None
        self._title.setText("")
        self._facts.setText(sentence)
        self._built.setText("")
        self.tree.show_tree([], [])
        self._fit_tree()
        self._clear_neighbours()

    def set_wide(self, wide: bool) -> None:
        """Take all the width there is, or stay at the side."""
        if wide != self._wide:
            self._wide = wide
            self._fit_width()

    def show_places(self, count: int, number: int) -> None:
        """`count` places in the text; the caret is at the one with this number (from 1), 0 if at none."""
        if count == 0:
            said = self.tr("It does not stand in your text.")
        elif number:
            said = self.tr("Place {number} of {count} in your text").format(
                number=words.count(number), count=words.count(count)
            )
        else:
            said = self.tr("It stands {count} times in your text.").format(count=words.count(count))
            if count == 1:
                said = self.tr("It stands once in your text.")
        self._stands.setText(said)
        for button in (self.previous, self.next):
            button.setEnabled(count > 0 and not (count == 1 and number == 1))

    def _fact_lines(self, told: TokenDescribed, data: bytes) -> list[str]:
        size = self.tr("{count} bytes") if len(data) != 1 else self.tr("{count} byte")
        lines = [
            (self.tr("id and rank {id}") if told.how == "ranks" else self.tr("id {id}")).format(
                id=told.entry.id
            ),
            f"{size.format(count=words.count(len(data)))}: {hex_bytes(data, _MOST_BYTES)}",
        ]
        try:
            characters = len(data.decode())
        except UnicodeDecodeError:
            lines.append(self.tr("no whole characters: parts of one"))
        else:
            one = self.tr("{count} character") if characters == 1 else self.tr("{count} characters")
            lines.append(one.format(count=words.count(characters)))
        if told.how == "merges" and told.rank >= 0:
            lines.append(self.tr("merge number {rank}").format(rank=words.count(told.rank + 1)))
        return lines

    def _built_words(self, told: TokenDescribed) -> str:
        match told.how:
            case "special":
                return self.tr(
                    "A special token: no text contains it. It is put in by its id, to mark where something "
                    "begins or ends."
                )
            case "no merges":
                return self.tr("This vocabulary has no merges: its entries were not built of one another.")
            case "too long":
                return self.tr("Too long for a tree of merges.")
            case _ if len(told.roots) > 1:
                return self.tr(
                    "Its merges stop at {count} pieces: this token only comes where it is taken whole."
                ).format(count=words.count(len(told.roots)))
            case _ if len(told.nodes) == 1:
                return self.tr("No merge made it: with such pieces every text begins.")
            case _:
                merges = len(told.nodes) - sum(node.left < 0 for node in told.nodes)
                if merges == 1:
                    return self.tr("One merge built it:")
                return self.tr("{count} merges built it:").format(count=words.count(merges))

    def _show_neighbours(self, told: TokenDescribed) -> None:
        self._clear_neighbours()
        for entry in (*told.before, told.entry, *told.after):
            self._neighbours.addWidget(self._neighbour(entry, entry.id == told.entry.id))

    def _clear_neighbours(self) -> None:
        while (item := self._neighbours.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()

    def _neighbour(self, entry: TokenEntry, current: bool) -> QToolButton:
        data = bytes.fromhex(entry.data)
        label = data.decode("utf-8", "replace") if entry.special else bytes_label(data)
        button = QToolButton()
        cut = label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"
        button.setText(f"{entry.id}  {cut}".replace("&", "&&"))
        if cut != label:
            button.setToolTip(label)
        button.setCheckable(True)
        button.setChecked(current)
        button.setEnabled(not current)
        button.clicked.connect(lambda: self.token_requested.emit(entry.id))
        return button

    # ------------------------------------------------------------ look

    def _fit_tree(self) -> None:
        bar = self._tree_area.horizontalScrollBar().sizeHint().height()
        self._tree_area.setFixedHeight(self.tree.sizeHint().height() + bar)
        self._tree_area.setVisible(bool(self._shown and self._shown.nodes))

    def _show_root(self) -> None:
        """Of a tree wider than the card: the token itself in the middle."""
        told = self._shown
        if told is not None and told.nodes:
            middle = round(self.tree.box_area(told.roots[0]).center().x())
            self._tree_area.horizontalScrollBar().setValue(middle - self._tree_area.viewport().width() // 2)

    def _fit_width(self) -> None:
        width = self._theme.px(WIDTH_PX)
        self.setMinimumWidth(0 if self._wide else width)
        self.setMaximumWidth(_ANY_WIDTH if self._wide else width)

    def _restyle(self) -> None:
        px = self._theme.px
        self._fit_width()
        self._title.setFont(self._theme.font("mono"))
        self._column.setContentsMargins(px(12), px(10), px(12), px(10))
        self._column.setSpacing(px(8))
        self._neighbours.setSpacing(px(4))
        self._fit_tree()


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label
