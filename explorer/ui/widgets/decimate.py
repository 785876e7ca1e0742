"""As many points of a long curve as the screen can show, with every peak kept."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


class Columns:
    """Which points of a curve fall into which pixel column.

    `x`: rising, (N,). The view goes from `left` to `right` over `columns` pixels; one point to either side
    of it is taken too, so that lines run on to the edge. Indices are into `x`.
    """

    def __init__(self, x: Floats, left: float, right: float, columns: int) -> None:
        first = max(0, int(np.searchsorted(x, left)) - 1)
        last = min(len(x), int(np.searchsorted(x, right, side="right")) + 1)
        inside = x[first:last]
        self._x = x
        self._first, self._last = first, last
        self.sparse = len(inside) <= 4 * columns
        """Few points: all of them are drawn."""
        if self.sparse:
            self._starts = np.arange(first, last, dtype=np.intp)
        else:
            pixels = ((inside - left) * (columns / (right - left))).astype(np.int32)
            self._starts = first + np.append(0, np.flatnonzero(np.diff(pixels)) + 1).astype(np.intp)

    @property
    def ends(self) -> Indices:
        """The last point of each column."""
        return self._starts if self.sparse else np.append(self._starts[1:], self._last).astype(np.intp) - 1

    def envelope(self, y: Floats) -> tuple[Floats, Floats]:
        """First, lowest, highest and last value of each column: drawn, it looks as all points would."""
        x, starts = self._x[self._starts], self._starts
        if self.sparse or not len(starts):
            return x, y[starts]
        inside = y[self._first : self._last]
        corners = np.empty((len(starts), 4))
        corners[:, 0] = y[starts]
        corners[:, 1] = np.minimum.reduceat(inside, starts - self._first)
        corners[:, 2] = np.maximum.reduceat(inside, starts - self._first)
        corners[:, 3] = y[self.ends]
        return np.repeat(x, 4), corners.ravel()
