"""Problems whose answers a program can check: word problems, sums, letters, the countdown game."""

from explorer.core.data.problems.problem import Kind, Problem, Split, split_of, thinking
from explorer.core.data.problems.source import MIXED, ONLY_WORDS, problems
from explorer.core.data.problems.verify import Verdict, verify

__all__ = [
    "MIXED",
    "ONLY_WORDS",
    "Kind",
    "Problem",
    "Split",
    "Verdict",
    "problems",
    "split_of",
    "thinking",
    "verify",
]
