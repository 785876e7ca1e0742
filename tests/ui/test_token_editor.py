"""Tokens painted in place: where, in which colour, in every kind of writing; then keys and pastes."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, QUrl
from PySide6.QtGui import QColor, QImage, QInputMethodEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.theme import Theme
from explorer.ui.widgets import token_editor
from explorer.ui.widgets.token_editor import LARGE_PASTE, TokenEditor
from tests.ui.text_engine import TextEngine, write_draft

WRITINGS = {
    "plain": "Hello world, hello tokens",
    "wrapped": "many words that go on and on until the line is full and another one begins " * 3,
    "tabs": "\tone\ttwo\n\t\tthree",
    "full width": "全角文字　テキスト ｆｕｌｌ 漢字かな交じり文を長くして折り返しを確かめます。もっと長く。",
    "right to left": "العربية: هذا نص عربي طويل بما يكفي ليلتف على أكثر من سطر واحد في المحرر",
    "both ways": "Latin and שלום עולם again, العربية and 123 more",
    "turns": "a ש b\nends with שלום\nשלום a עולם\nword ש\nאבג 1 דהו x",
    "marks": "e\u0301 a\u0308 o\u0302\u0323 cafe\u0301",
    "emoji": "👩‍👩‍👧‍👦 👨🏽‍🚀 and 😀😀",
    "blank lines": "\n\n  \n x\n",
    "one long word": "x" * 300,
}


class Rig:
    """An editor, its store and the engine."""

    def __init__(self, theme: Theme, settings: Settings, folder: Path, encoding: str, text: str) -> None:
        settings.set("tokenizer/started", True)
        settings.set("tokenizer/encoding", encoding)
        write_draft(folder, text)
        self.store = TokenizerStore(settings)
        self.editor = TokenEditor(theme, self.store.document, self.store.spans)
        self.store.tokens_changed.connect(self.editor.show_change)
        self.engine = TextEngine(self.store, folder)
        self.editor.resize(420, 500)
        self.store.engine_ready()

    def tokens(self) -> list[str]:
        return [fact.text for fact in self.store.spans.facts(0, len(self.store.spans))]


Make = Callable[..., Rig]


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path) -> Iterator[Make]:
    rigs: list[Rig] = []

    def make_rig(text: str = "", encoding: str = "o200k_base") -> Rig:
        rig = Rig(theme, settings, tmp_path, encoding, text)
        rigs.append(rig)
        qtbot.addWidget(rig.editor)
        rig.editor.show()
        qtbot.waitUntil(lambda: rig.store.complete and not rig.store.locked and not rig.editor.stale)
        return rig

    yield make_rig
    for rig in rigs:
        rig.engine.close()


def picture(editor: TokenEditor) -> QImage:
    return editor.viewport().grab().toImage()


def colour_at(image: QImage, place: QPointF) -> str:
    return QColor(image.pixel(round(place.x()), round(place.y()))).name().upper()


# ---------------------------------------------------------------- places


@pytest.mark.parametrize("encoding", ["o200k_base", "gpt2"])
@pytest.mark.parametrize("name", WRITINGS)
def test_every_token_has_its_place_and_is_found_there(make: Make, name: str, encoding: str) -> None:
    rig = make(WRITINGS[name], encoding)
    editor, spans = rig.editor, rig.store.spans
    for index in range(len(spans)):
        area = editor.token_area(index)
        assert area.width() > 0, f"token {index} {rig.tokens()[index]!r} is nowhere"
    # Each token that has a place of its own is found at the middle of a line's part of it.
    for block, line, origin in editor._lines(editor.viewport().rect()):
        for run in editor._line_runs(block, line, origin).runs([]):
            for area in run.rects:
                if area.width() < len(run.tokens):
                    continue
                for at, token in enumerate(run.tokens):
                    x = area.left() + (at + 0.5) * area.width() / len(run.tokens)
                    assert editor.token_at(QPointF(x, area.center().y())) == token


def test_a_mark_of_direction_takes_no_place_away(make: Make) -> None:
    rig = make("\u200fa שa")
    widths = [rig.editor.token_area(index).width() for index in range(len(rig.store.spans))]
    assert rig.tokens()[0] == "\u200f" and widths[0] == 0
    assert all(width > 0 for width in widths[1:])


@pytest.mark.parametrize("name", WRITINGS)
def test_the_runs_of_a_line_cover_its_text_once(make: Make, name: str) -> None:
    rig = make(WRITINGS[name], "gpt2")
    editor = rig.editor
    for block, line, origin in editor._lines(editor.viewport().rect()):
        runs = editor._line_runs(block, line, origin)
        text = sum(area.width() for run in runs.runs([]) for area in run.rects)
        ends = runs.end_rect().width() if runs.stop > runs.text_end else 0
        # Qt lets spaces at the end of a wrapped line hang out of it: they have no width of their own.
        hanging = len(runs.units) - len(runs.units.rstrip(" "))
        slack = 1 + hanging * editor.fontMetrics().horizontalAdvance(" ")
        assert abs(text - ends - line.naturalTextWidth()) <= slack


@pytest.mark.parametrize("name", WRITINGS)
def test_the_fast_way_and_the_sure_way_agree(make: Make, name: str) -> None:
    rig = make(WRITINGS[name])
    fast = 0
    for block, line, origin in rig.editor._lines(rig.editor.viewport().rect()):
        runs = rig.editor._line_runs(block, line, origin)
        plain = runs.plain_edges([])
        if plain is None:
            continue
        fast += 1
        places: dict[int, tuple[float, float]] = {}
        for run in runs.runs([]):
            left, right = places.get(run.tokens[0], (1e9, 0.0))
            lefts, rights = zip(*((area.left(), area.right()) for area in run.rects), strict=True)
            places[run.tokens[0]] = min(left, *lefts), max(right, *rights)
        first, edges = plain
        wide = {first + at: pair for at, pair in enumerate(pairwise(edges)) if pair[0] < pair[1]}
        assert places == wide
    assert fast or not WRITINGS[name].isascii()


def test_fills_are_painted_where_the_tokens_are(make: Make, theme: Theme) -> None:
    rig = make("Hello world, hello tokens\nand more of them")
    image = picture(rig.editor)
    for index in range(len(rig.store.spans)):
        area = rig.editor.token_area(index)
        corner = QPointF(area.left() + 1, area.bottom() - 1)
        assert colour_at(image, corner) == theme.token_fill(int(rig.store.spans.fills[index])).name().upper()


def test_a_character_of_several_tokens_is_striped(make: Make, theme: Theme) -> None:
    rig = make("𠮷", "gpt2")  # four bytes, four tokens
    spans = rig.store.spans
    assert len(spans) == 4 and len(set(spans.starts.tolist())) == 1
    area = rig.editor.token_area(0)
    assert area == rig.editor.token_area(3)
    image = picture(rig.editor)
    seen = [
        colour_at(image, QPointF(area.left() + (at + 0.5) * area.width() / 4, area.top() + 2))
        for at in range(4)
    ]
    assert seen == [theme.token_fill(int(fill)).name().upper() for fill in spans.fills]


def test_a_space_before_a_split_character_is_the_first_tokens_own(make: Make) -> None:
    rig = make("a 👩‍👩", "o200k_base")
    facts = list(rig.store.spans.facts(0, len(rig.store.spans)))
    split = next(fact for fact in facts if fact.data.startswith(b" \xf0"))
    own = rig.editor.token_area(split.index)
    partner = rig.editor.token_area(split.index + 1)
    assert own.left() < partner.left() and own.right() == partner.right()


def test_a_split_character_has_all_its_tokens_wherever_the_line_wraps(make: Make) -> None:
    rig = make("👩 " * 60)  # a line can only begin with the character; its first token is the space's
    spans, editor = rig.store.spans, rig.editor
    split = {fact.index for fact in spans.facts(0, len(spans)) if 0x80 <= fact.data[0] < 0xC0}
    seen = 0
    for block, line, origin in editor._lines(editor.viewport().rect()):
        for run in editor._line_runs(block, line, origin).runs([]):
            for token in split & set(run.tokens):
                seen += 1
                assert token - 1 in run.tokens
    assert seen == 60


def test_new_text_is_neutral_until_its_tokens_come(make: Make, theme: Theme) -> None:
    rig = make("one two")
    rig.engine.live = False
    rig.editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(rig.editor, "xyz")
    assert (7, 10) in rig.store.spans.neutral()
    last = len(rig.store.spans) - 1
    before = rig.editor.token_area(last)
    advance = rig.editor.fontMetrics().horizontalAdvance("x")
    fills = {colour.upper() for colour in theme.colours.tokens}
    at = QPointF(before.right() - 1.5 * advance, before.bottom() - 1)
    assert colour_at(picture(rig.editor), at) not in fills
    rig.engine.finish()
    assert colour_at(picture(rig.editor), at) in fills


def test_only_visible_lines_are_looked_at(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = make("some words in a line\n" * 3000)
    looked = 0

    class Counting(token_editor.LineRuns):
        def __init__(self, *arguments: object) -> None:
            nonlocal looked
            looked += 1
            super().__init__(*arguments)

    monkeypatch.setattr(token_editor, "LineRuns", Counting)
    rig.editor.viewport().repaint()
    assert 10 < looked < 40


def test_one_endless_line_is_looked_at_where_it_is_visible(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = make("word " * 4000)
    rig.editor.moveCursor(QTextCursor.MoveOperation.End)
    looked: list[int] = []

    class Counting(token_editor.LineRuns):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            looked.append(self.start)

    monkeypatch.setattr(token_editor, "LineRuns", Counting)
    rig.editor.viewport().repaint()
    assert 10 < len(looked) < 40 and min(looked) > 10_000


def test_what_an_input_method_composes_moves_the_tokens_after_it(make: Make) -> None:
    rig = make("one two")
    rig.editor.moveCursor(QTextCursor.MoveOperation.Start)
    before = rig.editor.token_area(1)
    QApplication.sendEvent(rig.editor, QInputMethodEvent("ni hao", []))
    advance = rig.editor.fontMetrics().horizontalAdvance("n")
    assert abs(rig.editor.token_area(1).left() - before.left() - 6 * advance) < 3
    assert rig.store.text == "one two"
    commit = QInputMethodEvent("", [])
    commit.setCommitString("你好")
    QApplication.sendEvent(rig.editor, commit)
    assert rig.store.text == "你好one two" == rig.engine.text


# ---------------------------------------------------------------- signs and light


def test_signs_for_spaces_can_be_switched_off(make: Make) -> None:
    rig = make("a b\tc\n\nd")
    shown = picture(rig.editor)
    rig.editor.set_signs(False)
    hidden = picture(rig.editor)
    assert shown != hidden
    space = rig.editor.cursorRect(_cursor_at(rig.editor, 1))
    middle = QPointF(space.left() + rig.editor.fontMetrics().horizontalAdvance(" ") / 2, space.center().y())
    around = [middle + QPointF(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    assert any(colour_at(shown, at) != colour_at(hidden, at) for at in around)


def test_the_token_under_the_mouse_is_told_and_can_be_lit(make: Make, qtbot: QtBot, theme: Theme) -> None:
    rig = make("Hello world")
    told: list[int] = []
    rig.editor.token_hovered.connect(told.append)
    place = rig.editor.token_area(1).center().toPoint()
    QTest.mouseMove(rig.editor.viewport(), QPoint(300, 400))
    QTest.mouseMove(rig.editor.viewport(), place)
    qtbot.waitUntil(lambda: told[-1:] == [1])
    rig.editor.set_hovered(1)
    area = rig.editor.token_area(1)
    corner = QPointF(area.left() + 1, area.top() + 2)
    assert colour_at(picture(rig.editor), corner) == theme.colour("token_hover").name().upper()


def test_nothing_is_under_the_mouse_beside_the_text(make: Make) -> None:
    rig = make("short")
    assert rig.editor.token_at(QPointF(300, 12)) == -1
    assert rig.editor.token_at(QPointF(12, 400)) == -1


# ---------------------------------------------------------------- keys and pastes


def test_keys_typed_while_locked_come_afterwards(make: Make) -> None:
    rig = make("text")
    rig.editor.moveCursor(QTextCursor.MoveOperation.End)
    rig.editor.set_locked(True)
    QTest.keyClicks(rig.editor, " more")
    assert rig.store.text == "text"
    rig.editor.set_locked(False)
    assert rig.store.text == "text more" == rig.engine.text


def test_a_paste_is_plain_text_and_lone_surrogates_keep_their_places(make: Make) -> None:
    rig = make("")
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("bold")
    rig.editor.insertFromMimeData(data)
    assert rig.store.text == "bold"
    data = QMimeData()
    data.setText("x\ud83dy\udc00z")
    rig.editor.insertFromMimeData(data)
    assert rig.store.text == rig.engine.text
    assert rig.store.document.characterCount() - 1 == len(rig.store.text)


def test_a_lone_surrogate_that_the_document_holds_is_sent_as_one_replacement(make: Make) -> None:
    rig = make("")
    rig.editor.textCursor().insertText("x\ud83dy\udc00z")
    assert rig.store.document.characterAt(1) == "\ud83d"
    assert rig.engine.text == "x\ufffdy\ufffdz" == rig.store.text
    QTest.keyClicks(rig.editor, "!")
    rig.editor.undo()
    rig.editor.undo()
    assert rig.engine.text == rig.store.text == ""


def test_a_large_paste_is_left_to_the_panel(make: Make) -> None:
    rig = make("")
    asked: list[str] = []
    rig.editor.large_text_pasted.connect(asked.append)
    data = QMimeData()
    data.setText("x" * (LARGE_PASTE + 1))
    rig.editor.insertFromMimeData(data)
    assert [len(text) for text in asked] == [LARGE_PASTE + 1]
    assert rig.store.text == ""


def test_a_file_is_opened_and_not_pasted_as_a_name(make: Make, tmp_path: Path) -> None:
    rig = make("")
    dropped: list[str] = []
    rig.editor.file_dropped.connect(dropped.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "some file.txt"))])
    assert rig.editor.canInsertFromMimeData(data)
    rig.editor.insertFromMimeData(data)
    assert [Path(path).name for path in dropped] == ["some file.txt"]
    assert rig.store.text == ""


def test_choosing_a_token_selects_its_text(make: Make) -> None:
    rig = make("Hello wonderful world")
    rig.editor.select_token(1)
    assert rig.editor.textCursor().selectedText() == " wonderful"


def test_the_carets_token_is_the_one_before_it(make: Make) -> None:
    rig = make("Hello world")
    for unit, token in ((0, 0), (5, 0), (6, 1), (11, 1)):
        rig.editor.setTextCursor(_cursor_at(rig.editor, unit))
        assert rig.editor.caret_token() == token


def test_a_second_editor_of_the_same_document_takes_over(make: Make, theme: Theme, qtbot: QtBot) -> None:
    rig = make("Hello world " * 40)
    QTest.keyClicks(rig.editor, "typed ")
    second = TokenEditor(theme, rig.store.document, rig.store.spans)
    qtbot.addWidget(second)
    second.resize(200, 300)
    rig.editor.deleteLater()
    second.show()
    qtbot.waitExposed(second)
    assert second.viewport().grab(QRect(0, 0, 50, 20)).toImage() is not None
    second.undo()
    assert rig.store.text == "Hello world " * 40 == rig.engine.text
    assert second.token_area(0).left() < 20


def _cursor_at(editor: TokenEditor, unit: int) -> QTextCursor:
    cursor = editor.textCursor()
    cursor.setPosition(unit)
    return cursor


def test_the_fonts_size_follows_the_scale(make: Make, theme: Theme) -> None:
    rig = make("Hello world")
    before = rig.editor.token_area(1)
    theme.set_scale(2.0)
    after = rig.editor.token_area(1)
    assert after.height() > 1.8 * before.height() and after.left() > 1.8 * before.left() - 10
    assert rig.editor.font().pixelSize() == theme.px(15)
    assert rig.editor.horizontalScrollBar().maximum() == 0
