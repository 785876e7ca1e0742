"""Looking into a session's model: jobs beside what the session does."""

import math

from explorer.core.attention_maps import averaged
from explorer.core.detokenize import next_piece
from explorer.core.generate import dtype_of, start_ids
from explorer.core.kv_size import KVSize, kv_size
from explorer.core.scores import Score
from explorer.core.step_time import step_times
from explorer.core.surprisal import ScoredToken, score_text, total_of, windows_for
from explorer.protocol import (
    Alternative,
    AttentionSeen,
    Chance,
    ContextMeasured,
    LookBack,
    MeasureContext,
    ScoredText,
    ScoreText,
    StreamToken,
    TextScored,
    TextScoreEnded,
)
from explorer.services import Job
from explorer.services.session_jobs import Talk
from explorer.text.tokenizer import Tokenizer


def aside(talk: Talk, command: LookBack | ScoreText | MeasureContext) -> Job:
    """Answer `command` when what came before it is done; beside it, if that is a run."""
    if not talk.runs:
        turn = object()
        talk.turns.append(turn)
        try:
            while talk.turns[0] is not turn:
                yield None
        finally:
            talk.turns.remove(turn)
    if isinstance(command, LookBack):
        yield from look_back(talk, command)
    elif isinstance(command, ScoreText):
        yield from score(talk, command)
    else:
        yield from measure(talk, command)


def look_back(talk: Talk, command: LookBack) -> Job:
    """One token through the model."""
    session = talk.opened()
    weights = session.look_back(command.position)
    shown = averaged(weights, command.layer, command.head).tolist()
    yield AttentionSeen(
        job=command.job,
        position=command.position,
        layer=command.layer,
        head=command.head,
        layers=weights.shape[0],
        heads=weights.shape[1],
        weights=[float(f"{weight:.4g}") for weight in shown],
        slides=command.layer is not None and session.model.config.slides(command.layer),
    )


def score(talk: Talk, command: ScoreText) -> Job:
    """Piece by piece; the model that is loaded now scores the whole text, whatever is loaded meanwhile."""
    session = talk.opened()
    model, tokenizer = session.model, session.tokenizer
    ids = command.ids or start_ids(tokenizer, command.text)
    windows = windows_for(session.context, command.window, command.stride)
    scored: list[ScoredToken] = []
    pending = b""
    for tokens in score_text(model, tokenizer, ids, command.sampler, top=command.top, windows=windows):
        if not tokens:
            yield None
            continue
        told: list[ScoredText] = []
        for token in tokens:
            shown, after = _shown(tokenizer, token, pending)
            told.append(shown)
            pending = after
        scored += tokens
        yield TextScored(job=command.job, position=tokens[0].position, total=len(ids), tokens=told)
    total = total_of(tokenizer, scored)
    yield TextScoreEnded(
        job=command.job,
        tokens=total.tokens,
        nats=total.nats,
        size_bytes=total.size_bytes,
        bits_per_byte=total.bits_per_byte,
        perplexity=total.perplexity if total.perplexity < math.inf else None,
        window=windows.length,
        stride=windows.stride,
    )


def _shown(tokenizer: Tokenizer, token: ScoredToken, pending: bytes) -> tuple[ScoredText, bytes]:
    """The token as the window has it, and the bytes of a character that it leaves incomplete."""
    piece = next_piece(tokenizer, token.id, pending)
    shown = StreamToken(
        id=token.id,
        text=piece.text,
        resumes=piece.resumes,
        special=token.id in tokenizer.special_tokens.values(),
        logprob=None if token.before is None else token.before.logprob,
    )
    before, after = (_chance(tokenizer, found, pending) for found in (token.before, token.after))
    return ScoredText(token=shown, context=token.context, before=before, after=after), piece.pending


def _chance(tokenizer: Tokenizer, score: Score | None, pending: bytes) -> Chance | None:
    if score is None:
        return None
    return Chance(
        logprob=score.logprob if score.logprob > -math.inf else None,
        entropy=score.entropy,
        top=[
            Alternative(id=other, text=next_piece(tokenizer, other, pending).text, logprob=logprob)
            for other, logprob in score.top
        ],
    )


def measure(talk: Talk, command: MeasureContext) -> Job:
    """The stream's own cost at once, then each length's."""
    session = talk.opened()
    model, vocabulary = session.model, session.tokenizer.n_vocab
    yield _measured(command.job, session.kv_size, None)
    for found in step_times(model, command.lengths, vocabulary):
        if found is None:
            yield None
            continue
        length, seconds = found
        yield _measured(command.job, kv_size(model.config, dtype_of(model), length), seconds)


def _measured(job: str, size: KVSize, seconds: float | None) -> ContextMeasured:
    return ContextMeasured(
        job=job,
        tokens=size.tokens,
        kv_bytes=size.size_bytes,
        kv_bytes_per_token=size.bytes_per_token,
        kv_visible_bytes=size.visible_bytes,
        sliding_layers=size.sliding_layers,
        window=size.window,
        seconds_per_token=seconds,
    )
