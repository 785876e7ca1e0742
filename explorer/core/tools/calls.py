"""What the program writes behind a call."""

from collections.abc import Sequence

from explorer.core.tools.calculator import calculator
from explorer.core.tools.search import Hit, SearchIndex
from explorer.text.calls import Call

NOTHING_FOUND = "Nothing was found."
_LONGEST_RESULT = 400
"""Characters: a result shall leave room in a small model's window."""


def call_result(call: Call, index: SearchIndex) -> str:
    """What is written into the window: the best document's sentences, or the sum's result."""
    if call.tool == "calculate":
        return calculator(call.asked)
    return search_result(index.search(call.asked, 1))


def search_result(hits: Sequence[Hit]) -> str:
    """The best of them, short enough for a small model's window."""
    return hits[0].snippet[:_LONGEST_RESULT] if hits and hits[0].snippet else NOTHING_FOUND
