"""A small honest engine for tests of the Sampling store and panel: real jobs, side by side, as in the worker.

Its model knows nine letters. Logits are a function of the stream, the random number one of seed and
position, so what the window shows can be held against `expected`.
"""

import math
import random
from collections import deque
from collections.abc import Iterator

from explorer.protocol import (
    Cancel,
    Candidate,
    CloseSession,
    Command,
    Distribution,
    Event,
    Failed,
    Generate,
    GenerationEnded,
    JobCancelled,
    LoadModel,
    ModelLoaded,
    PromptSet,
    RemoveLast,
    Reshape,
    RunInfo,
    SamplerSettings,
    SetPrompt,
    StepToken,
    StopGenerating,
    StreamToken,
    TokenSampled,
    TokensRemoved,
)

LETTERS = " \nabcdefg"
CONTEXT = 24
SHOWN = 4


def run_info(name: str, step: int = 40, checkpoint: bool = True) -> RunInfo:
    path = f"/runs/{name}"
    return RunInfo(
        run=name, path=path, name=name.title(), stage="pretrain", preset="nano", text="a text", created_s=1.0,
        step=step, steps=100, status="finished", train_loss=1.0, val_loss=1.0, parameters=1_050_000,
        checkpoint=f"{path}/checkpoints/step-{step:06}" if checkpoint else "",
    )  # fmt: skip


def _logits(model: str, ids: tuple[int, ...]) -> list[float]:
    dice = random.Random(f"{model} {ids}")
    return [dice.gauss(0, 2) for _ in LETTERS]


def _softmax(logits: list[float]) -> list[float]:
    top = max(logits)
    weights = [math.exp(logit - top) for logit in logits]
    return [weight / sum(weights) for weight in weights]


def _entropy_bits(probabilities: list[float]) -> float:
    return -sum(p * math.log2(p) for p in probabilities if p > 0)


def distribution(
    model: str, ids: tuple[int, ...], sampler: SamplerSettings
) -> tuple[list[int], list[float], list[float]]:
    """Ids, most likely first; probability of each id after the chain; and at T = 1."""
    logits = _logits(model, ids)
    order = sorted(range(len(logits)), key=lambda i: -logits[i])
    shaped = [logit / max(sampler.temperature, 1e-3) for logit in logits]
    kept = order[: sampler.top_k or None]
    shaped = [logit if i in kept else -math.inf for i, logit in enumerate(shaped)]
    return order, _softmax(shaped), _softmax(logits)


class Session:
    def __init__(self, path: str) -> None:
        self.path = path
        self.prompt: list[int] = []
        self.generated: list[int] = []
        self.stop = False

    @property
    def ids(self) -> tuple[int, ...]:
        return (*self.prompt, *self.generated)


class ToyEngine:
    """`take` a command, `advance` a job; what it says stands in `events`."""

    def __init__(self, failing: frozenset[str] = frozenset()) -> None:
        self.events: deque[Event] = deque()
        self.sessions: dict[str, Session] = {}
        self.commands: list[Command] = []
        self._failing = failing
        """Names of command types that fail, or paths that cannot be loaded."""
        self._jobs: deque[tuple[str, Iterator[Event]]] = deque()

    @property
    def busy(self) -> bool:
        return bool(self._jobs)

    def take(self, command: Command) -> None:
        self.commands.append(command)
        if isinstance(command, Cancel):
            self._jobs = deque(job for job in self._jobs if job[0] != command.job)
            self.events.append(JobCancelled(job=command.job))
            return
        if not isinstance(command, StopGenerating | CloseSession):
            over = [job for name, job in self._jobs if name == command.job]
            assert all(next(job, None) is None for job in over), f"{command} while another command is out"
        self._step(command.job, self._run(command))

    def advance(self) -> None:
        if self._jobs:
            self._step(*self._jobs.popleft())

    def _step(self, name: str, job: Iterator[Event]) -> None:
        event = next(job, None)
        if event is not None:
            self.events.append(event)
            self._jobs.append((name, job))

    def _run(self, command: Command) -> Iterator[Event]:
        refused = "continuation" in self._failing and getattr(command, "continuation", None)
        if (
            refused
            or type(command).__name__ in self._failing
            or getattr(command, "path", "") in self._failing
        ):
            yield Failed(
                job=command.job, template="It broke at {place}.", values={"place": "toy"}, details="why"
            )
            return
        if isinstance(command, LoadModel):
            self.sessions[command.job] = Session(command.path)
            yield ModelLoaded(
                job=command.job, path=command.path, name="Toy", step=40, parameters=1_050_000,
                context=CONTEXT, vocab_size=len(LETTERS), weights_hash="0123456789ab", device="cpu",
            )  # fmt: skip
            return
        session = self.sessions.get(command.job)
        if session is None:
            yield Failed(job=command.job, template="No session.")
        elif isinstance(command, CloseSession):
            del self.sessions[command.job]
        elif isinstance(command, StopGenerating):
            session.stop = True
        else:
            yield from self._serve(session, command)

    def _serve(self, session: Session, command: Command) -> Iterator[Event]:
        job = command.job
        if isinstance(command, SetPrompt):
            ids = [LETTERS.find(letter) for letter in command.text if letter in LETTERS]
            session.prompt, session.generated = ids[-CONTEXT:], []
            tokens = [StreamToken(id=i, text=LETTERS[i], logprob=None) for i in session.prompt]
            session.generated = command.continuation[: CONTEXT - len(session.prompt)]
            again = [StreamToken(id=i, text=LETTERS[i], logprob=-1.0) for i in session.generated]
            cut = max(0, len(ids) - CONTEXT)
            yield PromptSet(job=job, tokens=tokens, truncated=cut, continuation=again)
            yield self.distribution(job, command.sampler)
        elif isinstance(command, Reshape):
            yield self.distribution(job, command.sampler)
        elif isinstance(command, StepToken):
            if len(session.ids) >= CONTEXT:
                yield GenerationEnded(job=job, stop_reason="context_full", tokens=0)
                return
            yield self._draw(job, command.sampler)
            yield self.distribution(job, command.sampler)
        elif isinstance(command, Generate):
            yield from self._generate(session, command)
        elif isinstance(command, RemoveLast):
            assert command.count <= len(session.generated)
            del session.generated[len(session.generated) - command.count :]
            yield TokensRemoved(job=job, length=len(session.ids))
            yield self.distribution(job, command.sampler)

    def _generate(self, session: Session, command: Generate) -> Iterator[Event]:
        session.stop = False
        drawn, reason = 0, "max_tokens"
        while drawn < command.max_tokens:
            if len(session.ids) >= CONTEXT:
                reason = "context_full"
                break
            yield self._draw(command.job, command.sampler, tokens_per_s=120.0)
            drawn += 1
            if session.stop:
                reason = "stopped"
                break
        yield GenerationEnded(job=command.job, stop_reason=reason, tokens=drawn)

    def distribution(self, job: str, sampler: SamplerSettings) -> Distribution:
        session = self.sessions[job]
        order, shaped, plain = distribution(session.path, session.ids, sampler)
        shown = order[:SHOWN]
        return Distribution(
            job=job,
            position=len(session.ids),
            sampler=sampler,
            candidates=[
                Candidate(id=i, text=LETTERS[i], model_probability=plain[i], probability=shaped[i])
                for i in shown
            ],
            rest_count=len(LETTERS) - SHOWN,
            rest_probability=sum(shaped[i] for i in order[SHOWN:]),
            entropy_bits=_entropy_bits(shaped),
            model_entropy_bits=_entropy_bits(plain),
        )

    def _draw(self, job: str, sampler: SamplerSettings, tokens_per_s: float | None = None) -> TokenSampled:
        session = self.sessions[job]
        order, shaped, plain = distribution(session.path, session.ids, sampler)
        uniform = random.Random(f"{sampler.seed} {len(session.ids)}").random()
        before, chosen = 0.0, order[0]
        for chosen in order:
            if before + shaped[chosen] > uniform:
                break
            before += shaped[chosen]
        session.generated.append(chosen)
        return TokenSampled(
            job=job,
            position=len(session.ids) - 1,
            token=StreamToken(id=chosen, text=LETTERS[chosen], logprob=math.log(plain[chosen])),
            uniform=None if sampler.temperature == 0 else uniform,
            cumulative_before=before,
            probability=shaped[chosen],
            tokens_per_s=tokens_per_s,
        )
