"""What the shipped models learn: the runs between nothing and the three models, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from explorer.core.training.prepare import Plan
from explorer.protocol import BUILT_IN_TEXT, WORLD_TEXT

Name = Literal["base", "invents", "chat", "think"]


@dataclass(frozen=True)
class Course:
    """One run."""

    name: Name
    title: str
    """What its checkpoints are called."""
    stage: str
    steps: int
    parent: Name | None = None
    text: str = ""
    """The built-in corpus that it reads, if it reads one, and how much of it in characters."""
    characters: int = 0
    conversations: int = 0
    """That it learns from, if it does."""
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
        steps=8400,
        text=WORLD_TEXT,
        characters=36_000_000,
        milestones=8,
    ),
    Course(
        "chat",
        "explorer-chat",
        "sft",
        steps=7000,
        parent="base",
        conversations=78_000,
        milestones=2,
        options={"shown_steps": "0.4", "replay": "0.45"},
    ),
    Course(
        "think",
        "explorer-think",
        "grpo",
        steps=320,
        parent="chat",
        milestones=4,
    ),
    Course(
        "invents",
        "explorer-chat without a word on what it does not know",
        "sft",
        steps=1000,
        parent="base",
        conversations=16_000,
        options={"unknown": "false", "shown_steps": "0.4", "replay": "0.5"},
        ships=False,
    ),
)
_SMALLEST_WORLD, _FEWEST_CONVERSATIONS = 100_000, 200


def find_course(name: Name) -> Course:
    """By its name."""
    return next(course for course in COURSES if course.name == name)


def plan_of(course: Course, seed: int, work: Path, scale: float = 1.0) -> Plan:
    """What the training is asked for. `scale`: share of texts and steps that is taken, for a trial."""
    text, options = BUILT_IN_TEXT, dict(course.options)
    if course.text:
        text = f"{course.text}:{max(_SMALLEST_WORLD, round(course.characters * scale))}"
    if course.conversations:
        options["conversations"] = str(max(_FEWEST_CONVERSATIONS, round(course.conversations * scale)))
    return Plan(
        text=text,
        preset="micro",
        name=course.title,
        stage=course.stage,
        seed=seed,
        parent="" if course.parent is None else str(work / course.parent),
        steps=max(2, round(course.steps * scale)),
        milestones=course.milestones,
        options=options,
    )
