"""Models that a stage can begin from: runs with a checkpoint, and those that are shipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from explorer.protocol import RunInfo
from explorer.ui.panels.training_parts.choice import FROM_CHAT, StageName
from explorer.ui.stores.known_models import KnownModels

_AFTER: dict[StageName, tuple[str, str]] = {
    "sft": ("pretrain", "explorer-base"),
    "rejection": ("sft", "explorer-chat"),
    "grpo": ("sft", "explorer-chat"),
    "reward": ("sft", "explorer-chat"),
    "rlhf": ("sft", "explorer-chat"),
}
"""Which stage a run, and which shipped model, each stage usually begins from."""


@dataclass(frozen=True)
class Beginning:
    """One model to begin from."""

    path: str
    """What `StartTraining.parent` takes: a run's folder, so that it is its newest checkpoint."""
    name: str
    chats: bool
    """Whether it has learned to take part in a conversation."""
    stage: str = ""
    """Of a run; empty for a shipped model."""
    step: int | None = None
    began: str = ""
    """The checkpoint that a run began from, if it is known."""


def beginnings_of(runs: Sequence[RunInfo], known: KnownModels) -> list[Beginning]:
    """Runs, newest first, then shipped models. A reward model says nothing, so it is none of them."""
    ours = [
        Beginning(run.path, run.name, run.stage != "pretrain", run.stage, run.step)
        for run in runs
        if run.checkpoint and run.stage not in ("", "reward")
    ]
    shipped = [Beginning(one.path, one.name, bool(one.chat)) for one in known.all if one.shipped]
    return [*ours, *shipped]


def judges_of(runs: Sequence[RunInfo]) -> list[Beginning]:
    """Runs of reward models, newest first."""
    return [
        Beginning(run.path, run.name, False, run.stage, run.step, run.parent)
        for run in runs
        if run.checkpoint and run.stage == "reward"
    ]


def fitting(stage: StageName, beginnings: Sequence[Beginning]) -> list[Beginning]:
    """Those that `stage` can begin from."""
    return [one for one in beginnings if one.chats or stage not in FROM_CHAT]


def usual(stage: StageName, fit: Sequence[Beginning], began: str = "") -> str:
    """The path that is offered: the newest run of the stage before, the shipped one of that kind, or any.

    `began`: the checkpoint that goes before all of them, if it is one of theirs.
    """
    before, shipped = _AFTER.get(stage, ("", ""))
    first = next((one for one in fit if began and PurePath(began).is_relative_to(one.path)), None)
    first = first or next((one for one in fit if one.stage == before), None)
    first = first or next((one for one in fit if not one.stage and one.name == shipped), None)
    return first.path if first is not None else fit[0].path if fit else ""
