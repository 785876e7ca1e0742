"""`--screenshot FILE`: wait until the panel is idle, save what the window shows, exit."""

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from explorer.ui.stores.engine import EngineStore
from explorer.ui.window import MainWindow

_LOOK_EVERY_MS = 100
_CALM_LOOKS = 4
"""So many looks in a row must find the panel idle: a debounced request counts as work to come."""
_PATIENCE_LOOKS = 600


class Screenshot(QObject):
    """Looks every 100 ms; exit code 0 with the picture saved, 1 with a sentence when that failed."""

    def __init__(self, window: MainWindow, engine: EngineStore, target: Path) -> None:
        super().__init__(window)
        self._window, self._engine, self._target = window, engine, target
        self._calm = self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        self._looks += 1
        idle = self._engine.settled and self._window.panel(self._window.current).is_idle()
        self._calm = self._calm + 1 if idle else 0
        if self._calm >= _CALM_LOOKS:
            self._finish()
        elif self._looks >= _PATIENCE_LOOKS:
            self._end(
                f"The panel was still busy after {_PATIENCE_LOOKS // 10} seconds: no picture was saved."
            )

    def _finish(self) -> None:
        saved = self._window.grab().save(str(self._target), "PNG")
        self._end(
            ""
            if saved
            else f"The picture could not be saved as {self._target}: choose a folder that can be written."
        )

    def _end(self, trouble: str) -> None:
        self._timer.stop()
        if trouble:
            sys.stderr.write(trouble + "\n")
        self._window.close()
        QApplication.exit(1 if trouble else 0)
