"""One run as the panel sees it, whether it trains here, trains elsewhere, or lies on the disk."""

from dataclasses import dataclass
from math import log

from explorer.protocol import RunInfo, StartTraining
from explorer.ui.panels.training_parts.stage_words import stage_name
from explorer.ui.stores.run_data import RunData
from explorer.ui.stores.runs import OpenedRun, RunsStore
from explorer.ui.stores.training import LiveRun, TrainingStore
from explorer.ui.widgets.run_table import RowStatus, RunRow

_NO_DATA = RunData()


@dataclass(frozen=True)
class RunView:
    """What both stores know of one run."""

    key: str
    name: str
    status: RowStatus
    data: RunData
    live: LiveRun | None
    opened: OpenedRun | None
    info: RunInfo | None
    slot: int
    """Of its lines in the plot."""

    @property
    def stage(self) -> str:
        """Which kind of training: "pretrain", "sft", "grpo" ..."""
        if self.info is not None:
            return self.info.stage
        request = self.live.request if self.live is not None else None
        return request.stage if isinstance(request, StartTraining) else ""

    @property
    def step(self) -> int:
        """Steps done."""
        if self.live is not None:
            return self.live.step
        last = self.data.last_step
        known = self.info.step if self.info is not None else 0
        return max(known, last or 0) if self.status == "running" else known

    @property
    def steps(self) -> int:
        """Steps planned; 0 while unknown."""
        if self.live is not None and self.live.steps:
            return self.live.steps
        return self.info.steps if self.info is not None else 0

    @property
    def uniform_loss(self) -> float | None:
        """What a model that knows nothing scores: ln V, nats."""
        if self.live is not None and self.live.uniform_loss is not None:
            return self.live.uniform_loss
        vocab_size = self.info.vocab_size if self.info is not None else None
        return log(vocab_size) if vocab_size else None

    @property
    def checkpoint(self) -> str:
        """Its newest checkpoint, or empty."""
        if self.live is not None and self.live.checkpoint:
            return self.live.checkpoint
        return self.info.checkpoint if self.info is not None else ""

    @property
    def held(self) -> bool:
        """Whether some process trains it now."""
        return self.status in ("starting", "running", "paused", "stopping")


def view_of(key: str, training: TrainingStore, runs: RunsStore) -> RunView | None:
    """The run called `key`, or None if neither store knows it."""
    live, opened, info = training.find(key), runs.opened(key), runs.info(key)
    if live is None and opened is None and info is None:
        return None
    data = live.data if live is not None else opened.data if opened is not None else _NO_DATA
    info = info or (live.info if live is not None else None)
    name = info.name if info is not None else live.name if live is not None else key
    recorded = any(run.path == key for run in runs.recorded)
    status = "recorded" if recorded else _status(live, info)
    return RunView(key, name, status, data, live, opened, info, runs.slot(key))


def _status(live: LiveRun | None, info: RunInfo | None) -> RowStatus:
    """Of the worker while there is one; then what the disk says, unless it ended badly here."""
    if live is not None and (live.active or live.state in ("failed", "lost") or info is None):
        return "running" if live.state == "pausing" else live.state
    return info.status if info is not None else "starting"


def rows_of(training: TrainingStore, runs: RunsStore) -> list[RunRow]:
    """The list: what the disk has, what has no folder yet, and folders from elsewhere."""
    keys = [live.key for live in reversed(training.runs) if runs.info(live.key) is None]
    keys += [opened.path for opened in runs.watched if opened.info is not None]
    keys += [info.path for info in (*runs.runs, *runs.recorded)]
    ours = {info.path for info in runs.runs}
    views = [view_of(key, training, runs) for key in dict.fromkeys(keys)]
    return [_row(view, runs, view.key in ours) for view in views if view is not None]


def _row(view: RunView, runs: RunsStore, ours: bool) -> RunRow:
    info, shown = view.info, view.key in runs.shown
    has_points = len(view.data) > 0
    return RunRow(
        key=view.key,
        run=info.run if info is not None and ours else "",
        name=view.name,
        stage=stage_name(view.stage),
        status=view.status,
        step=view.step,
        steps=view.steps,
        train_loss=view.data.latest("train_loss") if has_points else info.train_loss if info else None,
        val_loss=view.data.latest("val_loss") if has_points else info.val_loss if info else None,
        created_s=info.created_s if info is not None else float("inf"),
        checkpoint=view.checkpoint,
        text=info.text if info is not None else "",
        slot=runs.slot(view.key) if shown else None,
        current=view.key == runs.current,
        held=view.held,
    )


def bin_rows(runs: RunsStore) -> list[RunRow]:
    """What is in the bin."""
    return [
        RunRow(
            key=info.path,
            run=info.run,
            name=info.name,
            stage=stage_name(info.stage),
            status=info.status,
            step=info.step,
            steps=info.steps,
            train_loss=info.train_loss,
            val_loss=info.val_loss,
            created_s=info.created_s,
            checkpoint=info.checkpoint,
            text=info.text,
        )
        for info in runs.binned
    ]
