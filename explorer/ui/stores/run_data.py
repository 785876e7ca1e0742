"""One run's points and samples in the window: growing arrays, ready to be drawn."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.protocol import MetricPoint, Sample

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Measure = Literal[
    "train_loss", "val_loss", "val_bpb", "learning_rate", "grad_norm", "tokens_per_s", "elapsed_s"
]
MEASURES: tuple[Measure, ...] = (
    "train_loss",
    "val_loss",
    "val_bpb",
    "learning_rate",
    "grad_norm",
    "tokens_per_s",
    "elapsed_s",
)
_FIRST_CAPACITY = 1024


@dataclass(frozen=True)
class Failure:
    """Why something ended, as the engine said it: for `words.engine_sentence`, with details for the fold."""

    template: str
    values: dict[str, str]
    details: str = ""


class RunData:
    """Points ordered by step, each step once, and samples ordered by step.

    `version` grows with every change, so that a view knows when its picture is old.
    """

    def __init__(self) -> None:
        self.version = 0
        self.samples: list[Sample] = []
        self._count = 0
        self._table: Floats = np.empty((len(MEASURES) + 1, _FIRST_CAPACITY))
        self._sums: dict[str, tuple[int, Floats, Floats]] = {}
        self._rows: dict[str, int] = {measure: row for row, measure in enumerate(MEASURES, start=1)}

    def __len__(self) -> int:
        return self._count

    @property
    def steps(self) -> Floats:
        """Steps that have a point, rising; a view, valid until the next change."""
        return self._table[0, : self._count]

    @property
    def last_step(self) -> int | None:
        """The newest point's step."""
        return int(self._table[0, self._count - 1]) if self._count else None

    @property
    def series(self) -> tuple[str, ...]:
        """Names of what only this run's stage measures, in the order in which they came."""
        return tuple(self._rows)[len(MEASURES) :]

    def has(self, measure: str) -> bool:
        """Whether this run's stage measures it."""
        return measure in self._rows

    def column(self, measure: str) -> Floats:
        """One value a point, NaN where it was not measured; a view, valid until the next change.

        `measure`: one of `MEASURES` or of `series`.
        """
        return self._table[self._rows[measure], : self._count]

    def latest(self, measure: str) -> float | None:
        """The newest value that was measured."""
        return self.value_at(measure, None)

    def value_at(self, measure: str, step: float | None) -> float | None:
        """The newest value measured at `step` or before it; None: over the whole run."""
        column = self.column(measure)
        if step is not None:
            column = column[: int(np.searchsorted(self.steps, step, side="right"))]
        for end in range(len(column), 0, -4096):
            block = column[max(0, end - 4096) : end]
            known = np.flatnonzero(np.isfinite(block))
            if len(known):
                return float(block[known[-1]])
        return None

    def smoothed_at(self, measure: str, window: int, indices: Indices) -> Floats:
        """Mean of the newest `window` points, fewer at the start, at points `indices`.

        A plain mean over a stated number of steps, not an exponential one: a person can say what it is.
        Values that were not measured are left out; NaN where there is none. Costs len(indices), not the run.
        """
        sums, counts = self._running_sums(measure)
        before = np.maximum(indices + 1 - window, 0)
        total, known = sums[indices + 1] - sums[before], counts[indices + 1] - counts[before]
        return np.divide(total, known, out=np.full(len(indices), np.nan), where=known > 0)

    def _running_sums(self, measure: str) -> tuple[Floats, Floats]:
        """Sums and numbers of measured values before each point; one longer than the points.

        Kept from call to call, and only carried on for points that came since.
        """
        done, sums, counts = self._sums.get(measure, (0, np.zeros(1), np.zeros(1)))
        if len(sums) < self._count + 1:
            room = np.zeros(self._table.shape[1] + 1 - len(sums))
            sums, counts = np.concatenate([sums, room]), np.concatenate([counts, room])
        new = self._table[self._rows[measure], done : self._count]
        known = np.isfinite(new)
        sums[done + 1 : self._count + 1] = sums[done] + np.cumsum(np.where(known, new, 0.0))
        counts[done + 1 : self._count + 1] = counts[done] + np.cumsum(known)
        self._sums[measure] = (self._count, sums, counts)
        return sums, counts

    def put(self, points: Sequence[MetricPoint]) -> None:
        """Add points in order; one for a step that is there replaces the old one."""
        if not points:
            return
        self.version += 1
        self._make_rows(name for point in points for name in point.series)
        new = self._columns(points)
        last = self.last_step
        if last is None or points[0].step > last:
            self._append(new)
            return
        kept = self._table[:, : self._count][:, ~np.isin(self.steps, new[0])]
        merged = np.concatenate([kept, new], axis=1)
        self._cut(0)
        self._append(merged[:, np.argsort(merged[0], kind="stable")])

    def put_samples(self, samples: Iterable[Sample]) -> None:
        """Add samples, each into its place; one that is already there is not added again."""
        self.version += 1
        for sample in samples:
            place = bisect_right(self.samples, sample.step, key=lambda kept: kept.step)
            if sample not in self.samples[max(0, place - 8) : place]:
                self.samples.insert(place, sample)

    def drop_points_from(self, step: int) -> None:
        """Forget points of `step` and later."""
        self.version += 1
        self._cut(int(np.searchsorted(self.steps, step)))

    def drop_samples_from(self, step: int) -> None:
        """Forget samples of `step` and later."""
        self.version += 1
        self.samples = [sample for sample in self.samples if sample.step < step]

    def drop_from(self, step: int) -> None:
        """Forget what is of `step` and later: a run goes on from there."""
        self.drop_points_from(step)
        self.drop_samples_from(step)

    def clear(self) -> None:
        """Forget everything."""
        self.version += 1
        self._cut(0)
        self.samples = []

    def copy(self) -> "RunData":
        """An independent copy."""
        other = RunData()
        other._make_rows(self.series)
        other._append(self._table[:, : self._count])
        other.samples = list(self.samples)
        return other

    def sample_index_at(self, step: float) -> int | None:
        """Index of the newest sample said at `step` or before it."""
        index = bisect_right(self.samples, step, key=lambda sample: sample.step) - 1
        return index if index >= 0 else None

    def rows(self) -> list[dict[str, int | float | None]]:
        """All points as a table, None where nothing was measured."""
        return [
            {"step": int(values[0])}
            | {
                measure: None if np.isnan(value) else float(value)
                for measure, value in zip(self._rows, values[1:], strict=True)
            }
            for values in self._table[:, : self._count].T
        ]

    def _cut(self, count: int) -> None:
        self._count = count
        self._sums = {m: (min(done, count), sums, counts) for m, (done, sums, counts) in self._sums.items()}

    def _append(self, columns: Floats) -> None:
        end = self._count + columns.shape[1]
        if end > self._table.shape[1]:
            larger = np.empty((self._table.shape[0], max(end, 2 * self._table.shape[1])))
            larger[:, : self._count] = self._table[:, : self._count]
            self._table = larger
        self._table[:, self._count : end] = columns
        self._count = end

    def _make_rows(self, names: Iterable[str]) -> None:
        """Room for series that were not there before; no point has a value of them yet."""
        before = len(self._rows)
        for name in names:
            self._rows.setdefault(name, len(self._rows) + 1)
        if len(self._rows) > before:
            room = np.full((len(self._rows) - before, self._table.shape[1]), np.nan)
            self._table = np.concatenate([self._table, room])

    def _columns(self, points: Sequence[MetricPoint]) -> Floats:
        """(1 + measures + series, points)."""
        known = _columns(points)
        own = [[point.series.get(name, np.nan) for point in points] for name in self.series]
        return np.concatenate([known, np.array(own, np.float64)]) if own else known


def _columns(points: Sequence[MetricPoint]) -> Floats:
    """(1 + measures, points)."""
    return np.array(
        [
            (
                point.step,
                np.nan if point.train_loss is None else point.train_loss,
                np.nan if point.val_loss is None else point.val_loss,
                np.nan if point.val_bpb is None else point.val_bpb,
                point.learning_rate,
                point.grad_norm,
                point.tokens_per_s,
                point.elapsed_s,
            )
            for point in points
        ],
        dtype=np.float64,
    ).T
