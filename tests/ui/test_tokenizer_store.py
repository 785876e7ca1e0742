"""The store and an engine that answers late must always end with the same text and the same tokens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from explorer.protocol import (
    ChooseEncoding,
    EditDocument,
    Failed,
    FileText,
    OpenDocument,
    ReadFile,
    TokensPatched,
)
from explorer.text.units import from_units, to_units
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import (
    EXAMPLE,
    FILE_JOB,
    LARGEST_UNITS,
    NAME,
    Counts,
    FileOpened,
    TokenizerStore,
)
from tests.ui.text_engine import TextEngine, tokenizer, write_draft

PIECES = [
    "a",
    " ",
    "\n",
    "the",
    " token",
    "12",
    "中文",
    "👩‍👩‍👧",
    "e\u0301",
    "\ud83d",
    "\u2028",
    "שלום",
    "  \n\n",
    "x" * 40,
]
some_text = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


Open = Callable[..., TextEngine]


@pytest.fixture
def store(qapp: object, settings: Settings) -> TokenizerStore:
    settings.set("tokenizer/started", True)
    return TokenizerStore(settings)


@pytest.fixture
def opened(tmp_path: Path, qtbot: QtBot) -> Iterator[Open]:
    """Open a store's document with a draft. `live=False` leaves answers to the test from then on.

    `whole=False` leaves it even to the test when the opening itself is answered.
    """
    engines: list[TextEngine] = []

    def open_with(
        store: TokenizerStore, draft: str = "", live: bool = True, whole: bool = True
    ) -> TextEngine:
        if draft:
            write_draft(tmp_path, draft)
        engine = TextEngine(store, tmp_path, live)
        engines.append(engine)
        store.engine_ready()
        if whole:
            engine.finish()
            qtbot.waitUntil(lambda: not store.activity)
        return engine

    yield open_with
    for engine in engines:
        engine.close()


def put(store: TokenizerStore, start: int, stop: int, text: str) -> None:
    cursor = QTextCursor(store.document)
    cursor.setPosition(start)
    cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(text)


def assert_same(store: TokenizerStore, engine: TextEngine) -> None:
    """Text, ids and starts are those of encoding the text anew; fills go with them."""
    assert store.complete
    assert store.text == engine.text
    fresh = tokenizer(store.encoding).encode_with_starts(from_units(store.text))
    assert store.spans.ids.tolist() == fresh.ids.tolist()
    assert store.spans.starts.tolist() == fresh.starts.tolist()
    fills = store.spans.fills
    assert len(fills) == len(fresh.ids)
    assert not np.any(fills[1:] == fills[:-1])
    assert store.spans.neutral() == []
    assert store.counts == Counts(
        len(fresh.ids), len(from_units(store.text)), len(from_units(store.text).encode())
    )


# ---------------------------------------------------------------- in step


def test_any_edits_and_any_delays_end_with_the_tokens_of_the_text(
    tmp_path: Path, qapp: object, opened: Open
) -> None:
    kinds = ("type", "type", "cut", "undo", "redo", "deliver", "work", "choose", "die")
    step = st.tuples(st.sampled_from(kinds), st.floats(0, 1), st.integers(0, 12), some_text)

    @hypothesis_settings(max_examples=40, deadline=None)
    @given(some_text, st.lists(step, max_size=20))
    def follow(draft: str, steps: list[tuple[str, float, int, str]]) -> None:
        settings = Settings(tmp_path)
        settings.set("tokenizer/started", True)
        settings.set("tokenizer/encoding", "gpt2")
        store = TokenizerStore(settings)
        engine = opened(store, from_units(to_units(draft)), live=False, whole=False)
        for kind, where, length, text in steps:
            size = len(store.text)
            start = round(where * size)
            if store.locked and kind in ("type", "cut", "undo", "redo"):
                continue
            if kind == "type":
                put(store, start, start, text)
            elif kind == "cut":
                put(store, start, min(start + length, size), text if length % 2 else "")
            elif kind == "undo":
                store.document.undo()
            elif kind == "redo":
                store.document.redo()
            elif kind == "deliver":
                engine.deliver(length)
            elif kind == "work":
                engine.work(1)
            elif kind == "die":
                store.engine_lost("killed")
                engine.die()
                store.engine_ready()
            else:
                store.choose_encoding(("gpt2", "cl100k_base")[length % 2])
            starts = store.spans.starts
            assert np.all(starts[1:] >= starts[:-1])
            assert all(0 <= low <= high <= len(store.text) for low, high in store.spans.neutral())
        engine.finish()
        assert_same(store, engine)
        engine.close()

    follow()


def test_spans_move_at_once_and_new_text_is_neutral_until_its_tokens_come(
    store: TokenizerStore, opened: Open
) -> None:
    engine = opened(store, "Hello world, hello", live=False)
    before = store.spans.starts.tolist()
    put(store, 6, 6, "my ")
    assert store.spans.neutral() == [(6, 9)]
    assert store.spans.starts.tolist() == [start + 3 if start >= 6 else start for start in before]
    assert not store.complete
    engine.finish()
    assert store.spans.neutral() == []
    assert_same(store, engine)


def test_a_token_keeps_its_fill_when_others_come_before_it(store: TokenizerStore, opened: Open) -> None:
    opened(store, "one two three four five\nsix seven")
    last = store.spans.fills[-1]
    put(store, 0, 0, "zero ")
    put(store, 0, 0, "a b c d ")
    assert store.spans.fills[-1] == last


def test_a_large_text_is_neutral_where_its_tokens_are_still_to_come(
    store: TokenizerStore, opened: Open
) -> None:
    engine = opened(store, "start\n" + "many words in a row\n" * 4000, live=False, whole=False)
    engine.work(3)
    engine.deliver()
    start, stop = store.spans.neutral()[0]
    assert 0 < start < stop == len(store.text)
    token = len(store.spans) - 1
    assert store.spans.span(token)[1] == start
    assert not store.complete
    engine.finish()
    assert_same(store, engine)


def test_a_patch_that_does_not_fit_opens_the_document_again(store: TokenizerStore, opened: Open) -> None:
    engine = opened(store, "some words here")
    wrong = TokensPatched(job=NAME, name=NAME, version=0, encoding="o200k_base", first=90, removed=7, ids=[1],
                          starts=[0], shift=0, pieces={}, complete=True, bytes_total=1)  # fmt: skip
    store.apply(wrong)
    assert sum(isinstance(command, OpenDocument) for command in engine.commands) == 2
    assert_same(store, engine)


def test_a_patch_older_than_the_newest_edit_is_carried_over_it(store: TokenizerStore, opened: Open) -> None:
    engine = opened(store, "x", live=False)
    put(store, 0, 1, "alpha beta")
    put(store, 5, 5, "yy")
    engine.deliver(1)
    assert store.spans.ids.tolist() == tokenizer("o200k_base").encode("alpha beta")
    assert store.spans.starts.tolist() == [0, 7]  # what comes at a token's beginning comes before it
    engine.finish()
    assert_same(store, engine)


# ---------------------------------------------------------------- opening


def test_yesterdays_draft_is_there_and_cannot_be_undone_away(store: TokenizerStore, opened: Open) -> None:
    engine = opened(store, "from yesterday\n中文 👩‍👩‍👧")
    assert store.document.toPlainText() == "from yesterday\n中文 👩‍👩‍👧"
    assert_same(store, engine)
    assert not store.document.isUndoAvailable()
    assert not any(isinstance(command, EditDocument) for command in engine.commands)


def test_the_first_day_shows_an_example_and_an_emptied_text_stays_empty(
    qapp: object, settings: Settings, opened: Open
) -> None:
    store = TokenizerStore(settings)
    engine = opened(store)
    assert from_units(store.text) == EXAMPLE
    assert_same(store, engine)
    put(store, 0, len(store.text), "")
    engine.close()
    again = TokenizerStore(settings)
    engine = opened(again)
    assert again.text == ""
    assert_same(again, engine)


def test_a_draft_with_foreign_line_ends_is_put_right_on_both_sides(
    store: TokenizerStore, opened: Open
) -> None:
    engine = opened(store, "one\r\ntwo\rthree")
    assert store.text == "one\ntwo\nthree"
    assert_same(store, engine)


def test_after_the_engines_death_the_windows_text_wins(store: TokenizerStore, opened: Open) -> None:
    engine = opened(store, "the draft")
    put(store, 9, 9, " and more")
    store.engine_lost("killed")
    engine.die(draft="the draft and")
    put(store, 0, 3, "My")
    assert store.phase == "lost" and not store.complete
    store.engine_ready()
    assert store.text == "My draft and more"
    assert_same(store, engine)
    assert store.document.isUndoAvailable()


def test_what_is_typed_while_the_draft_comes_again_is_not_lost(store: TokenizerStore, opened: Open) -> None:
    engine = opened(store, "the draft", live=False)
    store.engine_lost("killed")
    engine.die()
    store.engine_ready()
    put(store, 0, 0, "while waiting ")
    while store.phase == "loading":
        engine.work(1)
        engine.deliver()
    assert all(stop <= len(store.text) for _, stop in store.spans.neutral())
    engine.finish()
    assert store.text == "while waiting the draft"
    assert_same(store, engine)


def test_what_was_typed_before_the_first_draft_came_is_kept_beside_it(
    store: TokenizerStore, opened: Open
) -> None:
    store.engine_lost("no engine")
    assert not store.locked
    put(store, 0, 0, "typed without engine")
    engine = opened(store, "yesterday")
    assert store.text == "yesterday\ntyped without engine"
    assert_same(store, engine)


# ---------------------------------------------------------------- encodings


def test_the_encoding_is_remembered(store: TokenizerStore, settings: Settings, opened: Open) -> None:
    engine = opened(store, "Tokens 中文")
    store.choose_encoding("gpt2")
    assert_same(store, engine)
    assert TokenizerStore(settings).encoding == "gpt2"
    assert sum(isinstance(command, ChooseEncoding) for command in engine.commands) == 1


def test_an_encoding_chosen_while_the_document_is_being_opened_is_the_one_that_stays(
    store: TokenizerStore, opened: Open
) -> None:
    engine = opened(store, "Tokens 中文", live=False, whole=False)
    while store.phase == "loading":
        engine.work(1)
        engine.deliver()
    store.choose_encoding("gpt2")
    engine.finish()
    assert store.encoding == "gpt2"
    assert_same(store, engine)


def test_an_encoding_that_is_gone_gives_way(qapp: object, settings: Settings, opened: Open) -> None:
    settings.set("tokenizer/started", True)
    settings.set("tokenizer/encoding", "/runs/deleted")
    store = TokenizerStore(settings)
    said: list[Failed] = []
    store.failed.connect(said.append)
    engine = opened(store, "text")
    assert ["/runs/deleted" in failure.values["name"] for failure in said] == [True]
    assert store.encoding == "o200k_base"
    assert_same(store, engine)
    store.choose_encoding("/runs/gone too")
    assert len(said) == 2 and store.encoding == "o200k_base"
    assert_same(store, engine)


def test_a_disk_that_fails_does_not_change_the_encoding(
    qapp: object, settings: Settings, opened: Open
) -> None:
    settings.set("tokenizer/started", True)
    settings.set("tokenizer/encoding", "gpt2")
    store = TokenizerStore(settings)
    said: list[Failed] = []
    store.failed.connect(said.append)
    store.engine_ready()
    store.apply(Failed(job=NAME, template="The disk is full ({path}).", values={"path": "/drafts/text"}))
    assert len(said) == 1 and store.encoding == "gpt2"


def test_other_jobs_failures_are_not_ours(store: TokenizerStore, opened: Open) -> None:
    opened(store, "text")
    said: list[Failed] = []
    store.failed.connect(said.append)
    store.apply(Failed(job="run-1", template="The disk is full."))
    assert said == []


# ---------------------------------------------------------------- large texts and files


def test_a_large_text_comes_in_turns_and_goes_with_one_undo(
    store: TokenizerStore, qtbot: QtBot, opened: Open
) -> None:
    engine = opened(store, "before")
    large = "a line of some words 中 😀\n" * 12_000
    turns: list[float | None] = []
    store.changed.connect(lambda: turns.append(store.share) if store.activity else None)
    store.replace(6, 6, large)
    assert store.locked and store.share is not None
    assert len(store.text) < len(large)
    qtbot.waitUntil(lambda: not store.activity, timeout=20_000)
    assert len(turns) > 3
    assert from_units(store.text) == "before" + large
    assert_same(store, engine)
    store.document.undo()
    assert store.text == "before"
    assert_same(store, engine)
    store.document.redo()
    assert from_units(store.text) == "before" + large
    assert_same(store, engine)


def test_a_replaced_text_comes_back_with_one_undo(store: TokenizerStore, qtbot: QtBot, opened: Open) -> None:
    engine = opened(store, "something else\n" * 2000)
    store.replace_all("Egg\negg")
    qtbot.waitUntil(lambda: not store.activity)
    assert store.text == "Egg\negg"
    store.document.undo()
    assert store.text == "something else\n" * 2000
    assert_same(store, engine)


def test_a_file_takes_the_place_of_the_text(store: TokenizerStore, tmp_path: Path, opened: Open) -> None:
    engine = opened(store, "old")
    file = tmp_path / "text.txt"
    file.write_bytes("first\r\nsecond 😀".encode())
    said: list[FileOpened] = []
    store.file_opened.connect(said.append)
    store.open_file(str(file))
    assert from_units(store.text) == "first\nsecond 😀"
    assert_same(store, engine)
    assert said == [FileOpened(str(file), line_ends_changed=True)]
    store.document.undo()
    assert store.text == "old"


def test_the_text_is_locked_while_a_file_is_read(store: TokenizerStore, tmp_path: Path, opened: Open) -> None:
    engine = opened(store, "old", live=False)
    file = tmp_path / "text.txt"
    file.write_text("new")
    store.open_file(str(file))
    assert isinstance(engine.commands[-1], ReadFile)
    assert store.activity == "reading" and store.locked and store.share is None
    engine.finish()
    assert store.text == "new" and not store.locked


def test_a_file_that_cannot_be_read_leaves_the_text(
    store: TokenizerStore, tmp_path: Path, opened: Open
) -> None:
    opened(store, "old")
    said: list[Failed] = []
    store.failed.connect(said.append)
    store.open_file(str(tmp_path / "none.txt"))
    assert len(said) == 1
    assert store.text == "old" and not store.locked and store.activity == ""


def test_reading_can_be_called_off(store: TokenizerStore, tmp_path: Path, opened: Open) -> None:
    opened(store, "old", live=False)
    store.open_file(str(tmp_path / "big.txt"))
    store.cancel_reading()
    store.apply(FileText(job=FILE_JOB, path="big.txt", start=0, text="late", last=True))
    assert store.text == "old" and not store.locked


def test_a_text_beyond_all_measure_is_refused(store: TokenizerStore, opened: Open) -> None:
    opened(store, "old")
    said: list[int] = []
    store.too_large.connect(said.append)
    store.replace_all("x" * (LARGEST_UNITS + 1))
    assert said == [LARGEST_UNITS + 1] and store.text == "old"


# ---------------------------------------------------------------- counts


def test_counts_of_a_part(store: TokenizerStore, opened: Open) -> None:
    opened(store, "Hello 中文 world 😀")
    everything = store.counts_of(0, len(store.text))
    assert everything == store.counts
    assert store.counts_of(1, 3) == Counts(1, 2, 2)  # a part of a token counts as that token
    assert store.counts_of(6, 8).size_bytes == 6
    assert store.counts_of(4, 4) == Counts(0, 0, 0)
