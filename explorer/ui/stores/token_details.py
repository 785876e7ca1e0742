"""One token of the vocabulary that a person looks at closely, and where it stands in the text."""

from explorer.protocol import DescribeToken, Encoding, Event, Failed, TokenDescribed
from explorer.text.token_array import Int32Array
from explorer.ui.stores.base import Store
from explorer.ui.stores.token_spans import TokenSpans


class TokenDetailsStore(Store):
    """Ask with `show`, end with `close`. It closes when the text's tokens are of another encoding."""

    def __init__(self, spans: TokenSpans, name: str) -> None:
        """`name`: of its jobs."""
        super().__init__()
        self._spans, self._name = spans, name
        self._number = 0
        self._encoding: Encoding = ""
        self.token = -1
        """The id that is looked at; -1 for none."""
        self.told: TokenDescribed | None = None
        """What the engine says of it, or of the one before while it looks."""
        self.failure: Failed | None = None

    @property
    def is_open(self) -> bool:
        """Whether a token is looked at."""
        return self.token >= 0

    @property
    def waiting(self) -> bool:
        """Whether the engine has yet to answer."""
        return (
            self.is_open and self.failure is None and (self.told is None or self.told.entry.id != self.token)
        )

    def show(self, token: int) -> None:
        """Look at a token of the present encoding, by its id."""
        if token == self.token and self.failure is None:
            return
        self.token = token
        self._encoding = self._spans.encoding
        self._ask()
        self.changed.emit()

    def close(self) -> None:
        """Look no more."""
        if self.is_open:
            self.token = -1
            self.told = self.failure = None
            self.changed.emit()

    def tokens_changed(self) -> None:
        """The text's tokens are others now."""
        if self.is_open and self._spans.encoding and self._spans.encoding != self._encoding:
            self.close()
        elif self.is_open:
            self.changed.emit()

    def places(self) -> Int32Array:
        """Where the token stands in the text: indices of tokens, in order."""
        return (self._spans.ids == self.token).nonzero()[0].astype("int32")

    def apply(self, event: Event) -> None:
        """Take the newest answer."""
        if isinstance(event, TokenDescribed | Failed) and event.job == self._job and self.is_open:
            if isinstance(event, Failed):
                self.failure, self.told = event, None
            else:
                self.told = event
            self.changed.emit()

    def engine_ready(self) -> None:
        """Ask again what was not answered."""
        if self.waiting:
            self._ask()

    @property
    def _job(self) -> str:
        return f"{self._name}-{self._number}"

    def _ask(self) -> None:
        self._number += 1
        self.failure = None
        self.command.emit(DescribeToken(job=self._job, encoding=self._encoding, token=self.token))
