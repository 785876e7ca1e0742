"""What a model says, large, and the way back through what it said before."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QSlider, QVBoxLayout, QWidget

from explorer.protocol import Sample
from explorer.ui import words
from explorer.ui.theme import Theme


class SampleView(QWidget):
    """The newest saying, or an earlier one that the slider (or a curve's cursor) was put to.

    Signals: `chosen(index)`, the slider was moved by hand; `newest_requested`; `sample_requested`.
    """

    chosen = Signal(int)
    newest_requested = Signal()
    sample_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: Sample | None = None
        self._count = 0
        self._build()
        self._slider.valueChanged.connect(self.chosen)
        self._newest.clicked.connect(self.newest_requested)
        self._now.clicked.connect(self.sample_requested)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def _build(self) -> None:
        name = QLabel(self.tr("What the model says"))
        name.setProperty("role", "muted")
        self._where = QLabel()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName(self.tr("Earlier sayings"))
        self._slider.setToolTip(self.tr("Back to what it said before"))
        self._newest = QPushButton(self.tr("Newest"))
        self._newest.setToolTip(self.tr("Show the newest saying and follow on"))
        self._now = QPushButton(self.tr("Sample now"))
        self._now.setToolTip(self.tr("Let the model write something after this step"))
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setUndoRedoEnabled(False)
        self._text.setAccessibleName(self.tr("What the model says"))
        self._top, self._row = QHBoxLayout(), QHBoxLayout()
        self._top.addWidget(name)
        self._top.addStretch(1)
        self._top.addWidget(self._now)
        self._row.addWidget(self._where)
        self._row.addWidget(self._slider, 1)
        self._row.addWidget(self._newest)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._top)
        self._column.addLayout(self._row)
        self._column.addWidget(self._text, 1)

    def show_samples(
        self, samples: Sequence[Sample], index: int | None, follows: bool, may_sample: bool, waiting: str
    ) -> None:
        """Show one. `follows`: it is the newest and will be; `waiting`: what is said while there is none."""
        self._now.setEnabled(may_sample)
        self._newest.setEnabled(not follows)
        self._slider.setEnabled(len(samples) > 1)
        self._slider.blockSignals(True)
        self._slider.setMaximum(max(0, len(samples) - 1))
        self._slider.setValue(index or 0)
        self._slider.blockSignals(False)
        self._text.setPlaceholderText(waiting)
        if index is None:
            self._where.setText("")
            self._show(None)
            return
        said = self.tr("step {step}  ({number} of {count})")
        self._where.setText(
            said.format(
                step=words.count(samples[index].step), number=index + 1, count=words.count(len(samples))
            )
        )
        self._show(samples[index])

    def text(self) -> str:
        """What is shown."""
        return self._text.toPlainText()

    def where(self) -> str:
        """Which saying it is."""
        return self._where.text()

    def _show(self, sample: Sample | None) -> None:
        if sample is self._shown:
            return
        self._shown = sample
        self._text.clear()
        if sample is None:
            return
        # The prompt was given, the rest the model wrote itself: quiet and loud.
        cursor = QTextCursor(self._text.document())
        cursor.insertText(sample.prompt, _in_colour(self._theme.colour("muted")))
        cursor.insertText(sample.text, _in_colour(self._theme.colour("text")))
        self._text.verticalScrollBar().setValue(0)

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(0, 0, 0, 0)
        for layout in (self._column, self._top, self._row):
            layout.setSpacing(px(8))
        font = self._theme.font("mono")
        font.setPixelSize(px(17))
        self._text.setStyleSheet(
            f'QPlainTextEdit {{ font-family: "{font.family()}"; font-size: {px(17)}px; }}'
        )
        self.setMinimumWidth(px(220))
        self._slider.setMinimumHeight(px(22))
        self._text.setMinimumHeight(px(80))
        shown, self._shown = self._shown, None
        self._show(shown)


def _in_colour(colour: QColor) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(colour)
    return style
