"""Pairs of answers drawn from a model and labelled by a rule: what a reward model learns from."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from explorer.core.rollouts import Limits, attempt, attempt_seeds, quietly
from explorer.core.training.parent import Parent
from explorer.core.training.prepare import Announced, Plan
from explorer.core.training.reinforcement.chat_task import Questions
from explorer.core.training.reinforcement.options import RewardOptions
from explorer.core.training.reinforcement.preferences import Preference, append_preferences, read_preferences
from explorer.core.training.reinforcement.prompts import end_tokens, prompt_ids, said
from explorer.core.training.reinforcement.rules import find_rule, prefers_a
from explorer.errors import InputError
from explorer.protocol import TrainingStage

_AT_ONCE = 64
FEWEST = 8
"""Pairs: with fewer there is nothing to learn from and to hold out."""


@dataclass(frozen=True)
class Labelled:
    """What became of it."""

    label: str
    """In words for a person."""
    pairs: int
    skipped: int
    """Pairs between which the rule saw no difference, or lines that could not be read."""


def label_by_rule(
    plan: Plan, options: RewardOptions, parent: Parent, file: Path
) -> Generator[TrainingStage | None, None, Labelled]:
    """Draw pairs from `parent` and let the simulated labeller choose. Raises: InputError; StorageError."""
    rule, rng = find_rule(options.rule), Random(f"labels {plan.seed}")
    questions = Questions(options.questions, plan.seed)
    tokenizer, announce = parent.tokenizer, Announced("pairs")
    limits = Limits(options.temperature, options.max_tokens, end_tokens(tokenizer), tokenizer.n_vocab)
    kept = skipped = step = 0
    while kept < options.pairs and skipped < 4 * options.pairs:
        step += 1
        asked = questions.drawn(step, min(_AT_ONCE, options.pairs - kept))
        seeds = [attempt_seeds(plan.seed, step, number, 2) for number in range(len(asked))]
        drawing = attempt(
            parent.model, [prompt_ids(tokenizer, messages) for messages in asked], seeds, limits
        )
        groups = yield from quietly(drawing)
        chosen: list[Preference] = []
        for messages, (first, second) in zip(asked, groups, strict=True):
            a, b = (said(tokenizer, one.ids, limits.end_tokens) for one in (first, second))
            verdict = prefers_a(rule, a, b, options.noise, rng)
            if verdict is not None:
                chosen.append(
                    Preference(
                        messages=list(messages), a=a, b=b, chosen="a" if verdict else "b", by=rule.name
                    )
                )
        append_preferences(file, chosen)
        kept, skipped = kept + len(chosen), skipped + len(asked) - len(chosen)
        yield announce(min(1.0, kept / options.pairs))
    _check(kept, skipped)
    label = f"{kept:,} pairs labelled by the rule {rule.name}, wrong in {options.noise:.0%}"
    return Labelled(label, kept, skipped)


def label_by_person(path: Path, file: Path) -> Labelled:
    """Take over a person's choices. Raises: InputError if there are too few; StorageError."""
    if not path.is_file():
        raise InputError("There is no file {path}. Choose one of preferences.", path=str(path))
    found = list(read_preferences(path))
    good = [one for one in found if one is not None]
    _check(len(good), len(found) - len(good))
    append_preferences(file, good)
    return Labelled(f"{len(good):,} pairs chosen by a person", len(good), len(found) - len(good))


def _check(kept: int, skipped: int) -> None:
    if kept < FEWEST:
        raise InputError(
            "There are only {kept} pairs of which one was preferred ({skipped} could not be used), and "
            "{least} are needed. Collect more, or choose another rule.",
            kept=kept,
            skipped=skipped,
            least=FEWEST,
        )
