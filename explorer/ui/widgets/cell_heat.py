"""How hot each cell of a stream is: how it surprised the model, or what one token looked at."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from explorer.ui.widgets.cell_legend import CellLegend
from explorer.ui.widgets.cell_words import share_words
from explorer.ui.widgets.stream_model import StreamModel
from explorer.ui.widgets.token_words import chip_label

SURPRISING_BITS = 12.0
"""The end of the ramp: one in four thousand."""

_NAMED = 5
"""So many of the hottest cells are named."""


class CellHeat:
    """Keeps both measures; puts the one that is asked for into the model, and explains it in the legend."""

    def __init__(self, model: StreamModel, legend: CellLegend) -> None:
        self._model, self._legend = model, legend
        self._surprisal: NDArray[np.float64] | None = None
        self.looking = -1
        """The cell whose attention is told, -1 for none."""
        self._weights: NDArray[np.float64] = np.zeros(0)

    def set_surprisal(self, nats: Sequence[float | None]) -> None:
        """For each cell; None where it is not known. Empty: what the tokens themselves tell."""
        self._surprisal = np.array(nats, np.float64) if len(nats) else None  # None becomes NaN

    def set_attention(self, position: int, weights: Sequence[float]) -> None:
        """`weights[-1]` is for the cell `position` itself, the one before for the cell before."""
        self.looking, self._weights = position, np.asarray(weights, np.float64)

    def show_surprisal(self) -> None:
        """Heat after surprise: from what was sure to `SURPRISING_BITS` and beyond."""
        self._model.set_heat(0, self._nats / (math.log(2) * SURPRISING_BITS))
        translate = QCoreApplication.translate
        high = translate("TokenCells", "surprise: {bits} bits or more").format(bits=round(SURPRISING_BITS))
        self._legend.show_ramp(translate("TokenCells", "expected: 0 bits"), high)

    def show_attention(self) -> None:
        """Heat after attention."""
        weights, translate = self._weights, QCoreApplication.translate
        # The first token often serves as a place to rest: measured by it, all others would look cold.
        rest = weights[1:] if len(weights) > 1 else weights
        top = float(rest.max()) if len(rest) else 0.0
        self._model.set_heat(self._first_looked_at, weights / top if top else weights)
        if len(weights):
            high = translate("TokenCells", "{share} of its attention, or more").format(share=share_words(top))
        else:
            high = translate("TokenCells", "choose a token to see what it looked at")
        self._legend.show_ramp(translate("TokenCells", "not looked at"), high)

    def most_surprising(self) -> str:
        """The cells of the greatest surprise, in words; empty if none is known."""
        nats = self._nats[: len(self._model)]
        hottest = [(i, f"{nats[i] / math.log(2):.0f}") for i in _greatest(nats)]
        translate = QCoreApplication.translate
        cells = [
            translate("TokenCells", "{token} {bits} bits").format(token=self._named(index), bits=bits)
            for index, bits in hottest
        ]
        return self._listed(translate("TokenCells", "Most surprising: {cells}"), cells)

    def most_looked_at(self) -> str:
        """The cells that got most attention, in words; empty if none is told."""
        first, weights = self._first_looked_at, self._weights
        cells = [
            f"{self._named(first + i)} {share_words(float(weights[i]))}"
            for i in _greatest(weights)
            if 0 <= first + i < len(self._model)
        ]
        return self._listed(QCoreApplication.translate("TokenCells", "Looked most at: {cells}"), cells)

    def _named(self, index: int) -> str:
        return f"“{chip_label(self._model.tokens[index].text)}”"

    def _listed(self, said: str, cells: list[str]) -> str:
        return said.format(cells="  ·  ".join(cells)) if cells else ""

    def nats_of(self, index: int) -> float | None:
        """How a cell surprised the model."""
        nats = float(self._nats[index]) if index < len(self._nats) else math.nan
        return None if math.isnan(nats) else nats

    def weight_of(self, index: int) -> float | None:
        """What share of the attention a cell got."""
        place = index - self._first_looked_at
        return float(self._weights[place]) if 0 <= place < len(self._weights) else None

    @property
    def _nats(self) -> NDArray[np.floating]:
        return self._model.nats if self._surprisal is None else self._surprisal

    @property
    def _first_looked_at(self) -> int:
        return self.looking + 1 - len(self._weights)


def _greatest(values: NDArray[np.floating]) -> list[int]:
    """Where the greatest values above 0 are, from the greatest on; NaN is none."""
    known = np.flatnonzero(values > 0)
    few = (
        known[np.argpartition(-values[known], min(_NAMED, len(known) - 1))[:_NAMED]] if len(known) else known
    )
    return [int(index) for index in few[np.argsort(-values[few], kind="stable")]]
