"""All measurements by name, one after the other."""

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass
from typing import Protocol

from explorer.core.data.world.entities import World, build_world
from explorer.core.evaluation import facts, form, reading, tools, worked
from explorer.core.evaluation.share import Shares
from explorer.core.evaluation.speaker import Ask
from explorer.errors import InputError


class Task(Protocol):
    """One measurement: asks `count` things (of each sort it has) that no training saw. Yields while it works.

    Another seed asks other things.
    """

    def __call__(self, ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
        """Shares by name."""
        ...


TASKS: Mapping[str, Task] = {
    "chat_well_formed": form.chat_well_formed,
    "facts_often": facts.facts_often,
    "facts_rare": facts.facts_rare,
    "unknown": facts.unknown,
    "fact_in_window": reading.fact_in_window,
    "direct": worked.direct,
    "think": worked.think,
    "pass_at_1": worked.pass_at_1,
    "search": tools.search,
}
COUNT = 200
"""Things asked by each task: a share of one half then has an error of 3.5 points."""


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A task's results; `done` of `tasks` tasks are done."""

    name: str
    shares: Shares
    done: int
    tasks: int


def check_asked(count: int, names: Collection[str], known: Collection[str]) -> None:
    """Raises: InputError for a count without sense, or a name that is not among `known`."""
    if not 1 <= count <= 100_000:
        raise InputError("{count} questions a task cannot be asked. Choose from 1 to 100000.", count=count)
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise InputError(
            "There is no measurement {name}. Choose from: {known}.", name=unknown[0], known=", ".join(known)
        )


def measure(
    ask: Ask, seed: int, count: int = COUNT, names: Collection[str] | None = None
) -> Generator[TaskDone | None, None, Shares]:
    """Some tasks, or all. Yields each task's results as they come, None in between.

    Raises: InputError for a count or a name without sense, and what asking raises.
    """
    check_asked(count, names or (), TASKS)
    chosen = list(TASKS) if names is None else [name for name in TASKS if name in names]
    world = build_world()
    found: Shares = {}
    for number, name in enumerate(chosen, start=1):
        working = TASKS[name](ask, world, seed, count)
        while True:
            try:
                next(working)
            except StopIteration as end:
                shares: Shares = end.value
                break
            yield None
        found |= shares
        yield TaskDone(name, shares, number, len(chosen))
    return found
