"""Questions answered twice by a model, for a person to say which answer is better."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from explorer.core.model import Transformer
from explorer.core.rollouts import Limits, attempt, attempt_seeds, quietly
from explorer.core.training.reinforcement.chat_task import Questions
from explorer.core.training.reinforcement.prompts import prompt_ids, said
from explorer.text.templates import ChatMessage
from explorer.text.tokenizer import Tokenizer

_TRIES = 20
"""A model that says the same to all is not asked for ever."""


@dataclass(frozen=True)
class Pair:
    """Two answers to one question."""

    messages: Sequence[ChatMessage]
    a: str
    b: str


def pair_of(
    model: Transformer, tokenizer: Tokenizer, questions: Questions, limits: Limits, seed: int, number: int
) -> Generator[None, None, Pair]:
    """The pair of this number, a function of (model, seed, number). Yields at every token.

    Questions that get the same answer twice are passed over, `_TRIES` of them at most. Raises: InputError.
    """
    pair: Pair | None = None
    for messages in questions.drawn(number, _TRIES):
        seeds = [attempt_seeds(seed, number, 0, 2)]
        drawn = yield from quietly(attempt(model, [prompt_ids(tokenizer, messages)], seeds, limits))
        a, b = (said(tokenizer, one.ids, limits.end_tokens) for one in drawn[0])
        pair = Pair(messages, a, b)
        if a != b:
            break
    assert pair is not None
    return pair
