"""What there is to know of one token, at a fixed place: nothing pops up under the mouse."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from explorer.ui import words
from explorer.ui.stores.token_spans import TokenFact
from explorer.ui.theme import Theme
from explorer.ui.widgets.quiet_text import QuietText
from explorer.ui.widgets.token_words import chip_label, hex_bytes


class TokenCard(QFrame):
    """The token under the mouse, or else the one at the caret: text, id, bytes, place."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("surface")
        self.setAccessibleName(self.tr("One token"))
        self._label = QuietText(theme, "mono", ground="surface", most=1)
        self._id = QuietText(theme, "number", ground="surface", most=1)
        # Room for two lines always: nothing moves when the words get longer.
        self._details = QuietText(theme, "body", "muted", "surface", lines=2, most=2)
        self._row = QHBoxLayout()
        self._row.addWidget(self._label, 3)
        self._row.addWidget(self._id, 2)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._row)
        self._column.addWidget(self._details)
        theme.changed.connect(self._restyle)
        self._restyle()

    def text(self) -> str:
        """All that it says."""
        return "\n".join(label.text() for label in (self._label, self._id, self._details))

    def show_token(self, fact: TokenFact | None, is_part: bool, count: int, place: tuple[int, int]) -> None:
        """`is_part`: it holds a part of a character. `place`: line and character in it, from 1."""
        if fact is None:
            for label in (self._label, self._id, self._details):
                label.set_text("")
            return
        shown = hex_bytes(fact.data) if is_part else chip_label(fact.text)
        self._label.set_text(shown)
        self._id.set_text(self.tr("id {id}").format(id=fact.id))
        line, column = place
        self._details.set_text(
            "  ·  ".join(
                (
                    self.tr("token {number} of {count}").format(
                        number=words.count(fact.index + 1), count=words.count(count)
                    ),
                    self.tr("line {line}, character {column}").format(
                        line=words.count(line), column=words.count(column)
                    ),
                    self.tr("bytes {bytes}").format(bytes=hex_bytes(fact.data, 16)),
                )
            )
        )

    def _restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(12), px(8), px(12), px(8))
        self._column.setSpacing(px(4))
        self._row.setSpacing(px(12))
