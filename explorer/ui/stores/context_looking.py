"""What is looked into beside a conversation: attention, and what its length costs. Free of Qt."""

from collections.abc import Callable

from explorer.protocol import AttentionSeen, Command, ContextMeasured, Event, LookBack, MeasureContext

MEASURED_LENGTHS = (64, 256, 1024, 4096, 16384)


class ContextLooking:
    """Asks the session of `job`; what it answers is of the stream as it was then."""

    def __init__(self, send: Callable[[Command], object]) -> None:
        self._send = send
        self.attention: AttentionSeen | None = None
        self.chosen: tuple[int | None, int | None] = (None, None)
        """Layer and head; None: the average of all."""
        self.measured: list[ContextMeasured] = []
        self.kv_bytes_per_token = 0

    def forget(self) -> None:
        """Another model."""
        self.attention, self.measured = None, []

    def forget_attention(self) -> None:
        """The stream's positions are others now."""
        self.attention = None

    def look_back(self, job: str, position: int) -> None:
        """What the token at `position` looked at."""
        layer, head = self.chosen
        self._send(LookBack(job=job, position=position, layer=layer, head=head))

    def look_with(self, job: str, layer: int | None, head: int | None) -> None:
        """One layer's or head's attention, or the average; of the same token, if there is one."""
        self.chosen = (layer, head)
        if self.attention is not None:
            self.look_back(job, self.attention.position)

    def ask_size(self, job: str) -> None:
        """What a token takes in memory."""
        self._send(MeasureContext(job=job))

    def measure(self, job: str, longest: int) -> None:
        """What a token costs at several lengths of the context, up to `longest`."""
        self.measured = []
        lengths = [*(each for each in MEASURED_LENGTHS if each < longest), longest]
        self._send(MeasureContext(job=job, lengths=lengths))

    def apply(self, event: Event) -> None:
        """Take an answer."""
        if isinstance(event, AttentionSeen):
            self.attention = event
        elif isinstance(event, ContextMeasured):
            self.kv_bytes_per_token = event.kv_bytes_per_token
            if event.seconds_per_token is not None:
                self.measured.append(event)
