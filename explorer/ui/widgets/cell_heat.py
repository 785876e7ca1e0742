"""How hot each cell of a stream is: how it surprised the model, or what one token looked at."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from explorer.ui.widgets.cell_legend import CellLegend
from explorer.ui.widgets.cell_words import share_words
from explorer.ui.widgets.stream_model import StreamModel

SURPRISING_BITS = 12.0
"""The end of the ramp: one in four thousand."""


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
        """Heat after attention; its root, for a few cells take most of it."""
        weights, translate = self._weights, QCoreApplication.translate
        # The first token often serves as a place to rest: measured by it, all others would look cold.
        rest = weights[1:] if len(weights) > 1 else weights
        top = float(rest.max()) if len(rest) else 0.0
        self._model.set_heat(self._first_looked_at, np.sqrt(weights / top) if top else weights)
        if len(weights):
            high = translate("TokenCells", "{share} of its attention, or more").format(share=share_words(top))
        else:
            high = translate("TokenCells", "choose a token to see what it looked at")
        self._legend.show_ramp(translate("TokenCells", "not looked at"), high)

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
