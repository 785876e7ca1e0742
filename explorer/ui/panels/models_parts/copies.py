"""Unpacked GGUF files: how much they take, and how much they may."""

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import UnpackedCopy
from explorer.ui import words
from explorer.ui.stores.models import ModelsStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.flow_layout import FlowLayout

_GB = 1_000_000_000


class CopiesPage(QWidget):
    """Deleting one costs the seconds of unpacking it again: there is nothing to confirm or undo."""

    def __init__(self, theme: Theme, models: ModelsStore) -> None:
        super().__init__()
        self._theme, self._models = theme, models
        self._rows: list[_Row] = []
        self._build()
        self.tidy.clicked.connect(lambda: models.tidy())
        self.limit.editingFinished.connect(lambda: models.limit_copies(round(self.limit.value() * _GB)))
        models.changed.connect(self._render)
        theme.changed.connect(self._space)
        self._space()
        self._render()

    def _build(self) -> None:
        heading = QLabel(
            self.tr(
                "A GGUF file is unpacked when it is opened first; the copy lets it open in a moment next "
                "time. Deleting a copy loses nothing but that moment."
            )
        )
        heading.setProperty("role", "muted")
        heading.setWordWrap(True)
        self.total = QLabel()
        self.total.setWordWrap(True)
        self.tidy = QPushButton(self.tr("Tidy up"))
        self.tidy.setToolTip(self.tr("Delete all that nobody uses now"))
        self.limit = QDoubleSpinBox()
        self.limit.setRange(0.0, 100_000.0)
        self.limit.setDecimals(1)
        self.limit.setSuffix(" GB")
        self.limit.setAccessibleName(self.tr("Most that copies may take together"))
        self.limit.setToolTip(self.tr("Those used longest ago go first; 0: no limit"))
        self._controls = FlowLayout()
        for widget in (QLabel(self.tr("Keep at most")), self.limit, self.tidy):
            self._controls.addWidget(widget)
        self._list = QVBoxLayout()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(heading)
        self._column.addWidget(self.total)
        self._column.addLayout(self._controls)
        self._column.addLayout(self._list)
        self._column.addStretch(1)
        CalmWheel(self)

    def _render(self) -> None:
        copies = self._models.copies
        total = sum(copy.size_bytes for copy in copies)
        self.total.setText(
            self.tr("{count} copies, {size} together").format(
                count=words.count(len(copies)), size=words.size(total)
            )
            if copies
            else self.tr("There are no copies now.")
        )
        self.tidy.setEnabled(any(not copy.in_use for copy in copies))
        if not self.limit.hasFocus():
            self.limit.setValue(self._models.copies_limit_bytes / _GB)
        while len(self._rows) > len(copies):
            row = self._rows.pop()
            self._list.removeWidget(row)
            row.deleteLater()
        while len(self._rows) < len(copies):
            row = _Row(self._theme)
            row.delete.clicked.connect(lambda checked=False, row=row: self._models.tidy(row.folder))
            self._rows.append(row)
            self._list.addWidget(row)
        for row, copy in zip(self._rows, copies, strict=True):
            row.show_copy(copy)

    @property
    def rows(self) -> "list[_Row]":
        """Used longest ago first."""
        return self._rows

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(8))
        self._list.setSpacing(self._theme.px(6))
        self._controls.setSpacing(self._theme.px(8))
        self.limit.setFixedWidth(self._theme.px(110))
        # WORKAROUND Qt's style sheets leave a spin box's padding out once it has a border.
        self.limit.lineEdit().setTextMargins(self._theme.px(8), 0, 0, 0)


class _Row(QFrame):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.folder = ""
        self.setObjectName("surface")
        self.name, self.facts = ElidedLabel(), ElidedLabel()
        self.facts.setProperty("role", "caption")
        self.delete = QPushButton(self.tr("Delete"))
        text = QVBoxLayout()
        text.addWidget(self.name)
        text.addWidget(self.facts)
        self._line = QHBoxLayout(self)
        self._line.addLayout(text, 1)
        self._line.addWidget(self.delete, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._space)
        self._space()

    def show_copy(self, copy: UnpackedCopy) -> None:
        self.folder = copy.folder
        self.name.setText(copy.name)
        used = QLocale().toString(
            QDateTime.fromSecsSinceEpoch(int(copy.used_s)), QLocale.FormatType.ShortFormat
        )
        parts = [words.size(copy.size_bytes), self.tr("opened {when}").format(when=used)]
        if copy.in_use:
            parts.append(self.tr("in use"))
        self.facts.setText(" · ".join(parts))
        self.delete.setEnabled(not copy.in_use)

    def _space(self) -> None:
        px = self._theme.px
        self._line.setContentsMargins(px(10), px(6), px(10), px(6))
        self._line.setSpacing(px(8))
