"""Rendering a model's chat template, in a process of its own: see `explorer.text.template_child`."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import msgspec

from explorer.errors import InputError

TIME_LIMIT_S = 3.0
MAX_TEMPLATE_CHARACTERS = 1_000_000


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

    Not for the window's process: a template may take `limit_s` seconds. Close it, or use it in a `with`.
    """

    def __init__(self, limit_s: float = TIME_LIMIT_S) -> None:
        self._limit_s = limit_s
        self._child: subprocess.Popen[bytes] | None = None

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
        """The conversation as the model shall see it. `options`: other names that the template may ask for.

        Raises: InputError, if the template refuses the conversation, is broken, or does not end.
        """
        if len(template) > MAX_TEMPLATE_CHARACTERS:
            raise InputError("The model's chat template is too large to be one. Choose another model.")
        context = {
            **named_tokens,
            **(options or {}),
            "messages": msgspec.to_builtins(list(messages)),
            "add_generation_prompt": add_generation_prompt,
        }
        reply = self._ask(json.dumps({"template": template, "context": context}).encode() + b"\n")
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
            child.kill()
            child.communicate()

    def _ask(self, line: bytes) -> _Reply:
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(line)
            child.stdin.flush()
            answer = child.stdout.readline()
        except OSError:  # it is gone
            answer = b""
        if not answer.endswith(b"\n"):
            self.close()
            raise InputError(
                "The model's chat template did not end within {seconds} seconds, or took too much memory. "
                "Choose another model.",
                seconds=f"{self._limit_s:g}",
            )
        return msgspec.json.decode(answer, type=_Reply)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "explorer.text.template_child", str(self._limit_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        return self._child
