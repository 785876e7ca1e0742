"""Streaming generation of one or many rows: typed facts, one for each token, and one for each row's end.

Rows of different lengths go through the model together without padding: all start with as many tokens as
the shortest prompt has, and where others draw their next token, a row with prompt left takes that. So a
token's position in the batch is its position in its own stream, and a row gives what it would give alone.

The model's steps are few and small here, so what is ours must be smaller: one sampling call for all rows,
finished rows leave the batch.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch

from explorer.core.detokenize import Piece, TextStream, next_piece
from explorer.core.draw import Draws, draw, uniforms
from explorer.core.model import KVCache, Transformer
from explorer.core.ranking import Logits, Ranking
from explorer.core.sampling import (
    FrequencyPenalty,
    History,
    PresencePenalty,
    RepeatPenalty,
    Step,
    chain_of,
    is_greedy,
    run_chain,
)
from explorer.core.scores import Score, logprobs_of, scores_of, to_numpy
from explorer.errors import InputError
from explorer.protocol import SamplerSettings
from explorer.text.foreign import document_start
from explorer.text.tokenizer import Tokenizer

StopReason = Literal["max_tokens", "end_token", "stop_string", "context_full"]

ForcedToken = Callable[[int, Sequence[int]], int | None]
"""Hook: for a row's number and its ids so far, the token that must come next, or None to draw."""

_COMPACT_SHARE = 1 / 8
"""When this share of the batch has ended, copying the cache costs less than computing the dead rows."""


@dataclass(frozen=True, slots=True)
class TokenDrawn:
    """A token was added to a row."""

    row: int
    position: int
    """In the row's stream, prompt included, from 0."""
    id: int
    piece: Piece
    text: str
    """What can be shown now: see `TextStream`. An end token brings none."""
    logprob: float
    """Nats, under the model at T = 1."""
    probability: float
    """After the whole chain."""
    cumulative_before: float
    uniform: float | None
    """The random number; None where none was needed: at T = 0, or the token was forced."""
    forced: bool = False
    before: Score | None = None
    """Under the model, before the chain; if asked for."""
    after: Score | None = None
    """Under what the chain leaves; if asked for."""


@dataclass(frozen=True, slots=True)
class RowEnded:
    """Nothing more comes for a row."""

    row: int
    stop_reason: StopReason
    tokens: int
    """Generated, an end token included."""
    text: str
    """What was held back and belongs to the text after all."""


Fact = TokenDrawn | RowEnded


def start_ids(tokenizer: Tokenizer, text: str) -> list[int]:
    """A prompt's ids, after what a foreign model expects before a document; never none at all."""
    return [*document_start(tokenizer), *tokenizer.encode(text)] or [tokenizer.end_of_text]


def fit_prompt(ids: Sequence[int], context: int) -> tuple[list[int], int]:
    """Cut a prompt at the front so that at least one token has room after it: (ids, tokens cut off).

    The cut is a multiple of a quarter of the context: so there is some room, and while somebody types at
    the end of a long text, its beginning, and with it the cache, mostly stays.
    """
    excess = len(ids) - (context - 1)
    if excess <= 0:
        return list(ids), 0
    block = max(1, context // 4)
    cut = -(-excess // block) * block
    return list(ids[cut:]), cut


@torch.inference_mode()
def feed(model: Transformer, cache: KVCache, ids: Sequence[Sequence[int]], vocabulary: int) -> Logits:
    """Let the model read `ids` (B, T) after what the cache holds; gives logits (B, V) for what comes next.

    An embedding may have more rows than there are tokens; only `vocabulary` of them count.
    """
    hidden = model.hidden(torch.tensor(ids, device=model.device), cache)
    return to_numpy(model.logits(hidden[:, -1]), vocabulary)


Feeding = Callable[[Transformer, KVCache, Sequence[Sequence[int]], int], Logits]
"""`feed`, or another way to the same scores."""


def dtype_of(model: Transformer) -> torch.dtype:
    """What the cache must hold."""
    return model.norm.weight.dtype


class Chooser:
    """A chain made ready to draw with: settings checked once, neutral steps gone."""

    def __init__(self, settings: SamplerSettings) -> None:
        """Raises: InputError for settings without sense."""
        self.steps: list[Step] = [step for step in chain_of(settings) if not step.is_neutral]
        self.greedy = is_greedy(self.steps)
        self.reads_history = any(
            isinstance(step, RepeatPenalty | FrequencyPenalty | PresencePenalty) for step in self.steps
        )

    def choose(
        self, logits: Logits, histories: Sequence[History], seeds: Sequence[int], positions: Sequence[int]
    ) -> Draws:
        """One token for each row of logits (B, V)."""
        return self.draw(self.shaped(logits, histories), seeds, positions)

    def shaped(self, logits: Logits, histories: Sequence[History]) -> Logits:
        """What the chain leaves of logits (B, V). Raises: DamagedFileError, see `run_chain`."""
        return run_chain(self.steps, logits, histories)

    def draw(self, final: Logits, seeds: Sequence[int], positions: Sequence[int]) -> Draws:
        """One token for each row of what the chain has left."""
        if self.greedy:
            B = len(final)
            return Draws(final.argmax(axis=-1), np.full(B, np.nan), np.zeros(B), np.ones(B))
        return draw(Ranking(final), uniforms(seeds, positions))


@dataclass
class _Row:
    """One stream under way."""

    number: int
    ids: list[int]
    prompt: int
    """Its length."""
    seed: int
    text: TextStream
    pending: bytes = b""
    ended: StopReason | None = None

    def history(self) -> History:
        return History(self.ids[: self.prompt], self.ids[self.prompt :])


@dataclass
class _Limits:
    """What ends a row."""

    max_tokens: int
    context: int
    end_tokens: Collection[int]

    def reason(self, row: _Row) -> StopReason | None:
        if row.ids[-1] in self.end_tokens:
            return "end_token"
        if row.text.stopped:
            return "stop_string"
        if len(row.ids) - row.prompt >= self.max_tokens:
            return "max_tokens"
        return "context_full" if len(row.ids) >= self.context else None


@dataclass
class _Batch:
    """Rows that the cache holds, in its order."""

    model: Transformer
    tokenizer: Tokenizer
    rows: list[_Row]
    feeding: Feeding
    cache: KVCache = field(init=False)
    logits: Logits = field(init=False)

    def start(self, capacity: int) -> None:
        """Read as much as all prompts have."""
        length = min(len(row.ids) for row in self.rows)
        self.cache = KVCache(
            self.model.config, len(self.rows), capacity, self.model.device, dtype_of(self.model)
        )
        self._feed([row.ids[:length] for row in self.rows])

    def advance(self) -> None:
        """Read each row's next token; drop rows that have ended if there are enough of them."""
        alive = [place for place, row in enumerate(self.rows) if row.ended is None]
        if len(alive) <= len(self.rows) * (1 - _COMPACT_SHARE):
            self.rows = [self.rows[place] for place in alive]
            self.cache.keep_rows(alive)
        at = self.cache.length
        self._feed([[row.ids[at] if row.ended is None else 0] for row in self.rows])

    def _feed(self, ids: list[list[int]]) -> None:
        self.logits = self.feeding(self.model, self.cache, ids, self.tokenizer.n_vocab)

    def drawing(self) -> list[int]:
        """Places of the rows whose prompt is read and that have not ended."""
        length = self.cache.length
        return [place for place, row in enumerate(self.rows) if row.ended is None and len(row.ids) == length]


def generate(
    model: Transformer,
    tokenizer: Tokenizer,
    prompts: Sequence[Sequence[int]],
    settings: SamplerSettings,
    *,
    max_tokens: int,
    seeds: Sequence[int] | None = None,
    end_tokens: Collection[int] | None = None,
    stop_strings: Sequence[str] = (),
    forced: ForcedToken | None = None,
    top_logprobs: int | None = None,
    feeding: Feeding = feed,
) -> Iterator[Fact]:
    """Go on from each prompt (see `start_ids`, `fit_prompt`) until every row has ended.

    `top_logprobs`: tell each token's scores, with so many of the most likely tokens; None: tell none.
    `seeds`: one for each row, by default the settings' seed and those after it. `end_tokens`: by default
    the tokenizer's end of text; none if empty. Facts of one step come in the order of the rows.
    Raises: InputError, for settings or prompts that cannot be used; DamagedFileError, see `run_chain`.
    """
    chooser = Chooser(settings)
    context = model.config.max_position_embeddings
    _check(prompts, tokenizer, context, max_tokens)
    limits = _Limits(max_tokens, context, {tokenizer.end_of_text} if end_tokens is None else end_tokens)
    if seeds is None:
        seeds = range(settings.seed, settings.seed + len(prompts))
    batch = _Batch(
        model,
        tokenizer,
        [
            _Row(number, list(ids), len(ids), seed, TextStream(tokenizer, stop_strings))
            for number, (ids, seed) in enumerate(zip(prompts, seeds, strict=True))
        ],
        feeding,
    )
    batch.start(min(context, max(map(len, prompts)) + max_tokens))
    while True:
        if places := batch.drawing():
            yield from _draw_tokens(batch, places, chooser, limits, forced, top_logprobs)
        if all(row.ended for row in batch.rows):
            return
        batch.advance()


def _check(prompts: Sequence[Sequence[int]], tokenizer: Tokenizer, context: int, max_tokens: int) -> None:
    if max_tokens < 1:
        raise InputError("{tokens} tokens cannot be generated. Give a number above 0.", tokens=max_tokens)
    assert prompts, "no rows"
    assert all(0 < len(ids) < context for ids in prompts), "start_ids and fit_prompt see to it"
    for token in {token for ids in prompts for token in ids}:
        check_token(token, tokenizer)


def check_token(token: int, tokenizer: Tokenizer) -> None:
    """Raises: InputError for an id outside the vocabulary."""
    if not 0 <= token < tokenizer.n_vocab:
        raise InputError(
            "There is no token {token} in this model's vocabulary: its ids go from 0 to {last}.",
            token=token,
            last=tokenizer.n_vocab - 1,
        )


def _draw_tokens(
    batch: _Batch,
    places: list[int],
    chooser: Chooser,
    limits: _Limits,
    forced: ForcedToken | None,
    top_logprobs: int | None,
) -> Iterator[Fact]:
    """One token for each of the rows at `places`."""
    rows = [batch.rows[place] for place in places]
    logits = batch.logits if len(places) == len(batch.rows) else batch.logits[places]
    final = chooser.shaped(logits, [row.history() if chooser.reads_history else History() for row in rows])
    draws = chooser.draw(final, [row.seed for row in rows], [len(row.ids) for row in rows])
    ids = draws.ids.copy()
    wanted = [None if forced is None else forced(row.number, row.ids) for row in rows]
    for index, token in enumerate(wanted):
        if token is not None:
            check_token(token, batch.tokenizer)
            ids[index] = token
    logprobs = logprobs_of(logits, ids[:, None])[:, 0].tolist()
    before = after = [None] * len(rows)
    if top_logprobs is not None:
        before = scores_of(Ranking(logits), ids, top_logprobs)
        after = before if final is logits else scores_of(Ranking(final), ids, top_logprobs)
    told = zip(
        rows,
        ids.tolist(),
        wanted,
        logprobs,
        draws.probability.tolist(),
        draws.cumulative_before.tolist(),
        draws.uniform.tolist(),
        before,
        after,
        strict=True,
    )
    for row, token, want, logprob, probability, below, uniform, score, final_score in told:
        piece = next_piece(batch.tokenizer, token, row.pending)
        row.pending = piece.pending
        position = len(row.ids)
        row.ids.append(token)
        is_end = token in limits.end_tokens
        yield TokenDrawn(
            row=row.number,
            position=position,
            id=token,
            piece=piece,
            text="" if is_end else row.text.push(token),
            logprob=logprob,
            probability=probability if want is None else 1.0,
            cumulative_before=below if want is None else 0.0,
            uniform=None if chooser.greedy or want is not None else uniform,
            forced=want is not None,
            before=score,
            after=final_score,
        )
        row.ended = limits.reason(row)
        if row.ended is not None:
            yield RowEnded(row.number, row.ended, len(row.ids) - row.prompt, row.text.finish())
