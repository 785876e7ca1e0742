"""Tools in a conversation: the model writes a call and stops, the program does it, the model goes on.

Free of Qt. Every call can be looked at, and changed, before it is done.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Literal

from explorer.protocol import (
    Command,
    Event,
    Failed,
    FolderProgress,
    RunTool,
    StreamToken,
    ToolAnswered,
    WrittenPart,
)
from explorer.text.calls import CALL_TAGS, Call, pending_call
from explorer.text.chatml import RESULT_CLOSE, RESULT_OPEN

MOST_CALLS = 8
"""In one answer: a small model may never stop asking."""
_RESULT_TAGS = (RESULT_OPEN, RESULT_CLOSE)
CallPhase = Literal["none", "waiting", "running"]


def tools_of(special_tokens: Collection[str]) -> list[str]:
    """The tools that a model has learned to call, as far as its special tokens tell."""
    if not all(tag in special_tokens for tag in _RESULT_TAGS):
        return []
    return [tool for tool, tags in CALL_TAGS.items() if all(tag in special_tokens for tag in tags)]


def call_ends(special_tokens: Collection[str]) -> tuple[str, ...]:
    """Where the model is stopped, for the program to do what it asks for."""
    return tuple(CALL_TAGS[tool][1] for tool in CALL_TAGS if tool in tools_of(special_tokens))


class ToolLoop:
    """The call that an answer has come to.

    "waiting": the person may look at it, change it and let it run; "running": the tool works.
    """

    def __init__(self, job: str, send: Callable[[Command], object]) -> None:
        self.job = job
        self._send = send
        self.phase: CallPhase = "none"
        self.call: Call | None = None
        self.calls = 0
        """In this answer."""
        self.answered: ToolAnswered | None = None
        """The last result, with what else was found."""
        self.progress: tuple[int, int] | None = None
        """Documents of the folder that are read, and all of them."""
        self._folder = ""

    def begin(self) -> None:
        """Another answer."""
        self.end()
        self.calls = 0
        self.answered = None

    def end(self) -> None:
        """No call is of interest any more; a tool that still works works for nobody."""
        self.phase, self.call = "none", None

    def meet(self, text: str) -> Call | None:
        """The call with which an answer ends, which waits now; None if there is none."""
        said = text.rpartition(RESULT_CLOSE)[2]
        self.call = pending_call(said)
        if self.call is not None:
            self.phase = "waiting"
            self.calls += 1
        return self.call

    def run(self, asked: str, folder: str) -> None:
        """Let the tool do it, as the model wrote it or as it was changed."""
        if self.call is not None and self.phase == "waiting":
            self.call = Call(self.call.tool, asked)
            self.phase, self._folder, self.progress = "running", folder, None
            self._send(RunTool(job=self.job, tool=self.call.tool, asked=asked, folder=folder))

    def again(self) -> None:
        """Whoever did it died: ask the next one."""
        if self.phase == "running":
            self.phase = "waiting"
            self.run(self.call.asked if self.call is not None else "", self._folder)

    def apply(self, event: Event) -> ToolAnswered | None:
        """The result, if this is it. After a failure the call waits again."""
        if event.job != self.job or self.phase != "running":
            return None
        if isinstance(event, Failed):
            self.phase = "waiting"
        elif isinstance(event, FolderProgress):
            self.progress = (event.done, event.total)
        elif isinstance(event, ToolAnswered) and self.call is not None and event.asked == self.call.asked:
            self.answered = event
            self.phase, self.call = "none", None
            return event
        return None


def result_parts(result: str) -> tuple[WrittenPart, ...]:
    """What a tool writes into the stream."""
    return (
        WrittenPart(text=RESULT_OPEN, role="tool", special=True),
        WrittenPart(text=result, role="tool"),
        WrittenPart(text=RESULT_CLOSE, role="tool", special=True),
    )


def call_parts(call: Call) -> tuple[WrittenPart, ...]:
    """A call as the person has changed it: the words are the person's."""
    opening, closing = CALL_TAGS[call.tool]
    return (
        WrittenPart(text=opening, role="assistant", special=True),
        WrittenPart(text=call.asked, role="user"),
        WrittenPart(text=closing, role="assistant", special=True),
    )


def call_length(tokens: Sequence[StreamToken], call: Call) -> int:
    """How many tokens at the end are the call, its tags included."""
    opening = CALL_TAGS[call.tool][0]
    for length, token in enumerate(reversed(tokens), 1):
        if token.special and token.text == opening:
            return length
    return 0
