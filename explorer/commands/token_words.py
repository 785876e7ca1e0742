"""A token and its scores as sub-commands print them."""

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.core.scores import Score
    from explorer.text.tokenizer import Tokenizer


def score_json(tokenizer: "Tokenizer", score: "Score | None") -> dict[str, Any]:
    """Nats; the logprob of a token that the chain has cut is null: JSON has no infinity."""
    if score is None:
        return {"logprob": None, "entropy": None, "top": []}
    return {
        "logprob": score.logprob if score.logprob > -math.inf else None,
        "entropy": score.entropy,
        "top": [
            {"id": token, "token": tokenizer.decode([token]), "logprob": logprob}
            for token, logprob in score.top
        ],
    }


def quoted(tokenizer: "Tokenizer", token: int) -> str:
    """For a table: its text in quotes, or its bytes where they are no whole text."""
    data = tokenizer.token_bytes(token)
    try:
        return json.dumps(data.decode(), ensure_ascii=False)
    except UnicodeDecodeError:
        return f"<{data.hex(' ')}>"
