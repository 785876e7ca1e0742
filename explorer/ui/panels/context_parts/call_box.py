"""A tool's call that waits: the person can look at it, change it, and let it run."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from explorer.ui import words
from explorer.ui.stores.context import ContextStore
from explorer.ui.theme import Theme


class CallBox(QFrame):
    """Hidden while there is no call. Signals: `run_requested(asked)`; `stop_requested`, it is not done."""

    run_requested = Signal(str)
    stop_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown = ""
        self.setObjectName("surface")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.asked = QLineEdit()
        self.asked.setAccessibleName(self.tr("The model's call"))
        self.run = QPushButton(self.tr("Run it"))
        self.run.setProperty("kind", "primary")
        self.stop = QPushButton(self.tr("Do not run it"))
        row = QHBoxLayout()
        row.addWidget(self.asked, 1)
        row.addWidget(self.run)
        row.addWidget(self.stop)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.words)
        self._column.addLayout(row)
        self.asked.returnPressed.connect(lambda: self.run_requested.emit(self.asked.text()))
        self.run.clicked.connect(lambda: self.run_requested.emit(self.asked.text()))
        self.stop.clicked.connect(self.stop_requested)
        theme.changed.connect(self._space)
        self._space()
        self.hide()

    def show_store(self, store: ContextStore) -> None:
        """The call that waits, or that is being done."""
        tools = store.tools
        call = tools.call
        self.setVisible(call is not None)
        if call is None:
            self._shown = ""
            return
        mark = f"{tools.calls} {tools.phase} {call.asked} {tools.progress}"
        if mark == self._shown:
            return
        self._shown = mark
        waiting = tools.phase == "waiting"
        self.asked.setText(call.asked)
        for widget in (self.asked, self.run):
            widget.setEnabled(waiting)
        if not waiting and tools.progress is not None:
            self.words.setText(
                self.tr("The folder is read: {done} of {total} documents").format(
                    done=words.count(tools.progress[0]), total=words.count(tools.progress[1])
                )
            )
        elif not waiting:
            self.words.setText(self.tr("The program runs the tool; the model waits."))
        elif call.tool == "search":
            self.words.setText(
                self.tr("The model has stopped: it wants to search for this. You may change it.")
            )
        else:
            self.words.setText(self.tr("The model has stopped: it wants this calculated. You may change it."))
        if waiting:
            self.asked.setFocus()
            self.asked.selectAll()

    def _space(self) -> None:
        gap = self._theme.px(8)
        self._column.setContentsMargins(gap, gap, gap, gap)
        self._column.setSpacing(self._theme.px(6))
