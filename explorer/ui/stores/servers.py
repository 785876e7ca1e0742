"""Servers that the person has named: testing them, and letting a model there answer."""

from dataclasses import dataclass, field
from itertools import count
from math import exp

from explorer.protocol import (
    AddServer,
    AskServer,
    Cancel,
    Event,
    Failed,
    JobCancelled,
    ProbeServer,
    RemoveServer,
    ScoredToken,
    ServerEnded,
    ServerProbed,
    ServerSaid,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.failures import failure_of
from explorer.ui.stores.run_data import Failure


@dataclass
class Answer:
    """What a server's model says to one message."""

    path: str
    """`server:NAME#MODEL`."""
    question: str
    job: str
    reasoning: str = ""
    text: str = ""
    tokens: list[ScoredToken] = field(default_factory=list[ScoredToken])
    ended: ServerEnded | None = None
    failure: Failure | None = None
    stopped: bool = False

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return self.ended is None and self.failure is None and not self.stopped

    @property
    def mean_probability(self) -> float | None:
        """Geometric mean over the tokens with a log-probability."""
        known = [token.logprob for token in self.tokens]
        return exp(sum(known) / len(known)) if known else None

    @property
    def least_likely(self) -> ScoredToken | None:
        """The token that the model was least sure of."""
        return min(self.tokens, key=lambda token: token.logprob, default=None)


class ServersStore(Store):
    """`command` goes to the worker for models; the list of servers itself is in the store of models."""

    def __init__(self) -> None:
        super().__init__()
        self.testing = ""
        """Name of the server that is being asked for its models."""
        self.probed: ServerProbed | None = None
        """How the last test went well ..."""
        self.failure: Failure | None = None
        """... or why adding, testing or removing failed."""
        self.answer: Answer | None = None
        self._job = ""
        self._numbers = count(1)

    # ------------------------------------------------------------ intents

    def add(self, name: str, url: str, key: str) -> None:
        """Keep a server, its key in the system's keyring, and test it."""
        self._begin(name.strip())
        self.command.emit(AddServer(job=self._job, name=name.strip(), url=url.strip(), key=key.strip()))

    def test(self, name: str) -> None:
        """Ask a server for its models."""
        self._begin(name)
        self.command.emit(ProbeServer(job=self._job, name=name))

    def remove(self, name: str) -> None:
        """Forget a server and its key."""
        self._begin("")
        self.command.emit(RemoveServer(job=self._job, name=name))

    def ask(self, path: str, text: str) -> None:
        """Let the model at `path` answer; an answer that still comes is cut off."""
        self.hang_up()
        self.answer = Answer(path, text, f"ask-{next(self._numbers)}")
        self.command.emit(AskServer(job=self.answer.job, path=path, text=text))
        self.changed.emit()

    def hang_up(self) -> None:
        """Stop the answer that comes; what has come stays."""
        answer = self.answer
        if answer is not None and answer.running:
            answer.stopped = True
            self.command.emit(Cancel(job=answer.job))
            self.changed.emit()

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """Answers to the last test and the last question."""
        answer = self.answer
        if self._job and event.job == self._job:
            self._take_test(event)
        elif answer is not None and event.job == answer.job and not isinstance(event, JobCancelled):
            _take_answer(answer, event)
        else:
            return
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """The worker died, and its connections with it."""
        lost = failure_of(Failed(template="The engine died. Try again; it starts anew.", details=words))
        if self.testing:
            self.testing, self.failure = "", lost
        if self.answer is not None and self.answer.running:
            self.answer.failure = lost
        self.changed.emit()

    def _begin(self, name: str) -> None:
        if self.testing:
            self.command.emit(Cancel(job=self._job))
        self._job = f"server-{next(self._numbers)}"
        self.testing, self.probed, self.failure = name, None, None
        self.changed.emit()

    def _take_test(self, event: Event) -> None:
        if isinstance(event, ServerProbed):
            self.testing, self.probed = "", event
        elif isinstance(event, Failed):
            self.testing = ""
            self.failure = failure_of(event)


def _take_answer(answer: Answer, event: Event) -> None:
    match event:
        case ServerSaid(channel="reasoning"):
            answer.reasoning += event.text
        case ServerSaid():
            answer.text += event.text
            answer.tokens.extend(event.tokens)
        case ServerEnded():
            answer.ended = event
        case Failed():
            answer.failure = failure_of(event)
        case _:
            pass
