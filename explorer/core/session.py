"""One stream that a person steers: a prompt that changes while it is typed, tokens drawn and taken back.

The cache is kept through all of it: a prompt that begins like the present stream is read only from where
it differs, and other sampler settings reshape the scores that are there, without the model.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from explorer.core.attention_maps import attention_at
from explorer.core.detokenize import Piece, next_piece
from explorer.core.draw import draw, uniforms
from explorer.core.generate import (
    Chooser,
    TokenDrawn,
    check_token,
    dtype_of,
    fit_prompt,
    start_ids,
)
from explorer.core.kv_size import KVSize, kv_size
from explorer.core.model import KVCache, Transformer
from explorer.core.ranking import Logits, Ranking
from explorer.core.sampling import History, run_chain
from explorer.core.scores import logits_in_blocks, logprobs_of, to_numpy
from explorer.errors import InputError
from explorer.protocol import SamplerSettings
from explorer.text.tokenizer import Tokenizer

_FIRST_CAPACITY = 1024
_CHUNK = 128
"""Tokens of a prompt read at once: little enough to look for commands between two of them."""


class Author(NamedTuple):
    """Who wrote a token, and in which message of the conversation."""

    role: str
    """As `StreamToken.role`."""
    turn: int | None = None


MODEL = Author("assistant")
TEXT = Author("")


@dataclass(frozen=True)
class NextToken:
    """What may come at `position` of the stream, before and after the chain. Rows of one, (1, V)."""

    position: int
    settings: SamplerSettings
    model: Ranking
    final: Ranking
    greedy: bool


class Session:
    """Ids, what the model has read of them, and its scores for what comes next."""

    def __init__(
        self, model: Transformer, tokenizer: Tokenizer, end_tokens: Collection[int] | None = None
    ) -> None:
        """Starts as an empty prompt."""
        self.model, self.tokenizer = model, tokenizer
        self.end_tokens = frozenset({tokenizer.end_of_text} if end_tokens is None else end_tokens)
        self.context = model.config.max_position_embeddings
        self.ids: list[int] = []
        self.prompt_length = 0
        self.truncated = 0
        """Tokens of the prompt that were cut off at the front."""
        self.logprobs: list[float | None] = []
        """Nats at T = 1 of each token given those before it; None for the first, or not yet worked out."""
        self.pieces: list[Piece] = []
        self.authors: list[Author] = []
        self.answering = MODEL
        """The author of what is drawn."""
        self.drawn_after_s: float | None = None
        """Seconds that the model took to read the last but one token, if it read it alone."""
        self._read_s: float | None = None
        self._cache = self._new_cache(min(self.context, _FIRST_CAPACITY))
        self._looked: tuple[int, Tensor] | None = None
        """The last position that was looked back from: one layer after the other is asked for."""
        self._logits: Logits | None = None
        self._next: NextToken | None = None
        self.set_prompt("")

    def _new_cache(self, capacity: int) -> KVCache:
        return KVCache(self.model.config, 1, capacity, self.model.device, dtype_of(self.model))

    # ---------------------------------------------------------------- the stream

    @property
    def position(self) -> int:
        """Where the next token will stand: the stream's length."""
        return len(self.ids)

    @property
    def generated(self) -> list[int]:
        """Ids after the prompt."""
        return self.ids[self.prompt_length :]

    @property
    def is_full(self) -> bool:
        """True if the context has no room for another token."""
        return len(self.ids) >= self.context

    def set_prompt(self, text: str) -> None:
        """Start over from `text`; an empty one starts from the end-of-text token."""
        self.set_prompt_ids(start_ids(self.tokenizer, text))

    def set_prompt_ids(
        self, ids: Sequence[int], authors: Sequence[Author] = (), answering: Author = MODEL
    ) -> None:
        """Start over from `ids`; without `authors` they are a text. Raises: InputError, as `place`."""
        for token in set(ids):
            check_token(token, self.tokenizer)
        fitted, self.truncated = fit_prompt(ids, self.context)
        pairs = zip(fitted, self.ids, strict=False)
        same = next(
            (place for place, (new, old) in enumerate(pairs) if new != old), min(len(fitted), len(self.ids))
        )
        self._forget_from(same)
        for token in fitted[same:]:
            self._append(token, None if self._logits is None else self._logprob(token), TEXT)
        self.authors = list(authors[self.truncated :]) or [TEXT] * len(self.ids)
        self.answering = answering
        self.prompt_length = len(self.ids)
        self._next = None  # penalties tell the prompt from what was generated

    def place(self, token: int) -> TokenDrawn:
        """Put `token` next, whatever its probability. Raises: InputError for an id outside the vocabulary."""
        assert not self.is_full
        check_token(token, self.tokenizer)
        return self._add(token, 1.0, 0.0, None, forced=True)

    def extend(self, ids: Sequence[int], authors: Sequence[Author] | None = None) -> None:
        """Put `ids` next, as many as there is room for, as if they had been generated; read all at once.

        `authors`: of each; by default the model. Raises: InputError for an id outside the vocabulary.
        """
        for token in set(ids):
            check_token(token, self.tokenizer)
        authors = [self.answering] * len(ids) if authors is None else authors
        room = self.context - len(self.ids)
        for token, author in list(zip(ids, authors, strict=True))[:room]:
            self._append(token, None if self._logits is None else self._logprob(token), author)

    def met(self, stop_texts: Sequence[str]) -> str | None:
        """The first of `stop_texts` that the last token completes, in what stands after the prompt."""
        if len(self.ids) == self.prompt_length:
            return None
        stops = {text: text.encode("utf-8", "replace") for text in stop_texts if text}
        last = len(self.tokenizer.token_bytes(self.ids[-1]))
        wanted = last + max(map(len, stops.values()), default=0)
        tail = b""
        for token in reversed(self.generated):
            tail = self.tokenizer.token_bytes(token) + tail
            if len(tail) >= wanted:
                break
        complete = (text for text, stop in stops.items() if stop in tail[-(last + len(stop) - 1) :])
        return next(complete, None)

    def step(self, settings: SamplerSettings) -> TokenDrawn:
        """Draw the next token; its `text` stays empty, see `pieces`. Raises: InputError, DamagedFileError."""
        assert not self.is_full
        following = self.next_token(settings)
        uniform = uniforms([settings.seed], [self.position])
        drawn = draw(following.final, uniform)
        return self._add(
            int(drawn.ids[0]),
            float(drawn.probability[0]),
            float(drawn.cumulative_before[0]),
            None if following.greedy else float(uniform[0]),
        )

    def remove_last(self, count: int) -> int:
        """Take back the last generated tokens, `count` at most; gives how many went. The prompt stays."""
        count = max(0, min(count, len(self.ids) - self.prompt_length))
        if count:
            self._forget_from(len(self.ids) - count)
        return count

    def drop(self, first: int, count: int) -> int:
        """Let tokens from `first` on fall out of the stream, the prompt's too; gives how many went.

        What stood after them moves up and is read again, in its new places: next time. Its `logprobs` stay
        what they were when the model saw more.
        """
        first = max(0, min(first, len(self.ids)))
        end = max(first, min(first + count, len(self.ids)))
        if first == 0 and end == len(self.ids):
            end -= 1  # a model cannot go on from nothing
        if end <= first:
            return 0
        moving = list(zip(self.ids[end:], self.logprobs[end:], self.authors[end:], strict=True))
        in_prompt = max(0, min(end, self.prompt_length) - first)
        self._forget_from(first)
        for token, logprob, author in moving:
            self._append(token, logprob, author)
        self.prompt_length -= in_prompt
        return end - first

    def _forget_from(self, length: int) -> None:
        """Keep the first `length` tokens; their last is read again, for its scores were not kept."""
        if length == len(self.ids):
            return
        for column in (self.ids, self.logprobs, self.pieces, self.authors):
            del column[length:]
        self._cache.truncate(min(self._cache.length, max(0, length - 1)))
        self._logits = self._next = self._looked = None

    def _append(self, token: int, logprob: float | None, author: Author) -> None:
        pending = self.pieces[-1].pending if self.pieces else b""
        self.pieces.append(next_piece(self.tokenizer, token, pending))
        self.ids.append(token)
        self.logprobs.append(logprob)
        self.authors.append(author)
        self._logits = self._next = None

    def _add(
        self,
        token: int,
        probability: float,
        cumulative_before: float,
        uniform: float | None,
        *,
        forced: bool = False,
    ) -> TokenDrawn:
        logprob = self._logprob(token)
        self.drawn_after_s = self._read_s
        self._append(token, logprob, self.answering)
        return TokenDrawn(
            row=0,
            position=len(self.ids) - 1,
            id=token,
            piece=self.pieces[-1],
            text="",
            logprob=logprob,
            probability=probability,
            cumulative_before=cumulative_before,
            uniform=uniform,
            forced=forced,
        )

    # ---------------------------------------------------------------- the model

    def look_back(self, position: int) -> Tensor:
        """What the token at `position` looked at, (L, H, position + 1): see `attention_at`.

        Raises: InputError if there is no such token.
        """
        if not 0 <= position < len(self.ids):
            raise InputError(
                "There is no token at position {position}: the stream's positions go from 0 to {last}.",
                position=position,
                last=len(self.ids) - 1,
            )
        if self._looked is None or self._looked[0] != position:
            if self._cache.length < position:
                self.logits()
            token = torch.tensor([self.ids[position]], device=self.model.device)
            self._looked = position, attention_at(self.model, self._cache, token, position)[0].cpu()
        return self._looked[1]

    @property
    def kv_size(self) -> KVSize:
        """What the stream takes in memory."""
        return kv_size(self.model.config, dtype_of(self.model), len(self.ids))

    def next_token(self, settings: SamplerSettings) -> NextToken:
        """What may come next; only the first time after a change of the stream does the model work for it."""
        known = self._next
        if known is not None and known.settings == settings:
            return known
        chooser = Chooser(settings)
        logits = self.logits()
        history = History(self.ids[: self.prompt_length], self.generated)
        final = run_chain(chooser.steps, logits, [history])
        model = Ranking(logits) if known is None else known.model
        ranking = model if final is logits else Ranking(final)
        self._next = NextToken(self.position, settings, model, ranking, chooser.greedy)
        return self._next

    def _logprob(self, token: int) -> float:
        return float(logprobs_of(self.logits(), np.array([[token]]))[0, 0])

    def logits(self) -> Logits:
        """The model's scores for the next token, (1, V)."""
        for _ in self.catch_up():
            pass
        assert self._logits is not None
        return self._logits

    def catch_up(self) -> Iterator[None]:
        """Let the model read what it has not read yet, a piece at a time."""
        if len(self.ids) > self._cache.capacity:
            self._cache = self._new_cache(min(self.context, 2 * len(self.ids)))
        while self._cache.length < len(self.ids):
            start = self._cache.length
            self._read(self.ids[start : start + _CHUNK])
            yield

    @torch.inference_mode()
    def _read(self, ids: list[int]) -> None:
        """Read the next ids; note the probabilities of those that follow each of them."""
        start, started = self._cache.length, time.perf_counter()
        hidden = self.model.hidden(torch.tensor([ids], device=self.model.device), self._cache)[0]
        vocabulary = self.tokenizer.n_vocab
        following = self.ids[start + 1 : start + 1 + len(ids)]
        if any(known is None for known in self.logprobs[start + 1 : start + 1 + len(ids)]):
            for at, logits in logits_in_blocks(self.model, hidden[: len(following)], vocabulary):
                some = np.array(following[at : at + len(logits)])[:, None]
                place = start + 1 + at
                self.logprobs[place : place + len(some)] = logprobs_of(logits, some)[:, 0].tolist()
        if start + len(ids) == len(self.ids):
            self._logits = to_numpy(self.model.logits(hidden[-1:]), vocabulary)
        self._read_s = time.perf_counter() - started if len(ids) == 1 else None
