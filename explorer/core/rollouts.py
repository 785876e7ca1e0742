"""Many attempts at many prompts, fast: what learning from rewards and counting right answers both need.

`explorer.core.generate` tells of every token as it comes; here only whole attempts matter. So each prompt is
read once and its cache repeated for all attempts at it, prompts of different lengths are padded at the front,
finished rows leave the batch, and a step is one pass of the model and one draw for all rows.

A token is a function of its row's seed, its position and the model, as in `explorer.core.draw`. But the
random number falls on probabilities cumulated in the order of the ids: sorting costs more than the model.
"""

import hashlib
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explorer.core.draw import uniforms
from explorer.core.model import KVCache, ModelConfig, Transformer
from explorer.core.sampling import check_logits
from explorer.errors import InputError

Floats = npt.NDArray[np.float32]
_Found = TypeVar("_Found")

_ROWS_AT_ONCE = 256
_CACHE_BYTES = 1 << 30
"""What the cache of one batch may take at most."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One continuation of one prompt. Arrays have one entry a token."""

    ids: list[int]
    """What was written, an end token included."""
    logprobs: Floats
    """Nats, of each token under what it was drawn from (T = 0: under T = 1)."""
    entropies: Floats
    """Nats, of the distribution that each token was drawn from."""
    ended: bool
    """By an end token; if not, there was no room for more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How attempts are drawn and what ends them."""

    temperature: float
    """0 takes the most likely token."""
    max_tokens: int
    end_tokens: Collection[int]
    vocabulary: int
    """An embedding may have more rows than there are tokens; only these count."""


def attempt_seeds(seed: int, update: int, prompt: int, count: int) -> list[int]:
    """Seeds of the attempts at one prompt of one update: any of them can be made again alone."""
    return [_seed_of(f"{seed}/{update}/{prompt}/{number}") for number in range(count)]


def _seed_of(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") >> 1


def attempt(
    model: Transformer, prompts: Sequence[Sequence[int]], seeds: Sequence[Sequence[int]], limits: Limits
) -> Generator[int, None, list[list[Attempt]]]:
    """Attempts at each prompt, one for each of its seeds. Yields, after each step, the tokens drawn so far.

    Which rows share a batch may change a logit's last bits, and so, rarely, a token.
    Raises: InputError for a prompt that leaves no room in the model's context, or a limit without sense;
    DamagedFileError if the model's answer is no number.
    """
    longest = max(map(len, prompts))
    if longest >= model.config.max_position_embeddings:
        raise InputError(
            "A prompt of {tokens} tokens leaves no room for an answer: the model's context is {context}. "
            "Choose shorter problems.",
            tokens=longest,
            context=model.config.max_position_embeddings,
        )
    if limits.max_tokens < 1 or not limits.temperature >= 0.0:
        raise InputError("Attempts need at least one token and a temperature of 0 or more.")
    done: list[list[Attempt]] = []
    drawn = 0
    group = max(map(len, seeds))
    at_once = max(1, _rows_at_once(model, longest + limits.max_tokens) // group)
    for start in range(0, len(prompts), at_once):
        batch = _Batch(model, prompts[start : start + at_once], seeds[start : start + at_once], limits)
        while batch.advance():
            yield drawn + batch.drawn
        drawn += batch.drawn
        done += batch.attempts()
    return done


def quietly(drawing: Generator[int, None, _Found]) -> Generator[None, None, _Found]:
    """The same without the counts, for callers that only want to be interrupted."""
    while True:
        try:
            next(drawing)
        except StopIteration as end:
            return end.value
        yield None


def _rows_at_once(model: Transformer, length: int) -> int:
    """As many as are fast, and as the cache has room for."""
    row_bytes = cache_bytes(model.config, length) * model.embedding.weight.element_size()
    return max(1, min(_ROWS_AT_ONCE, _CACHE_BYTES // row_bytes))


def cache_bytes(config: ModelConfig, length: int) -> int:
    """Numbers in a row's cache of `length` tokens."""
    return 2 * config.num_hidden_layers * config.keys_width * length


class _Batch:
    """Rows under way together: all attempts at some prompts."""

    def __init__(
        self,
        model: Transformer,
        prompts: Sequence[Sequence[int]],
        seeds: Sequence[Sequence[int]],
        limits: Limits,
    ) -> None:
        self._model, self._limits = model, limits
        self._groups = [len(own) for own in seeds]
        owners = [owner for owner, own in enumerate(seeds) for _ in own]
        self._seeds = [seed for own in seeds for seed in own]
        self._starts = [len(prompts[owner]) for owner in owners]
        longest = max(map(len, prompts))
        self._steps = min(limits.max_tokens, model.config.max_position_embeddings - longest)
        rows = len(owners)
        self._ids = np.zeros((rows, self._steps), np.int64)
        self._logprobs = np.zeros((rows, self._steps), np.float32)
        self._entropies = np.zeros((rows, self._steps), np.float32)
        self._lengths = np.zeros(rows, np.int64)
        self._ended = np.zeros(rows, bool)
        self._alive = np.arange(rows)
        """The rows that have not ended, in the cache's order."""
        self._step = 0
        self.drawn = 0
        self._read(prompts, owners)

    def _read(self, prompts: Sequence[Sequence[int]], owners: list[int]) -> None:
        """Let the model read each prompt once, then stand every attempt on its prompt's cache."""
        longest = max(map(len, prompts))
        device = self._model.device
        padding = [longest - len(prompt) for prompt in prompts]
        self._cache = KVCache(
            self._model.config,
            len(prompts),
            longest + self._steps,
            device,
            self._model.embedding.weight.dtype,
            torch.tensor(padding, device=device) if any(padding) else None,
        )
        padded = [[0] * pad + list(prompt) for pad, prompt in zip(padding, prompts, strict=True)]
        logits = self._feed(padded)
        self._cache.keep_rows(owners)
        self._logits = logits[torch.tensor(owners, device=device)]

    @torch.inference_mode()
    def _feed(self, ids: Sequence[Sequence[int]] | npt.NDArray[np.int64]) -> Tensor:
        """Logits (B, V) of what comes after ids (B, T)."""
        hidden = self._model.hidden(torch.as_tensor(ids, device=self._model.device), self._cache)
        return self._model.logits(hidden[:, -1])[:, : self._limits.vocabulary].float()

    def advance(self) -> bool:
        """Draw a token for every row that has not ended. False when all have."""
        self._draw(self._alive)
        self._step += 1
        self._drop_ended()
        if self._step == self._steps or not len(self._alive):
            return False
        self._logits = self._feed(self._ids[self._alive, self._step - 1][:, None])
        return True

    def _drop_ended(self) -> None:
        """Rows from the cache's end go where others have ended: nothing else is copied."""
        ended = self._ended[self._alive]
        if not ended.any():
            return
        count = len(ended) - int(ended.sum())
        places = np.arange(count)
        places[ended[:count]] = count + np.flatnonzero(~ended[count:])
        self._cache.keep_rows(places.tolist())
        self._alive = self._alive[places]

    def _draw(self, rows: npt.NDArray[np.int64]) -> None:
        uniform = uniforms(
            [self._seeds[row] for row in rows], [self._starts[row] + self._step for row in rows]
        )
        check_logits(self._logits.amax(-1, keepdim=True).cpu().numpy())
        ids, logprobs, entropies = draw_rows(self._logits, uniform, self._limits.temperature)
        self._ids[rows, self._step] = ids.cpu().numpy()
        self._logprobs[rows, self._step] = logprobs.cpu().numpy()
        self._entropies[rows, self._step] = entropies.cpu().numpy()
        self._lengths[rows] += 1
        self._ended[rows] = np.isin(self._ids[rows, self._step], list(self._limits.end_tokens))
        self.drawn += len(rows)

    def attempts(self) -> list[list[Attempt]]:
        """What came of it, by prompt."""
        every = iter(range(len(self._lengths)))
        return [[self._attempt(next(every)) for _ in range(group)] for group in self._groups]

    def _attempt(self, row: int) -> Attempt:
        own = slice(0, int(self._lengths[row]))
        return Attempt(
            ids=self._ids[row, own].tolist(),
            logprobs=self._logprobs[row, own].copy(),
            entropies=self._entropies[row, own].copy(),
            ended=bool(self._ended[row]),
        )


@torch.inference_mode()
def draw_rows(
    logits: Tensor, uniform: npt.NDArray[np.float64], temperature: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, logprobs and entropies (B,), nats, of one draw from each row of logits (B, V)."""
    log_probabilities = torch.log_softmax(logits if temperature in (0.0, 1.0) else logits / temperature, -1)
    probabilities = log_probabilities.exp()
    entropies = -torch.where(probabilities > 0, probabilities * log_probabilities, 0.0).sum(-1)
    if temperature == 0.0:
        ids = logits.argmax(-1)
    else:
        cumulated = probabilities.cumsum(-1, dtype=torch.float64 if logits.device.type != "mps" else None)
        target = torch.from_numpy(uniform).to(cumulated)[:, None] * cumulated[:, -1:]
        # Rounding may carry the target to the very end; the last token with any probability is meant then.
        ids = torch.searchsorted(cumulated, target, right=True)[:, 0]
        last = (probabilities > 0).to(torch.int8).cumsum(-1).argmax(-1)
        ids = torch.minimum(ids, last)
    return ids, log_probabilities.gather(1, ids[:, None])[:, 0], entropies
