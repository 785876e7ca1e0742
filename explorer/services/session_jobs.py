"""The commands of one session as jobs, and what the session knows as the window's events."""

import math
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from explorer.core.detokenize import next_piece
from explorer.core.generate import TokenDrawn
from explorer.core.loading import LoadedModel
from explorer.core.ranking import CUT
from explorer.core.session import NextToken, Session
from explorer.errors import InputError
from explorer.protocol import (
    Candidate,
    Distribution,
    DropTokens,
    Generate,
    GenerationEnded,
    PromptSet,
    RemoveLast,
    Reshape,
    SamplerSettings,
    SetPrompt,
    StepToken,
    StreamToken,
    TokenSampled,
    TokensDropped,
    TokensRemoved,
)
from explorer.services import Job

SHOWN = 20
"""Candidates in a `Distribution`."""
_BARS_EVERY_S = 0.05
"""While text is generated, the bars follow this often."""


@dataclass(eq=False)
class Run:
    """A `Generate` that waits or works, and what has been asked of it meanwhile."""

    sampler: SamplerSettings
    stop: bool = False


@dataclass
class Talk:
    """What belongs to one job id: its model and stream, and the commands that wait for their turn."""

    loaded: LoadedModel | None = None
    session: Session | None = None
    turns: deque[object] = field(default_factory=deque[object])
    runs: list[Run] = field(default_factory=list[Run])

    def end_runs(self) -> None:
        """They say themselves how they ended."""
        for run in self.runs:
            run.stop = True

    def opened(self) -> Session:
        """The session. Raises: InputError if there is no model."""
        if self.session is None:
            raise InputError("No model is loaded. Choose a model first.")
        return self.session


def in_turn(talk: Talk, work: Job) -> Job:
    """Do `work` when everything that came before it is done, has failed, or was cancelled."""
    turn = object()
    talk.turns.append(turn)
    try:
        while talk.turns[0] is not turn:
            yield None
        yield from work
    finally:
        talk.turns.remove(turn)


# ---------------------------------------------------------------- jobs


def set_prompt(talk: Talk, command: SetPrompt) -> Job:
    """Read what is new in the prompt, a piece at a time."""
    session = talk.opened()
    session.set_prompt(command.text)
    session.extend(command.continuation)
    yield from read_prompt(command.job, session, command.sampler)


def read_prompt(job: str, session: Session, sampler: SamplerSettings) -> Job:
    """Let the model read a new prompt and what stands after it, a piece at a time, and tell both."""
    for _ in session.catch_up():
        yield None
    tokens = [stream_token(session, place) for place in range(session.position)]
    yield PromptSet(
        job=job,
        tokens=tokens[: session.prompt_length],
        truncated=session.truncated,
        continuation=tokens[session.prompt_length :],
    )
    yield distribution(job, session, sampler)


def reshape(talk: Talk, command: Reshape) -> Job:
    """The same scores, shaped otherwise."""
    yield distribution(command.job, talk.opened(), command.sampler)


def steer(talk: Talk, command: Reshape) -> Job:
    """Other settings for what runs, from its next token on."""
    for run in talk.runs:
        run.sampler = command.sampler
    if talk.session is not None:
        yield distribution(command.job, talk.session, command.sampler)


def step(talk: Talk, command: StepToken) -> Job:
    """One token, or why there is none."""
    session = talk.opened()
    if session.is_full:
        yield GenerationEnded(job=command.job, stop_reason="context_full", tokens=0)
        return
    drawn = session.step(command.sampler)
    yield token_sampled(command.job, session, drawn, None)
    yield distribution(command.job, session, command.sampler)


def remove_last(talk: Talk, command: RemoveLast) -> Job:
    """Back to where fewer tokens stood."""
    session = talk.opened()
    session.remove_last(command.count)
    yield TokensRemoved(job=command.job, length=session.position)
    yield distribution(command.job, session, command.sampler)


def drop(talk: Talk, command: DropTokens) -> Job:
    """Without them; the rest is read again, a piece at a time."""
    session = talk.opened()
    dropped = session.drop(command.first, command.count)
    for _ in session.catch_up():
        yield None
    yield TokensDropped(job=command.job, first=command.first, count=dropped)
    yield distribution(command.job, session, command.sampler)


def generate(talk: Talk, command: Generate) -> Job:
    """Tokens until something ends it; the bars follow, and are right at the end."""
    run = Run(command.sampler)
    talk.runs.append(run)
    try:
        # Waiting for its turn is a part of it: it can be stopped before it has begun.
        yield from in_turn(talk, _generated(talk, command, run))
    finally:
        talk.runs.remove(run)


def _generated(talk: Talk, command: Generate, run: Run) -> Job:
    session = talk.opened()
    started = shown = time.perf_counter()
    tokens = 0
    met = None
    while (reason := _reason_to_end(session, run, tokens, command.max_tokens)) is None:
        drawn = session.step(run.sampler)
        tokens += 1
        now = time.perf_counter()
        yield token_sampled(command.job, session, drawn, tokens / (now - started))
        if now - shown > _BARS_EVERY_S:
            shown = now
            yield distribution(command.job, session, run.sampler)
        met = session.met(command.stop_texts) if command.stop_texts else None
        if met is not None:
            reason = "stop_text"
            break
    yield distribution(command.job, session, run.sampler)
    yield GenerationEnded(job=command.job, stop_reason=reason, tokens=tokens, stop_text=met or "")


def _reason_to_end(
    session: Session, run: Run, tokens: int, max_tokens: int
) -> Literal["end_token", "stopped", "max_tokens", "context_full"] | None:
    if tokens and session.ids[-1] in session.end_tokens:
        return "end_token"
    if run.stop:
        return "stopped"
    if tokens >= max_tokens:
        return "max_tokens"
    return "context_full" if session.is_full else None


# ---------------------------------------------------------------- events


def stream_token(session: Session, place: int) -> StreamToken:
    """The token at `place` of the stream."""
    token, piece = session.ids[place], session.pieces[place]
    return StreamToken(
        id=token,
        text=piece.text,
        resumes=piece.resumes,
        special=token in session.tokenizer.special_tokens.values(),
        logprob=session.logprobs[place],
        role=session.authors[place].role,
        turn=session.authors[place].turn,
    )


def token_sampled(job: str, session: Session, drawn: TokenDrawn, rate: float | None) -> TokenSampled:
    """The token just drawn, which is the stream's last."""
    return TokenSampled(
        job=job,
        position=drawn.position,
        token=stream_token(session, drawn.position),
        uniform=drawn.uniform,
        cumulative_before=drawn.cumulative_before,
        probability=drawn.probability,
        tokens_per_s=rate,
        model_s=session.drawn_after_s,
    )


def distribution(job: str, session: Session, sampler: SamplerSettings) -> Distribution:
    """What may come next."""
    following = session.next_token(sampler)
    alive = int(np.count_nonzero(following.final.logits > CUT))
    ids = np.array(_shown(following, alive))[None]
    final = following.final.probability_of(ids)[0].tolist()
    model = following.model.probability_of(ids)[0].tolist()
    pending = session.pieces[-1].pending
    return Distribution(
        job=job,
        position=following.position,
        sampler=sampler,
        candidates=[
            Candidate(
                id=token,
                text=next_piece(session.tokenizer, token, pending).text,
                model_probability=model_probability,
                probability=probability,
            )
            for token, model_probability, probability in zip(ids[0].tolist(), model, final, strict=True)
        ],
        rest_count=max(0, alive - len(ids[0])),
        rest_probability=max(0.0, 1.0 - sum(final)) if alive > len(ids[0]) else 0.0,
        entropy_bits=_bits(following.final.entropies()[0]),
        model_entropy_bits=_bits(following.model.entropies()[0]),
    )


def _shown(following: NextToken, alive: int) -> list[int]:
    """The chain's first; where it leaves fewer than can be shown, the model's first among those cut."""
    first = following.final.leading(min(SHOWN, alive))[0].tolist()
    if len(first) == SHOWN:
        return first
    by_model: Iterable[int] = following.model.leading(SHOWN + alive)[0].tolist()
    left = set(first)
    return first + [token for token in by_model if token not in left][: SHOWN - len(first)]


def _bits(nats: float) -> float:
    return max(0.0, float(nats)) / math.log(2)
