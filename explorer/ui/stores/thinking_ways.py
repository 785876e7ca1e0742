"""The same problem put to a model in two ways: so that it thinks first, and so that it answers at once."""

from typing import Literal

from explorer.protocol import ChatTurn, ModelLoaded, SamplerSettings, WrittenPart
from explorer.text.chatml import DIRECT_LINE, SEARCH_OPEN, THINK_CLOSE, THINK_LINE, THINK_OPEN
from explorer.ui.stores.answering import Question

Way = Literal["line", "block", "words", "none"]
"""A system line (models made here); a thinking block that can be forced; words; no chat format at all."""

_DIRECT_TOKENS = 60
"""An answer at once is short; one that goes on has begun to think aloud."""
_IN_STEPS = "\n\nThink step by step. Then give the answer as one number."
_AT_ONCE = "\n\nGive the answer as one number and nothing else."


def way_of(model: ModelLoaded) -> Way:
    """How this model is made to think, or not to."""
    if not model.has_template:
        return "none"
    if THINK_OPEN not in model.special_tokens:
        return "words"
    return "line" if SEARCH_OPEN in model.special_tokens else "block"


def thinking_first(model: ModelLoaded, problem: str, sampler: SamplerSettings, max_tokens: int) -> Question:
    """Thinking is allowed, or asked for."""
    match way_of(model):
        case "line":
            messages = (ChatTurn(role="system", content=THINK_LINE), _user(problem))
        case "block":
            messages = (_user(problem),)
        case _:
            messages = (_user(problem + _IN_STEPS),)
    options = {"enable_thinking": True} if way_of(model) == "block" else {}
    return Question(messages=messages, sampler=sampler, max_tokens=max_tokens, options=dict(options))


def at_once(model: ModelLoaded, problem: str, sampler: SamplerSettings) -> Question:
    """Thinking is ruled out: by the line that was trained for it, by an empty block, or by words."""
    match way_of(model):
        case "line":
            messages = (ChatTurn(role="system", content=DIRECT_LINE), _user(problem))
            return Question(messages=messages, sampler=sampler, max_tokens=_DIRECT_TOKENS)
        case "block":
            return Question(
                messages=(_user(problem),),
                sampler=sampler,
                max_tokens=_DIRECT_TOKENS,
                options={"enable_thinking": False},
                forced=(
                    WrittenPart(text=THINK_OPEN, role="template", special=True),
                    WrittenPart(text="\n\n", role="template"),
                    WrittenPart(text=THINK_CLOSE, role="template", special=True),
                    WrittenPart(text="\n\n", role="template"),
                ),
                forced_unless=THINK_CLOSE,
            )
        case _:
            return Question(messages=(_user(problem + _AT_ONCE),), sampler=sampler, max_tokens=_DIRECT_TOKENS)


def _user(text: str) -> ChatTurn:
    return ChatTurn(role="user", content=text)
