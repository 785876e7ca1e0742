"""How late the window's event loop is while a nano run trains on the same cores.

    python -m tests.benchmarks.window_lateness [--seconds N] [--history STEPS] [--no-training] [--json]

The whole window with the training panel in front: the curves of the live run are drawn as they come, beside
those of a run of 100,000 steps. A timer of 5 ms measures how much later than due it fires: whatever else the
window does meanwhile (events from the engine, drawing) makes it late. The engine trains at the lowest
priority, as always. `--no-training` measures the same window at rest, for comparison.
"""

import argparse
import json
import os
import tempfile
import time
from math import exp
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
import numpy as np
from PySide6.QtCore import Qt, QTimer

from explorer.app import App
from explorer.core.runs import METRICS_FILE, RunFolder, RunRecord, metric_line
from explorer.launch import parse_arguments
from explorer.protocol import MetricPoint
from explorer.ui.panels.training import TrainingPanel
from explorer.ui.panels.training_parts.choice import Choice

_TICK_MS = 5


def write_history(runs_dir: Path, steps: int) -> Path:
    """A finished run of so many steps, as a trainer would have left it."""
    path = runs_dir / "long-history"
    path.mkdir(parents=True)
    RunFolder(path).write_record(
        RunRecord(
            name="Long history",
            preset="nano",
            text="made up",
            text_path="",
            created_s=time.time() - 86_400,
            seed=1,
            steps=steps,
            tokenizer="bpe",
            vocab_size=1024,
            parameters=0,
            model={},
            recipe={},
            tokens=0,
            token_bytes=2,
            fingerprint="",
            versions={},
            finished=True,
        )
    )
    noise = np.random.default_rng(1).normal(0, 0.1, steps)
    with (path / METRICS_FILE).open("wb") as stream:
        for step in range(1, steps + 1):
            loss = 1.5 + 5.4 * exp(-6 * step / steps) + float(noise[step - 1])
            held_out = loss + 0.1 if step % 50 == 0 else None
            point = MetricPoint(
                step=step,
                train_loss=loss,
                val_loss=held_out,
                val_bpb=held_out,
                learning_rate=1e-3,
                grad_norm=1.0,
                tokens_per_s=17_000.0,
                elapsed_s=step * 0.1,
            )
            stream.write(msgspec.json.encode(metric_line(point)) + b"\n")
    return path


class Lateness:
    """A timer's tardiness, in milliseconds, while it runs."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._due = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Measure from now on."""
        self._due = perf_counter() + _TICK_MS / 1000
        self._timer.start()

    def stop(self) -> None:
        """Enough."""
        self._timer.stop()

    def _tick(self) -> None:
        now = perf_counter()
        self.late_ms.append(max(0.0, (now - self._due) * 1000))
        self._due = now + _TICK_MS / 1000


class Measurement:
    """Drives one window: history on the screen, a run if asked for, then the measuring, then the end."""

    def __init__(self, app: App, history: Path, seconds: float, train: bool) -> None:
        self.app, self.history, self.seconds, self.train = app, history, seconds, train
        self.lateness = Lateness()
        self.redraws = 0
        self.redraw_ms: list[float] = []
        self.steps = 0
        self._began_step = 0
        self._state = "settling"
        panel = app.window.panel("training")
        assert isinstance(panel, TrainingPanel)
        self.panel = panel
        self._time_redraws()
        self._watch = QTimer()
        self._watch.setInterval(100)
        self._watch.timeout.connect(self._look)
        self._watch.start()

    def _time_redraws(self) -> None:
        plot = self.panel.work.curves.plot
        redraw = plot.redraw

        def timed() -> None:
            began = perf_counter()
            redraw()
            self.redraw_ms.append((perf_counter() - began) * 1000)

        plot.redraw = timed  # type: ignore[method-assign]

    def _look(self) -> None:
        app = self.app
        opened = app.runs.opened(str(self.history))
        if self._state == "settling" and app.engine.settled and app.runs.listed:
            self.panel.open_run(str(self.history))
            self._state = "loading"
        elif self._state == "loading" and opened is not None and opened.info is not None:
            if len(opened.data) < opened.info.step:
                return
            if self.train:
                self.panel.work.setup.set_choice(Choice(steps=100_000))
                self.panel.work.setup.start_requested.emit()
            self._state = "starting"
        elif self._state == "starting" and (not self.train or self._step() >= 20):
            self._state = "measuring"
            self._began_step, self._began = self._step(), perf_counter()
            self.redraw_ms.clear()
            self.lateness.start()
        elif self._state == "measuring" and perf_counter() - self._began >= self.seconds:
            self.lateness.stop()
            self.steps = self._step() - self._began_step
            self._state = "done"
            self._watch.stop()
            app.window.close()

    def _step(self) -> int:
        jobs = self.app.training.running_jobs()
        return jobs[0].step if jobs else 0

    def result(self) -> dict[str, float]:
        """Milliseconds late: median, 99th percentile, worst; and what happened meanwhile."""
        late = np.array(self.lateness.late_ms)
        redraws = np.array(self.redraw_ms or [0.0])
        return {
            "ticks": len(late),
            "p50_ms": float(np.percentile(late, 50)),
            "p99_ms": float(np.percentile(late, 99)),
            "worst_ms": float(late.max()),
            "redraws": len(self.redraw_ms),
            "redraw_p50_ms": float(np.percentile(redraws, 50)),
            "redraw_p99_ms": float(np.percentile(redraws, 99)),
            "steps": self.steps,
            "steps_per_s": self.steps / self.seconds,
        }


def measure(seconds: float, steps_of_history: int, train: bool) -> dict[str, float]:
    """One window, measured for so long."""
    with tempfile.TemporaryDirectory() as data_dir:
        history = write_history(Path(data_dir) / "runs", steps_of_history)
        app = App(parse_arguments(["--data-dir", data_dir, "--panel", "training", "--size", "1440x900"]))
        measurement = Measurement(app, history, seconds, train)
        app.run()
        return measurement.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--history", type=int, default=100_000)
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = measure(arguments.seconds, arguments.history, not arguments.no_training)
    if arguments.json:
        print(json.dumps(result))
        return
    print(f"the window's loop, late    p50 {result['p50_ms']:5.1f} ms")
    print(f"                           p99 {result['p99_ms']:5.1f} ms    target <= 12")
    print(f"                         worst {result['worst_ms']:5.1f} ms    target <= 50")
    print(f"curves prepared {result['redraws']:6.0f} times  p50 {result['redraw_p50_ms']:5.1f} ms")
    print(f"                           p99 {result['redraw_p99_ms']:5.1f} ms")
    print(f"training meanwhile        {result['steps']:6.0f} steps, {result['steps_per_s']:.1f} a second")


if __name__ == "__main__":
    main()
