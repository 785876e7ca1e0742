"""Start: from process start to a window that answers, beside a bare PySide6 + pyqtgraph window.

    python -m tests.benchmarks.start_time [--rounds N] [--json]

Both are started in turn, N times. "Answers" means: shown, painted once, and a timer of 0 ms that was set
when the first paint was done has fired. The peak memory is that of the window's own process, after all
panels were opened and the resident engines were up.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

_WATCH = """
import resource, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

class FirstPaint(QObject):
    # Of any widget: a window that its widgets cover is never painted itself.
    def __init__(self, then):
        super().__init__()
        self.then = then
        QApplication.instance().installEventFilter(self)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QApplication.instance().removeEventFilter(self)
            QTimer.singleShot(0, self.then)
        return False

def answered():
    print("answers_s", time.monotonic() - float(sys.argv[1]), flush=True)
"""

_BARE = (
    _WATCH
    + """
import pyqtgraph
from PySide6.QtWidgets import QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(pyqtgraph.PlotWidget())
window.resize(1440, 900)
def done():
    answered()
    app.quit()
watch = FirstPaint(done)
window.show()
app.exec()
"""
)

_OURS = (
    _WATCH
    + """
from explorer.launch import parse_arguments
arguments = parse_arguments(["--data-dir", sys.argv[2], "--panel", "tokenizer", "--size", "1440x900"])
from explorer.app import App
from explorer.launch import PANELS
app = App(arguments)
def done():
    answered()
    if sys.argv[3] == "time":
        app.window.close()
watch = FirstPaint(done)
if sys.argv[3] == "memory":
    def look():
        if app.engine.settled:
            for name in PANELS:
                app.window.show_panel(name)
                app.window.grab()
            print("peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
            timer.stop()
            app.window.close()
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(100)
app.run()
"""
)


def _run(code: str, data_dir: str, what: str) -> dict[str, float]:
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    command = [sys.executable, "-c", code, str(time.monotonic()), data_dir, what]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=True)
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def measure(rounds: int) -> dict[str, float]:
    """Medians over `rounds` pairs, and the median of the pairs' ratios."""
    with tempfile.TemporaryDirectory() as data_dir:
        _run(_BARE, data_dir, "time")
        _run(_OURS, data_dir, "time")
        pairs = [
            (_run(_BARE, data_dir, "time")["answers_s"], _run(_OURS, data_dir, "time")["answers_s"])
            for _ in range(rounds)
        ]
        memory = _run(_OURS, data_dir, "memory")
    return {
        "bare_s": statistics.median(bare for bare, _ in pairs),
        "ours_s": statistics.median(ours for _, ours in pairs),
        "ratio": statistics.median(ours / bare for bare, ours in pairs),
        "peak_mb": memory["peak_mb"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = measure(arguments.rounds)
    if arguments.json:
        print(json.dumps(result))
        return
    print(f"bare PySide6 + pyqtgraph window answers   {result['bare_s']:6.2f} s")
    print(f"LLM Explorer's window answers             {result['ours_s']:6.2f} s")
    print(f"ratio (median of pairs)                   {result['ratio']:6.2f}    target <= 2")
    print(f"peak memory of the window's process       {result['peak_mb']:6.0f} MB target <= 300")


if __name__ == "__main__":
    main()
