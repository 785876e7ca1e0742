"""Rendering a model's chat template, in a process of its own: see `explorer.text.template_child`.

As a generator that waits in short slices, so that a worker's other jobs go on; or in one call.
"""

import json
import subprocess
from collections.abc import Generator, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

import msgspec

from explorer.errors import InputError
from explorer.text import cage

TIME_LIMIT_S = 3.0
MAX_TEMPLATE_CHARACTERS = 1_000_000
MAX_CONVERSATION_CHARACTERS = 2_000_000
GREETING = b"ready\n"
"""What the process says before it listens: until then a long conversation would wait in the pipe."""

Found = TypeVar("Found")


def finished(steps: Generator[None, None, Found]) -> Found:
    """What `steps` returns, for callers that have nothing else to do meanwhile."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


class ChatMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one side said, by the names that templates know."""

    role: str
    content: str


class _Reply(msgspec.Struct):
    text: str | None = None
    raised: str | None = None
    broken: str | None = None


class TemplateRenderer:
    """Keeps one rendering process, which starts at the first use (0.2 s) and again after it has died.

    Several renderings may be under way: they take turns. Not for the window's process: a template may take
    `limit_s` seconds. Close it, or use it in a `with`.
    """

    def __init__(self, limit_s: float = TIME_LIMIT_S) -> None:
        self._limit_s = limit_s
        self._child: subprocess.Popen[bytes] | None = None
        self._busy = False

    def __enter__(self) -> "TemplateRenderer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def render(
        self,
        template: str,
        messages: Sequence[ChatMessage],
        named_tokens: Mapping[str, str],
        *,
        add_generation_prompt: bool = True,
        options: Mapping[str, Any] | None = None,
    ) -> str:
        """As `rendering`, at once."""
        return finished(
            self.rendering(
                template,
                messages,
                named_tokens,
                add_generation_prompt=add_generation_prompt,
                options=options,
            )
        )

    def rendering(
        self,
        template: str,
        messages: Sequence[ChatMessage],
        named_tokens: Mapping[str, str],
        *,
        add_generation_prompt: bool = True,
        options: Mapping[str, Any] | None = None,
    ) -> Generator[None, None, str]:
        """Returns the conversation as the model shall see it; yields while there is nothing yet.

        `options`: other names that the template may ask for.
        Raises: InputError, if the template refuses the conversation, is broken, or does not end.
        """
        if len(template) > MAX_TEMPLATE_CHARACTERS:
            raise InputError("The model's chat template is too large to be one. Choose another model.")
        length = sum(len(message.content) for message in messages)
        if length > MAX_CONVERSATION_CHARACTERS:
            raise InputError(
                "This conversation has {length} characters, more than any model here can read. Shorten it.",
                length=length,
            )
        context = {
            **named_tokens,
            **(options or {}),
            "messages": msgspec.to_builtins(list(messages)),
            "add_generation_prompt": add_generation_prompt,
        }
        reply = yield from self._ask(json.dumps({"template": template, "context": context}).encode() + b"\n")
        if reply.raised is not None:
            raise InputError(
                "The model's chat template refuses this conversation: {reason}", reason=reply.raised
            )
        if reply.text is None:
            raise InputError(
                "The model's chat template cannot be used ({reason}). Choose another model.",
                reason=reply.broken or "no answer",
            )
        return reply.text

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            cage.end(child)

    def _ask(self, line: bytes) -> Generator[None, None, _Reply]:
        while self._busy:
            yield
        self._busy = True
        answer = b""
        try:
            answer = yield from self._answered(line)
        finally:
            self._busy = False
            if not answer.endswith(b"\n"):  # it is gone, or nobody waits for its answer any more
                self.close()
        if not answer.endswith(b"\n"):
            raise InputError(
                "The model's chat template did not end within {seconds} seconds, or took too much memory. "
                "Choose another model.",
                seconds=f"{self._limit_s:g}",
            )
        return msgspec.json.decode(answer, type=_Reply)

    def _answered(self, line: bytes) -> Generator[None, None, bytes]:
        """Its line; less than a line if it has ended."""
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = cage.start("explorer.text.template_child", [str(self._limit_s)])
            yield from cage.readable(self._child)
            if not self._child.stdout or self._child.stdout.readline() != GREETING:
                return b""
        child = self._child
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(line)
            child.stdin.flush()
            yield from cage.readable(child)
            return child.stdout.readline()
        except OSError:  # it is gone
            return b""
