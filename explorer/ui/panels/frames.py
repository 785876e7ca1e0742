"""Rendering in frames: the first change is shown at once, those that follow at most once a frame."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 33


class Frames(QObject):
    """Calls `render`. Connect what changes to `ask`."""

    def __init__(self, parent: QObject, render: Callable[[], object], every_ms: int = EVERY_MS) -> None:
        super().__init__(parent)
        self._render = render
        self._asked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(every_ms)
        self._timer.timeout.connect(self._show)

    @property
    def pending(self) -> bool:
        """Whether something changed that is not shown yet."""
        return self._asked

    def ask(self) -> None:
        """Something has changed."""
        self._asked = True
        if not self._timer.isActive():
            self._show()

    def _show(self) -> None:
        if self._asked:
            self._asked = False
            self._render()
            self._timer.start()
