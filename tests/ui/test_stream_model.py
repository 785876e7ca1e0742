"""Taken over bit by bit, a stream looks as if it had come at once."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from explorer.protocol import StreamToken
from explorer.ui.widgets.cell_rows import ChipRows, SquareRows, walked
from explorer.ui.widgets.stream_model import GONE, HEAT, LEVELS, LIT, SPECIAL, THINKING, StreamModel

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no failure."""
TOKENS = st.builds(
    StreamToken,
    id=st.integers(0, 3),
    text=st.sampled_from(["a", " word", "\n", "a longer one than others", ""]),
    special=st.booleans(),
    role=st.sampled_from(["user", "assistant", "template", "", "critic"]),
    logprob=st.sampled_from([None, -1.0, 0.0]),
)


@st.composite
def streams(draw):
    """A stream, as it is after each of some changes: longer, shorter, edited, slid."""
    tokens = draw(st.lists(TOKENS, max_size=30))
    seen = []
    for _ in range(draw(st.integers(1, 5))):
        cut = draw(st.integers(0, len(tokens)))
        tokens = tokens[:cut] + draw(st.lists(TOKENS, max_size=12)) + tokens[cut + draw(st.integers(0, 3)) :]
        gone = draw(st.integers(0, len(tokens)))
        first = draw(st.integers(0, 20))
        seen.append((list(tokens), gone, [range(first, first + draw(st.integers(0, 9)))]))
    return seen


@UNTIMED
@given(streams())
def test_bit_by_bit_is_like_at_once(changes):
    model = StreamModel()
    looks: list[int] = []
    for tokens, gone, thinking in changes:
        change = model.replace(tokens, gone, thinking)
        fresh = StreamModel()
        fresh.replace(tokens, gone, thinking)
        codes = fresh.codes(0, len(tokens), False).tolist()
        assert model.codes(0, len(tokens), False).tolist() == codes
        assert np.array_equal(model.nats, fresh.nats, equal_nan=True)
        # What is said to be the same is the same.
        assert codes[: change.look] == looks[: change.look] and change.look <= change.token
        looks = codes


@UNTIMED
@given(streams(), st.booleans(), st.integers(20, 300))
def test_rows_of_chips_grown_are_rows_laid_out_anew(qapp, changes, ids, width):
    metrics = QFontMetricsF(qapp.font())
    rows = ChipRows(width, metrics, 4, 3, ids)
    before: list[StreamToken] = []
    for tokens, _, _ in changes:
        same = next((i for i, (a, b) in enumerate(zip(before, tokens, strict=False)) if a != b), None)
        rows.replace(tokens, min(len(before), len(tokens)) if same is None else same)
        while not rows.whole:
            rows.go_on(5)
        fresh = ChipRows(width, metrics, 4, 3, ids)
        fresh.replace(tokens, 0)
        fresh.go_on(1000)
        assert [rows.bounds(row) for row in range(rows.rows)] == [
            fresh.bounds(row) for row in range(fresh.rows)
        ]
        for index in range(len(tokens)):
            row, (left, wide) = rows.row_of(index), rows.place(index)
            assert rows.at(row, left + wide / 2) == index and (left == 0 or left + wide <= width)
        before = tokens


def test_a_code_tells_everything_about_a_cell():
    model = StreamModel()
    tokens = [StreamToken(id=i, text="x", role="user", special=i == 2) for i in range(6)]
    model.replace(tokens, 1, [range(3, 4)])
    model.light([4])
    user = model.codes(5, 6, False)[0]
    more = [int(code - user) for code in model.codes(0, 6, False)]
    assert more == [GONE, 0, SPECIAL, THINKING, LIT, 0]
    model.set_heat(2, np.array([0.0, 1.0, math.nan, 2.0]))
    hot = model.codes(0, 6, True) // HEAT
    assert hot.tolist() == [0, 0, 1, LEVELS, 0, LEVELS]
    model.set_heat(-1, np.array([1.0, 0.0]))
    assert (model.codes(0, 6, True) // HEAT).tolist() == [1, 0, 0, 0, 0, 0]


def test_authors_are_those_that_wrote():
    model = StreamModel()
    assert model.authors() == frozenset()
    tokens = [StreamToken(id=0, text="x", role=role) for role in ("assistant", "critic", "tool", "assistant")]
    model.replace(tokens, 0, [])
    assert model.authors() == {"assistant", "user", "tool"}
    model.replace(tokens[:1], 0, [range(0, 1)])
    assert model.authors() == {"assistant", "thinking"}


def test_lighting_takes_ranges_and_lists_and_what_is_not_there():
    model = StreamModel()
    model.replace([StreamToken(id=i, text="x") for i in range(5)], 0, [])
    lit = lambda: [bool(code & LIT) for code in model.codes(0, 5, False)]  # noqa: E731
    assert model.light(range(3, 99)) and lit() == [False, False, False, True, True]
    assert not model.light([4, 3, -1, 77])
    assert model.light(iter([0])) and lit() == [True, False, False, False, False]
    assert model.light([]) and not any(lit()) and not model.light([99])


@pytest.mark.parametrize(
    ("width", "least", "columns"),
    [(640, 10, 40), (500, 10, 32), (330, 10, 32), (300, 10, 28), (2000, 10, 64), (60, 20, 3), (5, 20, 1)],
)
def test_squares_in_a_row(width, least, columns):
    rows = SquareRows(width, 15, least, 1.0)
    assert rows.columns == columns and rows.columns * rows.side <= width


def test_walking_stays_within(qapp):
    rows = SquareRows(160, 15, 10, 1.0)
    rows.replace([StreamToken(id=0, text="x")] * 30, 0)
    key = Qt.Key
    assert rows.columns == 16
    assert walked(rows, 0, 30, key.Key_Left, 3) == 0 and walked(rows, 29, 30, key.Key_Right, 3) == 29
    assert walked(rows, -1, 30, key.Key_Left, 3) == 28
    assert walked(rows, 3, 30, key.Key_Down, 3) == 19 and walked(rows, 15, 30, key.Key_Down, 3) == 29
    assert walked(rows, 20, 30, key.Key_PageUp, 3) == 4 and walked(rows, 4, 30, key.Key_PageDown, 3) == 20
    assert walked(rows, 9, 30, key.Key_Home, 3) == 0 and walked(rows, 9, 30, key.Key_End, 3) == 29
