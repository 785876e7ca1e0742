"""Surprisal of a given text: what the model made of each token, before and after the sampler chain.

A text longer than the context is read in windows. Each one begins `stride` tokens after the last one and
brings that many new tokens, so every token but those of the first window is scored after at least
`length - stride` others. A smaller stride gives more of what stands before, and takes longer.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from explorer.core.generate import Chooser, check_token, dtype_of
from explorer.core.model import KVCache, Transformer
from explorer.core.ranking import Logits, Ranking
from explorer.core.sampling import History
from explorer.core.scores import Score, logits_in_blocks, scores_of
from explorer.errors import InputError
from explorer.protocol import SamplerSettings
from explorer.text.tokenizer import Tokenizer

CHUNK = 128
"""Tokens read at once: little enough to look for commands between two of them."""


@dataclass(frozen=True, slots=True)
class ScoredToken:
    """One token of the text."""

    position: int
    id: int
    context: int
    """How many tokens the model saw before it."""
    before: Score | None
    """Under the model; None for the text's first token, which stands after nothing."""
    after: Score | None
    """Under what the chain leaves. Penalties see the tokens that the model saw, as a prompt."""


@dataclass(frozen=True)
class Windows:
    """How a text is read; tokens."""

    length: int
    stride: int


@dataclass(frozen=True)
class Total:
    """A text's surprisal, its first token left out."""

    tokens: int
    nats: float
    size_bytes: int
    """Of the tokens that were scored; special tokens are no text."""

    @property
    def bits_per_byte(self) -> float | None:
        """Comparable between tokenizers. None for a text without bytes."""
        return self.nats / math.log(2) / self.size_bytes if self.size_bytes else None

    @property
    def perplexity(self) -> float:
        """Infinite where a float ends."""
        mean = self.nats / self.tokens
        return math.exp(mean) if mean < 700 else math.inf


def windows_for(context: int, length: int | None = None, stride: int | None = None) -> Windows:
    """By default as long as the context, and half of that on each time. Raises: InputError."""
    if length is None:
        length = context
    if not 2 <= length <= context:
        raise InputError(
            "A window of {length} tokens cannot be used. Give a number from 2 to {context}, the context.",
            length=length,
            context=context,
        )
    if stride is None:
        stride = length // 2
    if not 1 <= stride < length:
        raise InputError(
            "A stride of {stride} tokens cannot be used. Give a number from 1 to {last}.",
            stride=stride,
            last=length - 1,
        )
    return Windows(length, stride)


def score_text(
    model: Transformer,
    tokenizer: Tokenizer,
    ids: Sequence[int],
    settings: SamplerSettings | None = None,
    *,
    top: int = 0,
    windows: Windows | None = None,
) -> Iterator[list[ScoredToken]]:
    """The tokens in order, some at a time; empty lists while the beginning of a window is read again.

    `settings`: the chain of `ScoredToken.after`, by default none. `top`: how many alternatives to tell.
    Raises: InputError; DamagedFileError, see `run_chain`.
    """
    for token in set(ids):
        check_token(token, tokenizer)
    if len(ids) < 2:
        raise InputError(
            "There is nothing to score: the first token stands after nothing. Give two tokens or more."
        )
    if top < 0:
        raise InputError("{top} alternatives cannot be shown. Give a number from 0 on.", top=top)
    windows = windows or windows_for(model.config.max_position_embeddings)
    scorer = _Scorer(tokenizer.n_vocab, Chooser(settings or SamplerSettings()), top)
    yield [ScoredToken(0, ids[0], 0, None, None)]
    start, done = 0, 1
    while done < len(ids):
        end = min(start + windows.length, len(ids))
        yield from _window(model, scorer, ids, start, done, end)
        start, done = start + windows.stride, end


def _window(
    model: Transformer, scorer: "_Scorer", ids: Sequence[int], start: int, done: int, end: int
) -> Iterator[list[ScoredToken]]:
    """Tokens `done` ... `end` - 1, after those from `start` on."""
    cache = KVCache(model.config, 1, end - start, model.device, dtype_of(model))
    for at in range(start, end - 1, CHUNK):
        read = min(at + CHUNK, end - 1)  # the last token tells of nothing that is here
        hidden = _read(model, ids[at:read], cache)
        first = max(done, at + 1)
        if first > read:
            yield []
            continue
        for offset, logits in _blocks(model, hidden[first - 1 - at :], scorer.vocabulary):
            yield scorer.scored(logits, ids, first + offset, start)


@torch.inference_mode()
def _read(model: Transformer, ids: Sequence[int], cache: KVCache) -> torch.Tensor:
    return model.hidden(torch.tensor([list(ids)], device=model.device), cache)[0]


@torch.inference_mode()
def _blocks(model: Transformer, hidden: torch.Tensor, vocabulary: int) -> Iterator[tuple[int, Logits]]:
    yield from logits_in_blocks(model, hidden, vocabulary)


@dataclass(frozen=True)
class _Scorer:
    """Logits to scores."""

    vocabulary: int
    chooser: Chooser
    top: int

    def scored(self, logits: Logits, ids: Sequence[int], first: int, start: int) -> list[ScoredToken]:
        """The tokens from `first` on, one for each row of `logits`, in a window that begins at `start`."""
        places = range(first, first + len(logits))
        said = np.array(ids[first : first + len(logits)])
        histories = [History(ids[start:place] if self.chooser.reads_history else ()) for place in places]
        final = self.chooser.shaped(logits, histories)
        before = scores_of(Ranking(logits), said, self.top)
        after = before if final is logits else scores_of(Ranking(final), said, self.top)
        return [
            ScoredToken(place, ids[place], place - start, *both)
            for place, both in zip(places, zip(before, after, strict=True), strict=True)
        ]


def total_of(tokenizer: Tokenizer, tokens: Iterable[ScoredToken]) -> Total:
    """Of what was scored under the model. At least one token must have been."""
    specials = set(tokenizer.special_tokens.values())
    count, nats, size = 0, 0.0, 0
    for token in tokens:
        if token.before is not None:
            count += 1
            nats -= token.before.logprob
            size += 0 if token.id in specials else len(tokenizer.token_bytes(token.id))
    return Total(count, nats, size)
