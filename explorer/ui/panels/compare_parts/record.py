"""A comparison as data: what was asked, of whom, and every token of the answers."""

import json
from typing import Any

from explorer.protocol import StreamToken
from explorer.ui.stores.answering import Answering
from explorer.ui.stores.compare import CompareStore
from explorer.ui.widgets.export import Row


def as_json(store: CompareStore) -> str:
    """All that is needed to make it again, and to check it."""
    record = {
        "prompt": store.prompt,
        "temperature": store.temperature,
        "seed": store.seed,
        "max_tokens": store.max_tokens,
        "answers": [_answer(column.answering) for column in store.columns],
    }
    return json.dumps(record, ensure_ascii=False, indent=1)


def as_rows(store: CompareStore) -> list[Row]:
    """One row a model."""
    return [_row(column.answering) for column in store.columns]


def _row(answering: Answering) -> Row:
    model = answering.model
    return {
        "model": model.name if model else None,
        "step": model.step if model else None,
        "weights": model.weights_hash if model else None,
        "dtype": model.dtype if model else None,
        "format": _format(answering),
        "text": answering.text,
        "tokens": len(answering.tokens),
        "tokens_per_s": answering.tokens_per_s,
        "first_token_s": answering.first_token_s,
        "stop_reason": answering.stop_reason,
    }


def _format(answering: Answering) -> str | None:
    in_chat = answering.in_chat_format
    if in_chat is None:
        return None
    name = answering.model.template_name if answering.model else ""
    return f"chat {name}".strip() if in_chat else "document"


def _answer(answering: Answering) -> dict[str, Any]:
    question = answering.question
    return {
        **_row(answering),
        "path": answering.path,
        "asked": {"temperature": question.sampler.temperature, "seed": question.sampler.seed}
        if question
        else None,
        "prompt_tokens": [_token(token) for token in answering.prompt],
        "answer_tokens": [_token(token) for token in answering.tokens],
    }


def _token(token: StreamToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "text": token.text,
        "role": token.role,
        "special": token.special,
        "logprob": token.logprob,
    }
