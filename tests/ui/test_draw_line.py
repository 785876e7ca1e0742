import pytest
from PySide6.QtGui import QColor

from explorer.ui.widgets.draw_line import DrawLine, Fallen

SEGMENTS = [(" the", 0.5), ("\n", 0.25), ("中", 0.125)]


@pytest.fixture
def line(qtbot, theme):
    widget = DrawLine(theme)
    qtbot.addWidget(widget)
    widget.resize(500, widget.sizeHint().height())
    widget.show()
    return widget


def colours_along(line: DrawLine, y: float) -> list[QColor]:
    image = line.grab().toImage()
    return [QColor(image.pixel(x, round(y))) for x in range(line.width())]


def test_the_marker_points_at_the_number(line, theme):
    line.show_draw(SEGMENTS, Fallen("\n", 0.6, 0.5, 0.25))
    rect = line.line_rect()
    model = theme.colour("model")
    above = [x for x, colour in enumerate(colours_along(line, rect.top() - 4)) if colour == model]
    assert abs(sum(above) / len(above) - (rect.left() + 0.6 * rect.width())) < 2


def test_without_a_number_there_is_no_marker(line, theme):
    line.show_draw(SEGMENTS, Fallen(" the", None, 0.0, 1.0))
    assert theme.colour("model") not in colours_along(line, line.line_rect().top() - 4)


def test_segments_are_as_wide_as_their_probabilities(line, theme):
    line.show_draw(SEGMENTS, None)
    along = colours_along(line, line.line_rect().bottom() - 2)
    widths = [along.count(theme.probability(probability)) for _, probability in SEGMENTS]
    full = line.line_rect().width()
    for width, (_, probability) in zip(widths, SEGMENTS, strict=True):
        assert abs(width - full * probability) < 4


def test_a_run_tells_no_segments_but_where_the_drawn_one_was(line, theme):
    line.show_draw([], Fallen("x", 0.3, 0.25, 0.25))
    along = colours_along(line, line.line_rect().bottom() - 3)
    inside = [x for x, colour in enumerate(along) if colour == theme.probability(0.25)]
    rect = line.line_rect()
    assert abs(inside[0] - (rect.left() + rect.width() / 4)) < 4
    assert abs(inside[-1] - (rect.left() + rect.width() / 2)) < 4
