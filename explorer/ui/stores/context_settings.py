"""What a person chooses for the Context window panel, as it outlives a restart."""

import msgspec

from explorer.text.overflow import Policy

MOST_ANSWER_TOKENS = 4096


class ContextSettings(msgspec.Struct):
    """All of it but the conversation itself."""

    path: str = ""
    """The model's."""
    conversation: str = ""
    """The one that is open."""
    system: str = ""
    """The system line of the next new conversation."""
    temperature: float = 0.7
    seed: int = 1
    max_tokens: int = 200
    window: int = 0
    """Tokens, where it shall be smaller than the model's; 0: the model's."""
    policy: Policy = "stop"
    """What happens when it is full."""
    tools: bool = False
    stepwise: bool = False
    """Every call of a tool waits for the person."""
    folder: str = ""
    """Of the person's documents, for a search."""
    alone: bool = True
    """A question about a document is also answered without it."""


def read_settings(text: str) -> ContextSettings:
    """As they were kept; what cannot be read counts as never set."""
    try:
        kept = msgspec.json.decode(text or "{}", type=ContextSettings)
    except msgspec.DecodeError:
        return ContextSettings()
    kept.temperature = min(max(kept.temperature, 0.0), 2.0)
    kept.seed, kept.window = max(0, kept.seed), max(0, kept.window)
    kept.max_tokens = min(max(1, kept.max_tokens), MOST_ANSWER_TOKENS)
    return kept
