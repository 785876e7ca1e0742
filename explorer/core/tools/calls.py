"""A call in what a model wrote, and what the program writes behind it."""

from dataclasses import dataclass
from typing import Literal

from explorer.core.tools.calculator import calculator
from explorer.core.tools.search import SearchIndex
from explorer.text.chatml import (
    CALCULATE_CLOSE,
    CALCULATE_OPEN,
    SEARCH_CLOSE,
    SEARCH_OPEN,
    THINK_CLOSE,
    THINK_OPEN,
)

NOTHING_FOUND = "Nothing was found."
_LONGEST_RESULT = 400
"""Characters: a result shall leave room in a small model's window."""
_TAGS: tuple[tuple[Literal["search", "calculate"], str, str], ...] = (
    ("search", SEARCH_OPEN, SEARCH_CLOSE),
    ("calculate", CALCULATE_OPEN, CALCULATE_CLOSE),
)


@dataclass(frozen=True, slots=True)
class Call:
    """What the model wants."""

    tool: Literal["search", "calculate"]
    asked: str


def pending_call(text: str) -> Call | None:
    """The call with which `text`, what the assistant wrote since the last result, ends; None if it does not.

    Generation shall stop at `SEARCH_CLOSE` and `CALCULATE_CLOSE`, so a call is pending exactly then.
    """
    for tool, opening, closing in _TAGS:
        if text.endswith(closing):
            before, found, asked = text[: -len(closing)].rpartition(opening)
            thinking = before.count(THINK_OPEN) > before.count(THINK_CLOSE)
            return Call(tool, asked.strip()) if found and not thinking else None
    return None


def call_result(call: Call, index: SearchIndex) -> str:
    """What is written into the window: the best document's sentences, or the sum's result."""
    if call.tool == "calculate":
        return calculator(call.asked)
    hits = index.search(call.asked, 1)
    return hits[0].snippet[:_LONGEST_RESULT] if hits and hits[0].snippet else NOTHING_FOUND
