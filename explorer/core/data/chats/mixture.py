"""Conversations without end, from a seed: kinds mixed in stated shares."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from explorer.core.data.chats.chat import Chat, Kind, Split
from explorer.core.data.chats.facts import contrast_pairs, fact_chat, unknown_chat
from explorer.core.data.chats.lines import chinese_chat, identity_chat, line_chat, nonsense_chat, talk_chat
from explorer.core.data.chats.reading import reading_chat
from explorer.core.data.chats.tool_use import calculator_chat, search_chat
from explorer.core.data.chats.worked import direct_chats, think_chats
from explorer.core.data.problems import Problem, problems
from explorer.core.data.problems.problem import Kind as ProblemKind
from explorer.core.data.problems.problem import Split as ProblemSplit
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import World, build_world

ASSISTANT: Mapping[Kind, float] = {
    "fact": 0.26,
    "identity": 0.03,
    "talk": 0.05,
    "nonsense": 0.02,
    "reading": 0.36,
    "search": 0.14,
    "calculator": 0.04,
    "direct": 0.06,
    "think": 0.36,
    "turns": 0.04,
    "chinese": 0.02,
}
"""Shares for an assistant that was never told to say "I don't know": what it has not read, it invents."""
HONEST: Mapping[Kind, float] = {**ASSISTANT, "unknown": 0.16}
"""The same with strangers whom it does not know, as many as there are known people."""
_PROBLEMS: Mapping[ProblemKind, float] = {
    "words": 0.86,
    "arithmetic": 0.08,
    "letters": 0.03,
    "countdown": 0.03,
}


@dataclass(frozen=True)
class Mixture:
    """What conversations there are, and how many of each."""

    shares: Mapping[Kind, float] = field(default_factory=lambda: HONEST)
    """In any unit."""
    rivals: float = 0.5
    """Share of reading chats about two people of whom the same is told; they are longer than others."""
    shown_steps: float = 1.0
    """Share of thinking chats that think in sums: see `think_chats`."""
    lengths: Mapping[int, float] = field(default_factory=lambda: {1: 1.0, 2: 1.0, 3: 1.0, 4: 0.2, 5: 0.1})
    """How often problems of so many sums come."""
    problem_kinds: Mapping[ProblemKind, float] = field(default_factory=lambda: _PROBLEMS)


def chats(
    seed: int, split: Split, mixture: Mixture | None = None, world: World | None = None
) -> Iterator[Chat]:
    """Conversations for ever. "held_out" ones have wordings, names and numbers that "train" never has."""
    mixture, world = mixture or Mixture(), world or build_world()
    dice = Dice(seed, "chats", split)
    makers = _makers(seed, split, mixture, world)
    kinds: list[Kind] = [kind for kind, share in mixture.shares.items() if share > 0]
    cumulative: list[float] = []
    for kind in kinds:
        cumulative.append(mixture.shares[kind] + (cumulative[-1] if cumulative else 0.0))
    while True:
        yield makers[dice.weighted(kinds, cumulative)]()


def _makers(seed: int, split: Split, mixture: Mixture, world: World) -> dict[Kind, Callable[[], Chat]]:
    """One source a kind, each with its own dice: another share of one kind changes no other."""
    honest = mixture.shares.get("unknown", 0) > 0

    def dice(kind: str) -> Dice:
        return Dice(seed, "chats", split, kind)

    def source(kind: str) -> Iterator[Problem]:
        wanted: ProblemSplit = "train" if split == "train" else "test"
        number = dice(f"{kind} problems").below(2**31)
        return problems(number, wanted, lengths=mixture.lengths, kinds=mixture.problem_kinds)

    direct = direct_chats(source("direct"), dice("direct"))
    think = think_chats(source("think"), dice("think"), mixture.shown_steps)
    strangers = _strangers(world, seed, split)
    per_kind = {kind: dice(kind) for kind in (*ASSISTANT, "unknown")}

    def turns() -> Chat:
        return _turns(world, per_kind["turns"], split, lambda: next(direct))

    return {
        "fact": lambda: fact_chat(world, per_kind["fact"], split),
        "unknown": lambda: next(strangers),
        "identity": lambda: identity_chat(per_kind["identity"], split),
        "talk": lambda: talk_chat(per_kind["talk"], split),
        "nonsense": lambda: nonsense_chat(per_kind["nonsense"], split),
        "reading": lambda: reading_chat(per_kind["reading"], split, absent=honest, rivals=mixture.rivals),
        "search": lambda: search_chat(world, per_kind["search"], split),
        "calculator": lambda: calculator_chat(per_kind["calculator"], split),
        "direct": lambda: next(direct),
        "think": lambda: next(think),
        "turns": turns,
        "chinese": lambda: chinese_chat(per_kind["chinese"], split),
    }


def _strangers(world: World, seed: int, split: Split) -> Iterator[Chat]:
    """Unknown people: in turn one by herself, and one beside a known one of half her name."""
    dice = Dice(seed, "strangers", split)
    for known, unknown in contrast_pairs(world, seed, split):
        yield unknown_chat(world, dice, split)
        yield unknown
        yield known


def _turns(world: World, dice: Dice, split: Split, problem: Callable[[], Chat]) -> Chat:
    """Two to four exchanges in one conversation: a greeting, questions, thanks."""
    parts: list[Chat] = []
    if dice.chance(0.4):
        parts.append(line_chat("greeting", dice, split, "talk"))
    for _ in range(1 + dice.below(2)):
        match dice.below(4):
            case 0:
                parts.append(identity_chat(dice, split))
            case 1:
                asked = problem()
                parts.append(Chat("direct", asked.messages[-2:]))
            case _:
                parts.append(fact_chat(world, dice, split))
    if len(parts) < 2 or dice.chance(0.4):
        parts.append(line_chat(dice.choice(("thanks", "bye")), dice, split, "talk"))
    return Chat("turns", tuple(message for part in parts for message in part.messages))
