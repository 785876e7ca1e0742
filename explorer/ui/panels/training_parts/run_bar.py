"""What the current run does now, in words and as a bar, with pause and stop; and what went wrong with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import words
from explorer.ui.panels.base import Notice
from explorer.ui.panels.training_parts.run_views import RunView
from explorer.ui.theme import Theme
from explorer.ui.widgets.steady_text import SteadyText

_BAR_UNITS = 1000


class RunBar(QWidget):
    """The shown run's state, and what can be done about it.

    Signals, all for that run: `pause_requested`, `continue_requested`, `stop_requested`, `go_on_requested`
    (from its last checkpoint), `longer_requested` (a finished run shall learn on).
    """

    pause_requested = Signal()
    continue_requested = Signal()
    stop_requested = Signal()
    go_on_requested = Signal()
    longer_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._paused = False
        self._trouble = ""
        self._build()
        self._pause.clicked.connect(self._pause_clicked)
        self._stop.clicked.connect(self.stop_requested)
        self._resume.clicked.connect(self.go_on_requested)
        self._longer.clicked.connect(self.longer_requested)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def _build(self) -> None:
        self._name = QLabel()
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._said = SteadyText(self._theme, "body", muted=True)
        self._said.setAccessibleName(self.tr("What the run does"))
        self._bar = QProgressBar()
        self._bar.setRange(0, _BAR_UNITS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._pause = QPushButton(self.tr("Pause"))
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.setToolTip(self.tr("Save and end; it can be resumed"))
        self._resume = QPushButton(self.tr("Resume"))
        self._resume.setToolTip(self.tr("Go on from its last checkpoint"))
        self._longer = QPushButton(self.tr("Train longer"))
        self._longer.setToolTip(self.tr("Go on for as many steps as the sentence above says"))
        self._notice = Notice()
        self._left_out = Notice()
        self._left_out_of = ""
        self._row = QHBoxLayout()
        self._row.addWidget(self._name)
        self._row.addWidget(self._said, 1)
        for button in (self._pause, self._stop, self._resume, self._longer):
            self._row.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._row)
        self._column.addWidget(self._bar)
        self._column.addWidget(self._notice)
        self._column.addWidget(self._left_out)

    def show_run(self, view: RunView | None) -> None:
        """Render the current run; None: there is none."""
        self.setVisible(view is not None)
        if view is None:
            return
        live = view.live if view.live is not None and view.live.active else None
        self._name.setText(view.name)
        said, share = self._progress(view)
        self._said.set_text(said)
        self._bar.setValue(round(share * _BAR_UNITS))
        self._paused = view.status == "paused"
        self._pause.setVisible(live is not None)
        self._stop.setVisible(live is not None)
        self._pause.setText(self.tr("Continue") if self._paused else self.tr("Pause"))
        self._pause.setEnabled(live is not None and live.state in ("running", "paused"))
        self._stop.setEnabled(view.status != "stopping")
        self._resume.setVisible(view.status == "interrupted")
        self._longer.setVisible(view.status == "finished" and view.checkpoint != "")
        self._show_trouble(view)
        self._show_left_out(view)

    def said(self) -> str:
        """What is said of the run."""
        return self._said.text()

    def left_out(self) -> str:
        """What of the text could not be used, as it is said; empty if all could."""
        return self._left_out.text()

    def trouble(self) -> str:
        """What went wrong, as it is said; empty if nothing."""
        return self._notice.text()

    # ------------------------------------------------------------

    def _progress(self, view: RunView) -> tuple[str, float]:
        """The words, and the share of the bar."""
        live = view.live
        if live is not None and live.active and live.stage:
            return self._stage_words(live.stage, live.share), live.share
        share = view.step / view.steps if view.steps else 0.0
        parts = [
            self.tr("step {step} of {steps}").format(
                step=words.count(view.step), steps=words.count(view.steps)
            )
        ]
        if view.status == "starting":
            return self.tr("starting …"), 0.0
        if view.status == "running" and live is not None and live.eta_s is not None:
            parts.append(self.tr("{time} left").format(time=words.duration(live.eta_s)))
        status = self._status_words(view)
        return "  ·  ".join([*parts, status] if status else parts), min(1.0, share)

    def _status_words(self, view: RunView) -> str:
        if view.live is not None and view.live.state == "pausing":
            return self.tr("pausing …")
        if view.status == "running" and view.live is None:
            return self.tr("trained by another process")
        return {
            "paused": self.tr("paused"),
            "stopping": self.tr("saving and stopping …"),
            "finished": self.tr("finished"),
            "interrupted": self.tr("interrupted"),
            "recorded": self.tr("recorded when a shipped model was made"),
        }.get(view.status, "")

    def _stage_words(self, stage: str, share: float) -> str:
        said = {
            "reading": self.tr("reading the text"),
            "tokenizer": self.tr("learning the vocabulary"),
            "tokens": self.tr("cutting the text into tokens"),
            "pairs": self.tr("drawing pairs of answers"),
            "model": self.tr("making the model"),
            "compiling": self.tr("making the model fast"),
        }.get(stage, stage)
        return f"{said}  {round(100 * share)} %"

    def _show_trouble(self, view: RunView) -> None:
        """Say what went wrong, once: closed by hand, it stays closed."""
        said, action, details = self._trouble_words(view)
        sign = f"{view.key}/{view.live.job if view.live is not None else ''}/{said}"
        if sign != self._trouble:
            self._trouble = sign
            self._notice.say(said, "error", action, self.go_on_requested.emit, details)

    def _show_left_out(self, view: RunView) -> None:
        """Say once what of the text was passed over."""
        read = view.live.text_read if view.live is not None else None
        said: list[str] = []
        if read is not None and read.lines_skipped:
            count = words.count(read.lines_skipped)
            said.append(self.tr("{count} lines could not be used and were left out.").format(count=count))
        if read is not None and read.files_skipped:
            count = words.count(read.files_skipped)
            said.append(self.tr("{count} files hold no text and were left out.").format(count=count))
        if read is not None and read.vocab_size < read.vocab_wanted:
            line = self.tr("The text fills only {size} of the {wanted} entries of the vocabulary.")
            said.append(line.format(size=words.count(read.vocab_size), wanted=words.count(read.vocab_wanted)))
        sign = f"{view.key}/{' '.join(said)}"
        if sign != self._left_out_of:
            self._left_out_of = sign
            examples = "\n".join(read.examples) if read is not None else ""
            self._left_out.say(" ".join(said), "info", "", None, examples)

    def _trouble_words(self, view: RunView) -> tuple[str, str, str]:
        live = view.live
        if view.opened is not None and view.opened.failure is not None and live is None:
            failure = view.opened.failure
            return words.engine_sentence(failure.template, failure.values), "", failure.details
        if live is None or live.state not in ("failed", "lost"):
            return "", "", ""
        action = self.tr("Start again")
        if view.checkpoint and live.checkpoint_step is not None:
            action = self.tr("Go on from step {step}").format(step=words.count(live.checkpoint_step))
        if live.failure is not None and live.state == "failed":
            return (
                words.engine_sentence(live.failure.template, live.failure.values),
                action,
                live.failure.details,
            )
        if live.checkpoint_step is None:
            said = self.tr(
                "The engine that trained this run has died. Nothing was saved yet: start it again."
            )
        else:
            said = self.tr(
                "The engine that trained this run has died. Every point is kept, and step {step} is saved."
            ).format(step=words.count(live.checkpoint_step))
        return said, action, live.words

    def _pause_clicked(self) -> None:
        (self.continue_requested if self._paused else self.pause_requested).emit()

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(4))
        self._row.setSpacing(px(8))
        font = self._theme.font("body")
        font.setBold(True)
        self._name.setFont(font)
        self._bar.setFixedHeight(px(8))
        self._name.setMaximumWidth(px(320))
