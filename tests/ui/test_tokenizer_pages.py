"""What stands beside the text: encodings compared, letters counted; and tokenizers of other people's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.protocol import Cancel, CompareEncodings
from explorer.text.units import to_units
from explorer.ui.settings import Settings
from explorer.ui.stores.encoding_rows import EncodingRows
from explorer.ui.stores.letter_count import LetterCount, letter_steps, wanted_letters
from explorer.ui.theme import Theme
from tests.text.foreign_kinds import foreign
from tests.ui.test_tokenizer_panel import Rig
from tests.ui.text_engine import tokenizer

Make = Callable[[str], Rig]


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path) -> Iterator[Make]:
    rigs: list[Rig] = []

    def make_rig(draft: str) -> Rig:
        rig = Rig(theme, settings, tmp_path, draft)
        rigs.append(rig)
        qtbot.addWidget(rig.panel)
        rig.panel.show()
        rig.store.engine_ready()
        qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
        return rig

    yield make_rig
    for rig in rigs:
        rig.engine.close()


# ---------------------------------------------------------------- encodings compared

MIXED = "Good morning. 早上好，今天天气很好。 " * 3


def comparing(rig: Rig, qtbot: QtBot) -> list[str]:
    rig.panel.work.pages.show_page("compare")
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    return rig.panel.work.compare.said


def test_each_encoding_has_its_count_and_the_shortest_and_longest_are_told(make: Make, qtbot: QtBot) -> None:
    rig = make(MIXED)
    said = comparing(rig, qtbot)
    counts = {name: len(tokenizer(name).encode(MIXED)) for name in ("gpt2", "cl100k_base", "o200k_base")}
    assert [line.split(" | ")[0] for line in said] == ["gpt2", "cl100k_base", "● o200k_base", "qwen"]
    assert f"| {counts['gpt2']} |" in said[0] and "longest" in said[0]
    assert f"| {counts['o200k_base']} |" in said[2]
    assert sum("shortest" in line for line in said) == 1
    assert f"{len(MIXED) / counts['gpt2']:.2f} characters per token" in said[0]


def test_typing_counts_again_and_a_click_chooses(make: Make, qtbot: QtBot) -> None:
    rig = make("Good")
    comparing(rig, qtbot)
    rig.type(" morning ")
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert all(row.complete and row.characters == len(rig.text) for row in rig.store.rows.rows)
    view = rig.panel.work.compare._views[0]
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert rig.store.encoding == "gpt2"
    rig.panel.work.compare._views[1].setFocus()
    QTest.keyClick(rig.panel.work.compare._views[1], Qt.Key.Key_Return)
    assert rig.store.encoding == "cl100k_base"
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)


def test_which_take_part_is_the_persons_choice_and_remembered(make: Make, qtbot: QtBot) -> None:
    rig = make("text")
    comparing(rig, qtbot)
    rig.store.rows.toggle("qwen", False)
    rig.store.rows.toggle("gpt2", False)
    rig.store.rows.toggle("r50k_base", True)
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert rig.store.rows.encodings == ("cl100k_base", "o200k_base", "r50k_base")
    again = EncodingRows(rig.settings, rig.store, "d")
    assert again.chosen == ("cl100k_base", "o200k_base", "r50k_base")
    rig.store.choose_encoding("gpt2")
    assert rig.store.rows.encodings[0] == "gpt2", "what the panel shows is always there"


def test_a_long_count_shows_how_far_it_is_and_can_be_called_off(make: Make, qtbot: QtBot) -> None:
    rig = make("many words " * 20_000)
    rig.engine.live = False
    rig.panel.work.pages.show_page("compare")
    rig.engine.work(12)
    rig.engine.deliver()
    assert rig.store.rows.share is not None and 0 < rig.store.rows.share < 1
    qtbot.waitUntil(lambda: any("% counted" in line for line in rig.panel.work.compare.said))
    rig.panel.work.compare._cancel.click()
    assert isinstance(rig.engine.commands[-1], Cancel)
    rig.engine.finish()
    assert rig.store.rows.share is None
    rig.engine.live = True
    qtbot.waitUntil(lambda: rig.panel.work.compare._cancel.text() == "Count")
    rig.panel.work.compare._cancel.click()
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert all(row.complete for row in rig.store.rows.rows)


def test_a_key_ends_the_counting_of_the_text_before_it(make: Make, qtbot: QtBot) -> None:
    rig = make("many words " * 20_000)
    rig.engine.live = False
    rig.panel.work.pages.show_page("compare")
    rig.engine.work(8)
    rig.engine.deliver()
    rig.type("x")
    assert any(isinstance(command, Cancel) for command in rig.engine.commands)
    rig.engine.live = True
    rig.engine.finish()
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert all(row.complete and row.characters == len(rig.text) for row in rig.store.rows.rows)


def test_nothing_is_counted_while_nobody_looks(make: Make, qtbot: QtBot) -> None:
    rig = make("text")
    rig.type("more")
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert not any(isinstance(command, CompareEncodings) for command in rig.engine.commands)


def test_the_starter_sets_up_text_and_page(make: Make, qtbot: QtBot) -> None:
    rig = make("")
    rig.button("Four encodings").click()
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert rig.panel.work.pages.page == "compare"
    rows = {row.encoding: row.tokens for row in rig.store.rows.rows}
    assert rows["gpt2"] > 2 * rows["o200k_base"], "it tells a story"


# ---------------------------------------------------------------- letters


def test_strawberry_has_three_rs_and_the_model_sees_none(make: Make, qtbot: QtBot) -> None:
    rig = make("")
    rig.button("strawberry").click()
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    rig.select(32, 42)
    letters = rig.panel.work.letters
    qtbot.waitUntil(lambda: len(letters.shown) < 6)
    shown = letters.shown
    assert "".join(text for text, _, _ in shown).strip("⏎") == "strawberry"
    assert sum(hits for _, _, hits in shown) == 3
    ids = tokenizer("o200k_base").encode(rig.text)
    assert all(int(number) in ids for _, number, _ in shown)
    count = sum(letter in "rR" for letter in rig.text)
    assert letters.said.startswith(f"{count} × “r”")
    holding = sum("r" in tokenizer("o200k_base").decode([one]).lower() for one in ids)
    assert f"{holding} of its {len(ids)} tokens" in letters.said


def test_another_letter_and_case_can_be_chosen_and_are_remembered(make: Make, qtbot: QtBot) -> None:
    rig = make("Aa bB 中中")
    rig.panel.work.pages.show_page("letters")
    letters = rig.panel.work.letters
    letters.letter.clear()
    letters.letter.setFocus()
    QTest.keyClicks(letters.letter, "b")
    assert letters.said.startswith("2 × “b”")
    letters._alike.click()
    assert letters.said.startswith("1 × “b”")
    letters.set_letter("中")
    assert letters.said.startswith("2 × “中”")
    letters.set_letter("")
    assert "Write a letter" in letters.said
    assert rig.settings.text("tokenizer/letter") == ""


@given(
    text=st.text("rR a中😀\n", max_size=60),
    cuts=st.sets(st.integers(0, 60)),
    letter=st.sampled_from("rR中😀"),
    alike=st.booleans(),
)
def test_letters_are_counted_as_by_hand(text: str, cuts: set[int], letter: str, alike: bool) -> None:
    units = to_units(text)
    starts = sorted({0, *(cut for cut in cuts if cut < len(units) and not "\udc00" <= units[cut] < "\ue000")})
    count = LetterCount()
    wanted = wanted_letters(letter, alike)
    list(letter_steps(units, np.array(starts if units else [], np.int32), wanted, count))
    assert count.letters == sum(one in wanted for one in text)
    ends = [*starts[1:], len(units)]
    parts = [units[a:b] for a, b in zip(starts, ends, strict=True)] if units else []
    assert count.tokens == sum(any(to_units(one) in part for one in wanted) for part in parts)


def test_letters_across_the_steps_of_a_long_text_are_counted_once() -> None:
    text = "r" * 250_001
    count = LetterCount()
    list(letter_steps(text, np.array([0], np.int32), "r", count))
    assert (count.letters, count.tokens) == (250_001, 1)


# ---------------------------------------------------------------- other people's tokenizers


def file_of(folder: Path, kind: str) -> Path:
    (folder / kind).mkdir()
    foreign(kind).save(str(folder / kind / "tokenizer.json"))
    return folder / kind / "tokenizer.json"


def test_a_tokenizer_is_opened_through_the_list_and_can_be_forgotten(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    rig = make("the cat sat")
    box = rig.panel.encoding
    place = next(at for at in range(box.count()) if "file" in box.itemText(at))
    box.setCurrentIndex(place)
    box.activated.emit(place)
    assert box.currentData() == "o200k_base", "the choice stays until there is another"
    dialog = box.findChild(QFileDialog)
    assert dialog is not None
    file = file_of(tmp_path, "qwen")
    dialog.fileSelected.emit(str(file))
    dialog.close()
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert box.currentText() == "qwen" and box.currentData() == str(file)
    expected = foreign("qwen").encode("the cat sat", add_special_tokens=False).ids
    assert rig.store.spans.ids.tolist() == expected
    rig.type("😀 x")
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert rig.store.spans.ids.tolist() == foreign("qwen").encode(rig.text, add_special_tokens=False).ids
    assert rig.panel.strip.note == ""
    rig.panel._forget.trigger()
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    assert box.findData(str(file)) < 0 and box.currentData() == "o200k_base"


def test_a_dropped_tokenizer_is_chosen_a_dropped_text_opened(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    rig = make("the cat sat")

    def drop(path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        rig.panel.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
        qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)

    drop(file_of(tmp_path, "llama2"))
    assert "counted anew after each pause" in rig.panel.strip.note
    rig.type("on ")
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
    expected = foreign("llama2").encode(rig.text, add_special_tokens=False).ids
    assert rig.store.spans.ids.tolist() == expected
    (tmp_path / "a.txt").write_text("new text")
    drop(tmp_path / "a.txt")
    assert rig.text == "new text"


def test_a_damaged_tokenizer_is_refused_in_words(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    rig = make("text")
    file = tmp_path / "tokenizer.json"
    file.write_text("{")
    rig.store.open_tokenizer(str(file))
    assert "tokenizer.json" in rig.notice and rig.store.encoding == "o200k_base"
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
