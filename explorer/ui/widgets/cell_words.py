"""A cell of the stream in words: for the line under the cells, for tool tips and for screen readers."""

import math

from PySide6.QtCore import QCoreApplication

from explorer.ui import words
from explorer.ui.widgets.author_marks import author_name
from explorer.ui.widgets.stream_model import StreamModel
from explorer.ui.widgets.token_words import chip_label


def share_words(share: float) -> str:
    """A share in percent, small ones too."""
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}" if share >= 0.001 else f"{share:.2%}"


def cell_words(model: StreamModel, index: int, nats: float | None, weight: float | None) -> str:
    """Text, author, place and id; surprise and attention where they are known."""
    translate = QCoreApplication.translate
    token = model.tokens[index]
    author = author_name(model.author(index))
    if model.thinks(index):
        author = translate("TokenCells", "{author}, thinking").format(author=author)
    if index < model.gone:
        place = translate("TokenCells", "fallen out of the window")
    else:
        place = translate("TokenCells", "place {place} of {count}").format(
            place=words.count(index - model.gone + 1), count=words.count(len(model) - model.gone)
        )
    parts = [f"“{chip_label(token.text)}”", author, place, f"id {token.id}"]
    if nats is not None:
        parts.append(translate("TokenCells", "{bits} bits").format(bits=f"{nats / math.log(2):.1f}"))
    if weight is not None:
        parts.append(translate("TokenCells", "{share} of the attention").format(share=share_words(weight)))
    return "  ·  ".join(parts)
