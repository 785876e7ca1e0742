"""Bits per byte on documents that were not learned from."""

import math
from collections.abc import Generator, Sequence

import torch
import torch.nn.functional as F

from explorer.core.evaluation.share import Share, ratio_of
from explorer.core.model import Transformer
from explorer.text.foreign import document_start
from explorer.text.tokenizer import Tokenizer

_ROWS = 16


def bits_per_byte(
    model: Transformer, tokenizer: Tokenizer, texts: Sequence[str]
) -> Generator[None, None, Share]:
    """Each text by itself, after the token that stands before a document, in windows of the model's context.

    The error is that of the mean over texts.
    """
    bits = [0.0] * len(texts)
    context = model.config.max_position_embeddings
    rows: list[tuple[int, list[int]]] = []
    for number, text in enumerate(texts):
        ids = [*(document_start(tokenizer) or (tokenizer.end_of_text,)), *tokenizer.encode(text)]
        rows += [(number, ids[at : at + context + 1]) for at in range(0, len(ids) - 1, context)]
    rows.sort(key=lambda row: len(row[1]))
    for start in range(0, len(rows), _ROWS):
        batch = rows[start : start + _ROWS]
        for (number, _), nats in zip(batch, _nats(model, [ids for _, ids in batch]), strict=True):
            bits[number] += nats / math.log(2)
        yield
    return ratio_of(bits, [float(len(text.encode())) for text in texts])


@torch.inference_mode()
def _nats(model: Transformer, rows: Sequence[Sequence[int]]) -> list[float]:
    """What each row's tokens cost, from its second on."""
    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows], device=model.device)
    lengths = torch.tensor([len(row) - 1 for row in rows], device=model.device)
    logits = model(ids[:, :-1]).float()
    nats = F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    real = torch.arange(longest - 1, device=model.device) < lengths[:, None]
    return (nats * real).sum(1).tolist()
