"""Many attempts at one problem: what they say together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.core.data.problems.verify import Verdict


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers counted, the most frequent first; of equally frequent ones the one that came first."""

    right: int
    answers: tuple[tuple[str, int, bool], ...]
    """Answer, how often it was given, whether it is right."""
    without_answer: int


def tally(verdicts: Iterable[Verdict]) -> Tally:
    """The majority vote is the first of `answers`. Source: Wang et al., "Self-Consistency", 2022."""
    verdicts = list(verdicts)
    counts = Counter(verdict.answer_found for verdict in verdicts if verdict.answer_found is not None)
    right = {verdict.answer_found for verdict in verdicts if verdict.right}
    return Tally(
        right=sum(verdict.right for verdict in verdicts),
        answers=tuple((answer, count, answer in right) for answer, count in counts.most_common()),
        without_answer=sum(verdict.answer_found is None for verdict in verdicts),
    )
