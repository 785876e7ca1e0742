"""Typing: from a key press to the paint that shows its tokens, in a text of 1 MB (or 10) with o200k_base.

    python -m tests.benchmarks.typing_speed [--keys N] [--size BYTES] [--encoding NAME] [--open] [--json]

The panel, its store and a real text worker; real key events at the start, in the middle and at the end of
the text, at the pace of a fast typist. A key's time ends with the paint after which every token of the text
with that key is on the screen, in the editor and among the chips. Offscreen; on X11 with DISPLAY set and
QT_QPA_PLATFORM=xcb. It also pastes the whole text (`--open`: opens it as a file) and tells how late the event
loop was meanwhile, goes through it page by page, and tells how much memory both processes took for it.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pydoc_data.topics import topics

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QAbstractSlider, QApplication

from explorer.heap import give_back_large_blocks
from explorer.ui.engine_client import EngineClient, engine_command
from explorer.ui.panels.tokenizer import TokenizerPanel
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.style_sheet import style_sheet
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_editor import TokenEditor
from explorer.ui.widgets.token_flow import TokenFlow

TARGET_MS, LARGE_TARGET_MS, LARGE = 16, 33, 1_500_000
"""For a key; above so many characters the second one."""
MEMORY_TARGET = 20
"""Times the text's own size."""
_PAGES = 120
TYPED = (
    'The quick brown fox, 127 + 677: "jumps" over it.\nTokens, naïve 中文 and more; def f(x):\n    return x\n'
)
_PACE_MS = 25
"""Between two key presses: 40 a second."""


def long_text(size: int) -> str:
    """The Python manual's topics in turn, each round's words slightly others, `size` characters of it."""
    parts: list[str] = []
    length = number = 0
    while length < size:
        for topic in topics.values():
            parts.append(topic.replace("the", f"the{number}") if number else topic)
            length += len(parts[-1])
        number += 1
    return "".join(parts)[:size]


class Bench:
    """Opens the panel, pastes the text, types; `run` returns when everything is measured."""

    def __init__(self, app: QApplication, data_dir: str, arguments: argparse.Namespace) -> None:
        self._app, self._arguments = app, arguments
        theme = Theme("light")
        app.setStyle("Fusion")
        app.setFont(theme.font("body"))
        app.setStyleSheet(style_sheet(theme))
        settings = Settings(Path(data_dir))
        settings.set("tokenizer/encoding", arguments.encoding)
        settings.set("tokenizer/started", True)
        self.store = TokenizerStore(settings)
        self.engine = EngineClient(engine_command("text", data_dir))
        self.store.command.connect(self.engine.send)
        self.engine.received.connect(self.store.apply)
        self.engine.ready.connect(self.store.engine_ready)
        self.panel = TokenizerPanel(theme, settings, self.store)
        self.panel.resize(1368, 840)
        self.panel.show()
        self.times_ms: dict[str, list[float]] = {}
        self.paste: dict[str, float] = {}
        self._then: Callable[[], None] | None = None
        self.memory: dict[str, float] = {}
        self._data_dir = data_dir
        self._pressed_at = self._beat_at = 0.0
        self._beats_ms: list[float] = []
        for kind in (TokenEditor, TokenFlow):
            self._watch(kind)

    def run(self) -> None:
        self.engine.start()
        self._when_idle(self._paste_text)
        self._app.exec()
        self.engine.stop()
        self.engine.wait_for_end(10_000)

    def _watch(self, kind: type[TokenEditor] | type[TokenFlow]) -> None:
        """Look after each paint whether everything is on the screen."""
        paint = kind.paintEvent

        def paint_and_look(widget: TokenEditor | TokenFlow, event: QPaintEvent) -> None:
            paint(widget, event)
            if self._then is not None and self.panel.is_idle():
                then, self._then = self._then, None
                self._painted_at = perf_counter()
                QTimer.singleShot(0, then)

        kind.paintEvent = paint_and_look  # type: ignore[method-assign]

    def _when_idle(self, then: Callable[[], None]) -> None:
        if self.panel.is_idle():
            self._painted_at = perf_counter()
            then()
        else:
            QTimer.singleShot(5, lambda: self._when_idle(then))

    # ------------------------------------------------------------ pasting

    def _paste_text(self) -> None:
        text = long_text(self._arguments.size)
        file = Path(self._data_dir) / "text.txt"
        if self._arguments.open:
            file.write_text(text, encoding="utf-8")
        else:
            # As text, not as a QMimeData of Python's: offscreen the clipboard frees that when Python is gone.
            QGuiApplication.clipboard().setText(text)
        del text
        self._before = self._resident()
        self._beat = QTimer()
        self._beat.setInterval(0)
        self._beat.timeout.connect(self._count_beat)
        self._beat_at = self._pressed_at = perf_counter()
        self._beat.start()
        if self._arguments.open:
            self.store.open_file(str(file))
        else:
            self.panel.work.editor.paste()
        self._when_idle(self._pasted)

    def _resident(self) -> tuple[int, int]:
        """Bytes of this process, and of the text worker."""
        window = psutil.Process()
        workers = [child.memory_info().rss for child in window.children(recursive=True)]
        return window.memory_info().rss, sum(workers)

    def _count_beat(self) -> None:
        now = perf_counter()
        self._beats_ms.append(1000 * (now - self._beat_at))
        self._beat_at = now

    def _pasted(self) -> None:
        self._beat.stop()
        beats = sorted(self._beats_ms)
        self.paste = {
            "tokens": len(self.store.spans),
            "seconds": self._painted_at - self._pressed_at,
            "turns_over_8_ms": sum(beat > 8 for beat in beats),
            "worst_turn_ms": beats[-1],
        }
        for name, before, after in zip(("window", "worker"), self._before, self._resident(), strict=True):
            self.memory[name] = (after - before) / self._arguments.size
        self._pages_left = _PAGES
        self.times_ms["scroll"] = []
        self._turn_page()

    def _turn_page(self) -> None:
        if self._pages_left == 0:
            self._begin_typing()
            return
        self._pages_left -= 1
        self._then = self._page_painted
        self._pressed_at = perf_counter()
        bar = self.panel.work.editor.verticalScrollBar()
        if self._pages_left == _PAGES // 2:
            bar.setValue(bar.maximum() // 2)
        bar.triggerAction(QAbstractSlider.SliderAction.SliderPageStepAdd)

    def _page_painted(self) -> None:
        self.times_ms["scroll"].append(1000 * (self._painted_at - self._pressed_at))
        QTimer.singleShot(_PACE_MS, self._turn_page)

    # ------------------------------------------------------------ typing

    def _begin_typing(self) -> None:
        length = len(self.store.text)
        self._places = [("start", 0), ("middle", length // 2), ("end", length)]
        self._next_place()

    def _next_place(self) -> None:
        if not self._places:
            self._app.quit()
            return
        name, unit = self._places.pop(0)
        cursor = self.panel.work.editor.textCursor()
        cursor.setPosition(unit)
        self.panel.work.editor.setTextCursor(cursor)
        self.panel.work.editor.moveCursor(QTextCursor.MoveOperation.NoMove)
        self._here = self.times_ms.setdefault(name, [])
        self._left = self._arguments.keys
        QTimer.singleShot(200, self._press)

    def _press(self) -> None:
        if self._left == 0:
            self._next_place()
            return
        character = TYPED[-self._left % len(TYPED)]
        key = Qt.Key.Key_Return if character == "\n" else Qt.Key.Key_A
        self._left -= 1
        self._then = self._key_painted
        self._pressed_at = perf_counter()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
            QCoreApplication.sendEvent(self.panel.work.editor, event)

    def _key_painted(self) -> None:
        took_ms = 1000 * (self._painted_at - self._pressed_at)
        self._here.append(took_ms)
        QTimer.singleShot(max(1, round(_PACE_MS - took_ms)), self._press)


def _row(times_ms: list[float]) -> dict[str, float]:
    ordered = sorted(times_ms)
    return {
        "keys": len(ordered),
        "median_ms": ordered[len(ordered) // 2],
        "p99_ms": ordered[int(0.99 * len(ordered))],
        "worst_ms": ordered[-1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=300, help="at each of the three places")
    parser.add_argument("--size", type=int, default=1_000_000, help="characters of text")
    parser.add_argument("--encoding", default="o200k_base")
    parser.add_argument("--open", action="store_true", help="open the text as a file instead of pasting it")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    give_back_large_blocks()  # as the window does when it starts
    app = QApplication([])
    with tempfile.TemporaryDirectory() as data_dir:
        bench = Bench(app, data_dir, arguments)
        bench.run()
    everything = [time for name, times in bench.times_ms.items() if name != "scroll" for time in times]
    rows = {name: _row(times) for name, times in [*bench.times_ms.items(), ("all", everything)]}
    if arguments.json:
        said = {"typing": rows, "paste": bench.paste, "memory": bench.memory, "platform": app.platformName()}
        print(json.dumps(said))
        return
    print(f"key press to painted tokens, {arguments.size:,} characters, {app.platformName()}")
    target = LARGE_TARGET_MS if arguments.size > LARGE else TARGET_MS
    print(f"{'':8}{'keys':>6}{'median':>9}{'p99':>9}{'worst':>9}  ms   target p99 <= {target}")
    for name, row in rows.items():
        print(f"{name:8}{row['keys']:6}{row['median_ms']:9.1f}{row['p99_ms']:9.1f}{row['worst_ms']:9.1f}")
    paste = bench.paste
    way = "opened" if arguments.open else "pasted"
    print(
        f"{way}: {paste['tokens']:,} tokens on the screen after {paste['seconds']:.2f} s; turns of the event"
        f" loop meanwhile: worst {paste['worst_turn_ms']:.1f} ms, {paste['turns_over_8_ms']} over 8 ms"
    )
    both = sum(bench.memory.values())
    print(
        f"memory for it: {both:.1f} times the text (window {bench.memory['window']:.1f}, worker"
        f" {bench.memory['worker']:.1f}), target <= {MEMORY_TARGET}"
    )


if __name__ == "__main__":
    main()
