import math

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from explorer.protocol import StreamToken
from explorer.ui.widgets.token_cells import CELL_MODES, TokenCells

ROLES = ["template", "system", "user", "assistant", "tool", "document"]


def token(number: int, text: str = " word", role: str = "user", **more) -> StreamToken:
    return StreamToken(id=number, text=text, role=role, **more)


def stream(count: int) -> list[StreamToken]:
    return [
        token(i, f" w{i % 50}" if i % 40 else "\n", ROLES[i // 7 % 6], special=i % 29 == 0)
        for i in range(count)
    ]


@pytest.fixture
def cells(qtbot, theme):
    widget = TokenCells(theme)
    qtbot.addWidget(widget)
    widget.resize(640, 320)
    widget.show()
    return widget


def centre(cells, index) -> QPoint:
    return cells.cell_rect(index).center().toPoint()


def colour(cells, index, image: QImage) -> tuple[int, ...]:
    """The strongest colour of a cell's left edge, where no mark is."""
    rect = cells.cell_rect(index)
    pixel = image.pixelColor(int(rect.left() + 3), int(rect.center().y() + 3))
    return pixel.red(), pixel.green(), pixel.blue()


def seen(cells) -> QImage:
    return cells.viewport().grab().toImage()


def test_squares_stand_in_rows_of_eight_sixteen_and_so_on(cells):
    cells.show_stream(stream(500))
    tops = [cells.cell_rect(i).top() for i in range(100)]
    columns = tops.count(tops[0])
    assert 32 <= columns <= 64 and columns % 8 == 0
    assert cells.cell_rect(columns).left() == cells.cell_rect(0).left()
    assert cells.cell_rect(columns - 1).right() <= cells.viewport().width()


@pytest.mark.parametrize("mode", CELL_MODES)
def test_a_cell_is_found_where_it_is_painted(cells, mode):
    cells.set_mode(mode)
    cells.show_stream(stream(600))
    for index in (599, 598, 560, 541):
        cells.scroll_to(index)
        assert cells.cell_at(cells.cell_rect(index).center()) == index
    assert cells.cell_at(QPoint(1, 1).toPointF()) == -1


@pytest.mark.parametrize("mode", CELL_MODES)
def test_growing_lays_out_like_starting_anew(cells, mode, theme, qtbot):
    cells.set_mode(mode)
    tokens = stream(1200)
    for count in (3, 4, 200, 201, 150, 1200):
        cells.show_stream(tokens[:count])
    edited = [*tokens[:400], token(7, " edited and long", "assistant"), *tokens[401:900]]
    cells.show_stream(edited)
    other = TokenCells(theme)
    qtbot.addWidget(other)
    other.resize(cells.size())
    other.set_mode(mode)
    other.show()
    other.show_stream(edited)
    assert len(cells) == 900
    assert [cells.cell_rect(i) for i in range(900)] == [other.cell_rect(i) for i in range(900)]
    assert seen(cells) == seen(other)


def test_authors_differ_in_colour_and_what_has_gone_is_faint(cells):
    tokens = [token(i, role=role) for i, role in enumerate(ROLES)] * 2
    cells.show_stream(tokens[6:], gone=tokens[:6])
    image = seen(cells)
    here = [colour(cells, index, image) for index in range(6, 12)]
    gone = [colour(cells, index, image) for index in range(6)]
    assert len(set(here)) == 6 and not set(here[1:]) & set(gone[1:])
    assert sum(map(sum, gone[1:])) > sum(map(sum, here[1:]))  # paler on a white ground


def test_the_end_stays_in_sight_unless_one_scrolled_away(cells):
    cells.show_stream(stream(4000))
    bar = cells.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    cells.show_stream(stream(8000))
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    cells.show_stream(stream(9000))
    assert bar.value() == 0


def test_tokens_that_fall_out_stay_where_they_were(cells):
    tokens = stream(300)
    cells.show_stream(tokens)
    before = cells.cell_rect(250)
    cells.show_stream(tokens[100:], gone=tokens[:100])
    assert cells.cell_rect(250) == before
    assert "fallen out" in cells.words_of(99) and "place 1 of 200" in cells.words_of(100)


def test_pointing_and_choosing_with_the_mouse(cells, qtbot):
    cells.show_stream(stream(200))
    qtbot.mouseMove(cells.viewport(), centre(cells, 70))
    assert cells.pointed_cell == 70 and "id 70" in cells.legend.said
    with qtbot.waitSignal(cells.chosen) as chosen:
        qtbot.mouseClick(cells.viewport(), Qt.MouseButton.LeftButton, pos=centre(cells, 71))
    assert chosen.args == [71]
    with qtbot.assertNotEmitted(cells.chosen):
        qtbot.mouseClick(cells.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))


@pytest.mark.parametrize("mode", ["cells", "text"])
def test_keys_point_and_choose(cells, qtbot, mode):
    cells.set_mode(mode)
    cells.show_stream(stream(1500))
    qtbot.keyClick(cells, Qt.Key.Key_Home)
    assert cells.pointed_cell == 0 and cells.cell_rect(0).top() >= 0
    qtbot.keyClick(cells, Qt.Key.Key_Right)
    qtbot.keyClick(cells, Qt.Key.Key_Down)
    below = cells.pointed_cell
    assert cells.cell_rect(below).top() > cells.cell_rect(1).top()
    assert cells.accessibleDescription() == cells.words_of(below)
    qtbot.keyClick(cells, Qt.Key.Key_Up)
    qtbot.keyClick(cells, Qt.Key.Key_PageDown)
    assert cells.pointed_cell > below
    qtbot.keyClick(cells, Qt.Key.Key_End)
    qtbot.keyClick(cells, Qt.Key.Key_Right)
    assert cells.pointed_cell == 1499
    with qtbot.waitSignal(cells.chosen) as chosen:
        qtbot.keyClick(cells, Qt.Key.Key_Return)
    assert chosen.args == [1499]


def test_surprise_is_told_in_bits_and_shown_as_heat(cells):
    cells.show_stream([token(0), token(1, logprob=0.0), token(2, logprob=-12 * math.log(2))])
    assert "12.0 bits" in cells.words_of(2) and "bits" not in cells.words_of(0)
    cells.set_mode("surprisal")
    image = seen(cells)
    assert len({colour(cells, index, image) for index in range(3)}) == 3
    cells.set_surprisal([None, math.log(2), math.log(2)])
    assert "1.0 bits" in cells.words_of(2)
    image = seen(cells)
    assert colour(cells, 1, image) == colour(cells, 2, image)
    assert cells.legend.ramp is not None


def test_attention_counts_from_the_cell_that_looks(cells):
    tokens = stream(20)
    cells.show_stream(tokens[5:], gone=tokens[:5])
    cells.set_mode("attention")
    cells.set_attention(8, [0.7, 0.2, 0.1, 0.0])
    assert "70% of the attention" in cells.words_of(5) and "10% of the attention" in cells.words_of(7)
    assert "attention" not in cells.words_of(4) and "attention" not in cells.words_of(9)
    image = seen(cells)
    assert colour(cells, 5, image) == colour(cells, 6, image) != colour(cells, 7, image)
    cells.set_attention(-1, [])
    assert "attention" not in cells.words_of(5)


def test_the_hottest_cells_are_named_while_nothing_is_pointed_at(cells):
    tokens = [token(i, f"w{i}", logprob=-i * math.log(2) if i else None) for i in range(9)]
    cells.show_stream(tokens)
    cells.set_mode("surprisal")
    assert cells.legend.said == "Most surprising: " + "  ·  ".join(
        f"“w{i}” {i} bits" for i in (8, 7, 6, 5, 4)
    )
    cells.set_mode("attention")
    assert cells.legend.said == ""
    cells.set_attention(7, [0.1, 0.0, 0.7, 0.2])
    assert cells.legend.said == "Looked most at: “w6” 70%  ·  “w7” 20%  ·  “w4” 10%"
    cells._point_at(3)
    assert "id 3" in cells.legend.said
    cells._point_at(-1)
    assert cells.legend.said.startswith("Looked")
    cells.set_mode("cells")
    assert cells.legend.said == ""


def test_lit_cells_are_framed_and_let_go(cells):
    cells.show_stream(stream(100))
    plain = seen(cells)
    cells.light(range(10, 20))
    lit = seen(cells)
    cells.light([10, 500, -3])
    assert plain != lit != seen(cells) != plain
    cells.light(())
    assert seen(cells) == plain


def test_the_newest_cell_blinks_only_while_it_is_written(cells, qtbot):
    cells.show_stream(stream(10), writing=True)
    steady = seen(cells)
    cells._blinking.timeout.emit()
    assert seen(cells) != steady
    cells.show_stream(stream(10), writing=False)
    assert seen(cells) == steady and not cells._blinking.isActive()
    cells.set_animated(False)
    cells.show_stream(stream(11), writing=True)
    assert not cells._blinking.isActive()


def test_a_wiped_stream_fades_away(cells, qtbot):
    cells.show_stream(stream(100))
    cells.show_stream([])
    assert cells._wipe.under_way and len(cells) == 0
    fading = seen(cells)
    qtbot.waitUntil(lambda: not cells._wipe.under_way)
    wiped = seen(cells)
    assert wiped != fading
    cells.set_animated(False)
    cells.show_stream(stream(100))
    cells.show_stream([])
    assert not cells._wipe.under_way and seen(cells) == wiped


def test_thinking_is_underlined_and_said(cells):
    tokens = [token(i, role="assistant") for i in range(20)]
    cells.show_stream(tokens, thinking=[range(5, 10)])
    assert "thinking" in cells.words_of(5) and "thinking" not in cells.words_of(10)
    image = seen(cells)
    cells.show_stream(tokens, thinking=[range(5, 11)])
    assert seen(cells) != image


def test_a_long_text_is_laid_out_bit_by_bit_and_reached_in_the_end(cells, qtbot):
    cells.set_mode("text")
    cells.show_stream(stream(20_000))
    cells.verticalScrollBar().setValue(0)
    cells.scroll_to(15_000)
    top = cells._first_in_sight()
    assert top < 15_000
    qtbot.waitUntil(lambda: not cells._going_on.isActive())
    rect = cells.cell_rect(15_000)
    assert rect.top() >= 0 and rect.bottom() <= cells.viewport().height()


def test_every_kind_of_text_at_every_size(cells, theme):
    odd = ["", "\n\n", "�", "中", "👨‍👩‍👧", "x" * 300, "\t", "<|end|>", "‮שלום", "\u200d"]
    tokens = [token(i, odd[i % 10], ROLES[i % 6], special=i % 10 == 7, logprob=-i / 90) for i in range(900)]
    for mode, scale, look in zip(CELL_MODES, (0.8, 1, 1.5, 2, 2.5), ("light", "dark") * 3, strict=False):
        theme.set_mode(look)
        theme.set_scale(scale)
        cells.set_mode(mode)
        cells.show_stream(tokens[300:], gone=tokens[:300], writing=True, thinking=[range(400, 500)])
        cells.resize(300 + int(200 * scale), 200)
        assert not seen(cells).isNull()
        assert cells.cell_rect(899).bottom() <= cells.viewport().height()
    cells.show_stream([])
    assert len(cells) == 0 and not seen(cells).isNull()


def test_a_role_that_a_template_made_up_is_a_persons(cells):
    cells.show_stream([token(0, role="critic"), token(1, role="user"), token(2, role="")])
    image = seen(cells)
    assert len({colour(cells, index, image) for index in range(3)}) == 1


@pytest.mark.parametrize("mode", CELL_MODES)
def test_what_is_moved_and_mended_is_what_would_be_painted_anew(cells, qapp, mode):
    """Scrolling moves the picture, growing paints the last rows only: nothing of the old must be left."""
    cells.set_mode(mode)
    tokens = stream(900)
    for count in range(5, 900, 61):
        cells.show_stream(tokens[count // 3 : count], gone=tokens[: count // 3])
        cells._point_at(count - 2)
        qapp.processEvents()
        cells.verticalScrollBar().setValue(cells.verticalScrollBar().value() - 33)
        qapp.processEvents()
        cells.verticalScrollBar().setValue(cells.verticalScrollBar().maximum())
        qapp.processEvents()
    cells.verticalScrollBar().setValue(cells.verticalScrollBar().value() - 33)
    qapp.processEvents()
    on_screen = cells.screen().grabWindow(cells.winId()).toImage()
    assert on_screen == cells.grab().toImage().convertToFormat(on_screen.format())
