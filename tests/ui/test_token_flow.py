"""The flow of chips: every token once and in order, whatever the width, and only what is seen is laid out."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.protocol import TokensPatched
from explorer.ui.stores.token_spans import TokenSpans
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_rows import SEGMENT
from explorer.ui.widgets.token_flow import FLOW_MODES, FlowMode, TokenFlow


def patch(words: list[str], first: int = 0, removed: int = 0, ids: list[int] | None = None) -> TokensPatched:
    """Tokens for `words` that stand one after the other from the text's beginning on."""
    starts = np.cumsum([0, *(len(word) for word in words[:-1])]).tolist()
    return TokensPatched(
        name="x",
        version=0,
        encoding="e",
        first=first,
        removed=removed,
        ids=ids or [1000 + len(word) for word in words],
        starts=starts,
        shift=0,
        pieces={},
        complete=True,
        bytes_total=0,
    )


Make = Callable[..., tuple[TokenFlow, TokenSpans]]


@pytest.fixture
def make(qtbot: QtBot, theme: Theme) -> Make:
    def make_flow(words: list[str], width: int = 420, height: int = 300) -> tuple[TokenFlow, TokenSpans]:
        text = "".join(words)
        spans = TokenSpans(lambda: text)
        flow = TokenFlow(theme, spans)
        qtbot.addWidget(flow)
        flow.resize(width, height)
        flow.show()
        if words:
            spans.patch(patch(words))
        flow.splice(0, 0, len(words))
        flow.refresh()
        return flow, spans

    return make_flow


def shown(flow: TokenFlow) -> list[int]:
    return [chip.token for row in flow._rows for chip in row.chips]


def walk(flow: TokenFlow) -> list[list[int]]:
    """All rows from the top, by scrolling down row by row."""
    flow.verticalScrollBar().setValue(0)
    rows: list[list[int]] = []
    while True:
        for row in flow._rows:
            tokens = [chip.token for chip in row.chips]
            if not rows or tokens[0] > rows[-1][0]:
                rows.append(tokens)
        before = shown(flow)
        flow.scroll_rows(1)
        if shown(flow) == before:
            return rows


WORDS = [word for at in range(300) for word in ("some", " words", " of", "\n" if at % 7 == 0 else " text")]
LONG_LINE = [" word"] * (3 * SEGMENT + 17)


@pytest.mark.parametrize("mode", FLOW_MODES)
@pytest.mark.parametrize("words", [WORDS, LONG_LINE, ["one"], ["\n"] * 50, [" x" * 200] * 4])
def test_every_token_stands_once_and_in_order(make: Make, words: list[str], mode: FlowMode) -> None:
    flow, _ = make(words)
    flow.set_mode(mode)
    assert [token for row in walk(flow) for token in row] == list(range(len(words)))
    room = flow.viewport().width() - 2 * flow._look.margin
    for row in flow._rows:
        edges = [(chip.left, chip.left + chip.width) for chip in row.chips]
        assert all(right < left for (_, right), (left, _) in pairwise(edges))
        assert edges[-1][1] <= max(room, row.chips[0].width)


def test_rows_end_where_lines_of_the_text_end(make: Make) -> None:
    flow, _ = make(["a", " b", "\n", "c", ".\n\n", "d"], width=600)
    assert [[chip.token for chip in row.chips] for row in flow._rows] == [[0, 1, 2], [3, 4], [5]]
    flow.set_mode("ids")
    assert [[chip.token for chip in row.chips] for row in flow._rows] == [[0, 1, 2, 3, 4, 5]]


def test_the_same_rows_going_up_as_going_down(make: Make) -> None:
    flow, _ = make(WORDS + LONG_LINE + WORDS)
    down = walk(flow)
    up: list[int] = []
    for _ in range(len(down)):
        up.append(shown(flow)[0])
        flow.scroll_rows(-1)
    assert up[-1] == 0
    assert set(up) <= {row[0] for row in down}


def test_two_and_a_half_million_tokens_cost_what_is_seen(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    flow, spans = make([" a", "\n", " word", " of"] * 625_000)
    assert len(spans) == 2_500_000
    laid_out = 0
    break_rows = flow._layout._break

    def count(first: int, stop: int) -> object:
        nonlocal laid_out
        laid_out += stop - first
        return break_rows(first, stop)

    monkeypatch.setattr(flow._layout, "_break", count)
    for token in (2_499_999, 1_250_000, 7):
        flow.show_token(token)
        assert token in shown(flow)
        flow.splice(token, 1, 1)
        flow.refresh()
    assert laid_out < 3 * 2000


@pytest.mark.parametrize("mode", FLOW_MODES)
def test_showing_a_token_scrolls_as_little_as_it_takes(make: Make, mode: FlowMode) -> None:
    flow, _ = make(WORDS)
    flow.set_mode(mode)
    flow.show_token(0)
    assert shown(flow)[0] == 0
    last_whole = flow._last_whole_row()
    flow.show_token(last_whole)
    assert shown(flow)[0] == 0
    after = flow._layout.after(last_whole)
    flow.show_token(after)
    assert after in shown(flow) and shown(flow)[0] == flow._layout.after(0)
    flow.show_token(len(WORDS) - 1)
    assert flow.chip_area(len(WORDS) - 1).bottom() <= flow.viewport().height()
    assert flow.verticalScrollBar().value() == flow.verticalScrollBar().maximum()


def test_what_is_shown_stays_when_tokens_come_before_it(make: Make) -> None:
    words = WORDS.copy()
    text = ["".join(words)]
    flow, _ = make([])
    spans = flow._spans = flow._layout._spans = TokenSpans(lambda: text[0])
    spans.patch(patch(words))
    flow.splice(0, 0, len(words))
    flow.refresh()
    flow.show_top(600)
    before = [row.chips[0].label for row in flow._rows]
    words = ["new\n"] * 5 + words
    text[0] = "".join(words)
    spans.patch(patch(words, 0, len(WORDS)))
    flow.splice(0, 0, 5)
    flow.refresh()
    assert [row.chips[0].label for row in flow._rows] == before
    assert 605 in shown(flow)
    flow.show_token(len(words) - 1)
    assert flow.verticalScrollBar().value() == flow.verticalScrollBar().maximum()
    assert len(words) - 1 in shown(flow)


def test_only_rows_that_differ_are_painted_again(make: Make, qtbot: QtBot) -> None:
    flow, spans = make(WORDS)
    qtbot.waitUntil(lambda: not flow.stale)
    spans.patch(patch(["same"], 0, 1, ids=[1004]))
    flow.splice(0, 1, 1)
    flow.refresh()
    assert not flow.stale
    spans.patch(patch(["same"], 0, 1, ids=[77]))
    flow.splice(0, 1, 1)
    flow.refresh()
    assert flow.stale
    qtbot.waitUntil(lambda: not flow.stale)


def test_mouse_points_and_chooses(make: Make, qtbot: QtBot) -> None:
    flow, _ = make(WORDS)
    pointed: list[int] = []
    flow.token_hovered.connect(pointed.append)
    QTest.mouseMove(flow.viewport(), QPoint(1, 1))
    QTest.mouseMove(flow.viewport(), flow.chip_area(2).center())
    qtbot.waitUntil(lambda: pointed[-1:] == [2])
    with qtbot.waitSignal(flow.token_chosen) as chosen:
        QTest.mouseClick(flow.viewport(), Qt.MouseButton.LeftButton, pos=flow.chip_area(2).center())
    assert chosen.args == [2]
    assert flow.token_at(QPointF(-5, -5)) == -1


def test_arrow_keys_go_from_chip_to_chip(make: Make) -> None:
    flow, _ = make(WORDS)
    chosen: list[int] = []
    flow.token_chosen.connect(chosen.append)
    flow.token_chosen.connect(flow.set_current)
    flow.set_current(0)
    for key in ("Right", "Right", "Left", "Down", "Up", "End", "Home", "PageDown", "PageUp"):
        QTest.keyClick(flow, getattr(Qt.Key, f"Key_{key}"))
    second_row = flow._layout.after(0)
    assert chosen[:3] == [1, 2, 1]
    assert chosen[3] == second_row + 1 and chosen[4] == 1
    assert chosen[5:7] == [len(WORDS) - 1, 0]
    assert chosen[7] > 10 and chosen[8] == 0


def test_marks_are_painted(make: Make, theme: Theme) -> None:
    flow, _ = make(WORDS)
    flow.set_hovered(1)
    flow.set_current(2)
    flow.set_selected(0, 2)
    image = flow.viewport().grab().toImage()

    def colour(x: int, y: int) -> str:
        return QColor(image.pixel(x, y)).name()

    lit, current = flow.chip_area(1), flow.chip_area(2)
    assert colour(lit.left() + 4, lit.top() + 5) == theme.colour("token_hover").name()
    assert colour(current.left(), current.center().y()) == theme.colour("accent").name()
    between = (flow.chip_area(0).right() + lit.left()) // 2
    assert colour(between + 1, lit.center().y()) == theme.colour("selection").name()


def test_an_empty_text_says_what_will_be_here(make: Make) -> None:
    flow, _ = make([])
    assert flow.token_at(QPointF(20, 20)) == -1
    QTest.keyClick(flow, Qt.Key.Key_Down)
    assert not flow.viewport().grab().toImage().isNull()


def test_chips_grow_with_the_scale_and_wrap_with_the_width(make: Make, theme: Theme) -> None:
    flow, _ = make(WORDS)
    before = flow.chip_area(1)
    theme.set_scale(2.0)
    assert flow.chip_area(1).width() > 1.7 * before.width()
    theme.set_scale(1.0)
    wide = len(flow._rows[0].chips)
    flow.resize(200, 300)
    assert len(flow._rows[0].chips) < wide
