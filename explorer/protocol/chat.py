"""A session that speaks: conversations through a template, and what others write into the stream."""

import msgspec

from explorer.protocol.inference import SamplerSettings, StreamToken
from explorer.protocol.message import Message

TemplateValue = bool | int | float | str | None


class ChatTurn(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said. It is text: a special token's name in it becomes ordinary tokens."""

    role: str
    content: str


class SetChat(Message, tag=True, frozen=True, kw_only=True):
    """Make a conversation the session's prompt and drop what was generated.

    `PromptSet`, with role and turn of every token, and `Distribution` answer. What of the stream is as before
    is not read again, so a conversation that grows is cheap.
    """

    messages: list[ChatTurn]
    sampler: SamplerSettings
    add_generation_prompt: bool = True
    """Whether the template opens the assistant's turn."""
    template: str = ""
    """Another one (Jinja) than the model's own."""
    options: dict[str, TemplateValue] = msgspec.field(default_factory=dict[str, TemplateValue])
    """Other names that the template knows, such as `enable_thinking`."""
    continuation: list[int] = msgspec.field(default_factory=list[int])
    """As in `SetPrompt`."""


class WrittenPart(msgspec.Struct, frozen=True, kw_only=True):
    """Text to stand in the stream, or, if `special`, the special token of this name."""

    text: str
    role: str
    """Who wrote it, see `StreamToken.role`."""
    special: bool = False


class WriteTokens(Message, tag=True, frozen=True, kw_only=True):
    """Put what a tool (or a person) says after the stream; the model goes on from there.

    `TokensWritten`, then the next `Distribution`. `RemoveLast` takes such tokens back like others.
    """

    parts: list[WrittenPart]
    sampler: SamplerSettings


class TokensWritten(Message, tag=True, frozen=True, kw_only=True):
    """They stand in the stream, the first of them at `position`."""

    position: int
    tokens: list[StreamToken]
    left_out: int
    """Tokens for which the context had no room."""


ChatCommand = SetChat | WriteTokens
ChatEvent = TokensWritten
