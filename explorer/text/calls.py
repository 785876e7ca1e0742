"""A call of a tool in what a model wrote."""

from dataclasses import dataclass
from typing import Literal

from explorer.text.chatml import (
    CALCULATE_CLOSE,
    CALCULATE_OPEN,
    SEARCH_CLOSE,
    SEARCH_OPEN,
    THINK_CLOSE,
    THINK_OPEN,
)

Tool = Literal["search", "calculate"]
CALL_TAGS: dict[Tool, tuple[str, str]] = {
    "search": (SEARCH_OPEN, SEARCH_CLOSE),
    "calculate": (CALCULATE_OPEN, CALCULATE_CLOSE),
}
"""How a call of each begins and ends."""


@dataclass(frozen=True, slots=True)
class Call:
    """What the model wants."""

    tool: Tool
    asked: str


def pending_call(text: str) -> Call | None:
    """The call with which `text`, what the assistant wrote since the last result, ends; None if it does not.

    Generation shall stop at `SEARCH_CLOSE` and `CALCULATE_CLOSE`, so a call is pending exactly then.
    """
    for tool, (opening, closing) in CALL_TAGS.items():
        if text.endswith(closing):
            before, found, asked = text[: -len(closing)].rpartition(opening)
            thinking = before.count(THINK_OPEN) > before.count(THINK_CLOSE)
            return Call(tool, asked.strip()) if found and not thinking else None
    return None
