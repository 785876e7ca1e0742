"""What the shipped models learn: the runs between nothing and the three models, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from explorer.core.training.prepare import Plan
from explorer.protocol import BUILT_IN_TEXT

Name = Literal["base", "invents", "chat", "think"]


@dataclass(frozen=True)
class Course:
    """One run."""

    name: Name
    title: str
    """What its checkpoints are called."""
    stage: str
    text: str
    minutes: str
    """About how long it takes on two processor cores, for people."""
    parent: Name | None = None
    steps: int | None = None
    batch: int | None = None
    learning_rate: float | None = None
    milestones: int = 0
    """Checkpoints of the way that are shipped."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    ships: bool = True
    """Whether its last checkpoint becomes a model; otherwise it is only measured."""


COURSES: tuple[Course, ...] = (
    Course(
        "base",
        "explorer-base",
        "pretrain",
        "world:24M",
        minutes="30",
        steps=5600,
        milestones=12,
    ),
    Course(
        "chat",
        "explorer-chat",
        "sft",
        "chats",
        minutes="6",
        parent="base",
        steps=2800,
        milestones=6,
        options={"conversations": "60000", "shown_steps": "0.5"},
    ),
    Course(
        "invents",
        "explorer-chat without a word on what it does not know",
        "sft",
        "chats",
        minutes="5",
        parent="base",
        steps=1400,
        options={"conversations": "30000", "unknown": "false"},
        ships=False,
    ),
    Course(
        "think",
        "explorer-think",
        "grpo",
        "",
        minutes="15",
        parent="chat",
        steps=240,
        milestones=6,
    ),
)


def plan_of(course: Course, seed: int, work: Path, scale: float = 1.0) -> Plan:
    """What the training is asked for. `scale`: share of the steps that are done, for a trial."""
    return Plan(
        text=course.text or BUILT_IN_TEXT,
        preset="micro",
        name=course.title,
        stage=course.stage,
        seed=seed,
        parent="" if course.parent is None else str(work / course.parent),
        steps=None if course.steps is None else max(2, round(course.steps * scale)),
        batch=course.batch,
        learning_rate=course.learning_rate,
        milestones=course.milestones,
        options=course.options,
    )
