"""All that is measured of a model: what it answers, and how well it foresees documents."""

from collections.abc import Collection, Generator

from explorer.core.evaluation.documents import held_out_texts
from explorer.core.evaluation.likelihood import bits_per_byte
from explorer.core.evaluation.measure import COUNT, TASKS, check_asked, measure
from explorer.core.evaluation.share import Shares
from explorer.core.evaluation.speaker import Speaker

BITS = "bits_per_byte"
ALL = (*TASKS, BITS)


def evaluate(
    speaker: Speaker, seed: int, count: int = COUNT, names: Collection[str] = ALL
) -> Generator[Shares | None]:
    """Task after task: each task's shares as they come, None in between.

    Raises: InputError for a count or a name without sense, and what asking raises.
    """
    check_asked(count, names, ALL)
    asked = [name for name in names if name != BITS]
    if asked:
        for fact in measure(speaker, seed, count, asked):
            yield None if fact is None else fact.shares
    if BITS in names:
        working = bits_per_byte(speaker.model, speaker.tokenizer, held_out_texts(seed, count))
        while True:
            try:
                next(working)
            except StopIteration as end:
                yield {BITS: end.value}
                return
            yield None


def as_json(shares: Shares) -> dict[str, object]:
    """Shares by name, with their counts under "n" and standard errors under "se"."""
    values: dict[str, object] = {name: round(share.value, 4) for name, share in shares.items()}
    values["n"] = {name: share.n for name, share in shares.items()}
    values["se"] = {name: round(share.se, 4) for name, share in shares.items()}
    return values
