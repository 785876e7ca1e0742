"""What the program writes behind a call."""

from explorer.core.tools.calculator import calculator
from explorer.core.tools.search import SearchIndex
from explorer.text.calls import Call

NOTHING_FOUND = "Nothing was found."
_LONGEST_RESULT = 400
"""Characters: a result shall leave room in a small model's window."""


def call_result(call: Call, index: SearchIndex) -> str:
    """What is written into the window: the best document's sentences, or the sum's result."""
    if call.tool == "calculate":
        return calculator(call.asked)
    hits = index.search(call.asked, 1)
    return hits[0].snippet[:_LONGEST_RESULT] if hits and hits[0].snippet else NOTHING_FOUND
