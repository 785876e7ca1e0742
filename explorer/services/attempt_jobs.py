"""Many attempts at a session's prompt at once, told as they grow and judged when they end."""

import time
from dataclasses import dataclass, field

from explorer.core.data.problems import Verdict
from explorer.core.generate import RowEnded, TokenDrawn, generate
from explorer.errors import InputError
from explorer.protocol import (
    AttemptDone,
    AttemptPiece,
    AttemptsEnded,
    AttemptsGrew,
    TryManyTimes,
)
from explorer.services import Job
from explorer.services.judging import Judge, checked_sums
from explorer.services.session_jobs import Run, Talk, in_turn

MOST_ATTEMPTS = 64
_TELL_EVERY_S = 0.1


@dataclass
class _Attempt:
    """One under way."""

    ids: list[int] = field(default_factory=list[int])
    text: str = ""
    told: int = 0
    """Characters of `text` that the window has."""
    tokens_told: int = 0


def try_many_times(talk: Talk, command: TryManyTimes) -> Job:
    """As `session_jobs.generate`: waiting for its turn, it can be stopped already."""
    run = Run(command.sampler)
    talk.runs.append(run)
    try:
        yield from in_turn(talk, _tried(talk, command, run))
    finally:
        talk.runs.remove(run)


def _tried(talk: Talk, command: TryManyTimes, run: Run) -> Job:
    session = talk.opened()
    if not 1 <= command.attempts <= MOST_ATTEMPTS:
        raise InputError("Choose between 1 and {most} attempts.", most=MOST_ATTEMPTS)
    judge = Judge(command.problem)
    started = told = time.perf_counter()
    attempts = [_Attempt() for _ in range(command.attempts)]
    verdicts: list[Verdict] = []
    facts = generate(
        session.model,
        session.tokenizer,
        [session.ids[: session.prompt_length]] * command.attempts,
        command.sampler,
        max_tokens=command.max_tokens,
        end_tokens=session.end_tokens,
    )
    while not run.stop and (fact := next(facts, None)) is not None:
        attempt = attempts[fact.row]
        attempt.text += fact.text
        if isinstance(fact, TokenDrawn):
            attempt.ids.append(fact.id)
            # All rows of a step are drawn together: what takes long comes before the first of them.
            if fact.row == 0 or time.perf_counter() - told > _TELL_EVERY_S:
                yield None
            if time.perf_counter() - told > _TELL_EVERY_S:
                told = time.perf_counter()
                yield _grown(command.job, attempts)
            continue
        yield from _ended(command.job, fact, attempt, judge, verdicts)
    yield _grown(command.job, attempts)
    yield AttemptsEnded(
        job=command.job,
        stopped=run.stop and len(verdicts) < len(attempts),
        elapsed_s=time.perf_counter() - started,
        tokens=sum(len(attempt.ids) for attempt in attempts),
    )


def _ended(job: str, fact: RowEnded, attempt: _Attempt, judge: Judge, verdicts: list[Verdict]) -> Job:
    attempt.told, attempt.tokens_told = len(attempt.text), len(attempt.ids)
    verdicts.append(judge.verdict(attempt.text))
    yield AttemptDone(
        job=job,
        attempt=fact.row,
        tokens=len(attempt.ids),
        text=attempt.text,
        ids=attempt.ids,
        ended=fact.stop_reason == "end_token",
        judgement=judge.judgement(attempt.text),
        sums=checked_sums(attempt.text, complete=True),
    )
    yield judge.counted(job, verdicts)


def _grown(job: str, attempts: list[_Attempt]) -> AttemptsGrew:
    pieces: list[AttemptPiece] = []
    for number, attempt in enumerate(attempts):
        if len(attempt.ids) > attempt.tokens_told:
            text = attempt.text[attempt.told :]
            pieces.append(AttemptPiece(attempt=number, tokens=len(attempt.ids), text=text))
            attempt.told, attempt.tokens_told = len(attempt.text), len(attempt.ids)
    return AttemptsGrew(job=job, pieces=pieces)
