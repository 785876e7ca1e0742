"""What a model may call: search over documents, and a calculator. Pure functions of text."""

from explorer.core.tools.calculator import calculator
from explorer.core.tools.calls import call_result
from explorer.core.tools.search import Hit, SearchIndex
from explorer.text.calls import Call, pending_call

__all__ = ["Call", "Hit", "SearchIndex", "calculator", "call_result", "pending_call"]
