"""Documents through the real worker, fed with lines; and through a real process that is killed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from random import Random
from threading import Thread  # noqa: TID251  (the worker's loop and its reader, beside the test)
from typing import TypeVar

import pytest

from explorer.protocol import (
    Cancel,
    ChooseEncoding,
    Command,
    DocumentText,
    DraftLoaded,
    EditDocument,
    EncodingsListed,
    Event,
    Failed,
    FileText,
    JobCancelled,
    ListEncodings,
    LoadDraft,
    OpenDocument,
    ReadFile,
    Ready,
    SaveDraft,
    TokensPatched,
    decode_event,
    encode,
)
from explorer.services import documents, drafts
from explorer.services.documents import DocumentService
from explorer.services.drafts import file_stem
from explorer.text.bpe import trained_bpe
from explorer.text.encodings import load_tokenizer
from explorer.text.token_array import TokenArray
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import save_tokenizer
from explorer.text.units import from_units, to_units
from explorer.worker import Worker

E = TypeVar("E", bound=Event)
WORDS = ["word ", "Слово, ", "字字。", "कि ", "😀", "👩\u200d👧 ", "\n", "don't ", "12345 ", "   ", "'", "ab"]


tokenizer: Callable[[str], Tokenizer] = cache(load_tokenizer)


class Window:
    """What a window does: sends commands, keeps the text and the tokens that the patches make."""

    def __init__(self, send: Callable[[bytes], object], events: "SimpleQueue[Event | None]") -> None:
        self._send = send
        self._events = events
        self.units = ""
        self.version = 0
        self.tokens = TokenArray()
        self.last: TokensPatched | None = None
        self.failures: list[Failed] = []
        self.opening = False
        """Patches that come before the text are of the document as it was open before."""

    def send(self, command: Command) -> None:
        self._send(encode(command))

    def next(self) -> Event | None:
        """The next event, taken in as a window would; None at the end."""
        event = self._events.get(timeout=30)
        if isinstance(event, TokensPatched) and not self.opening:
            self.tokens.splice(event.first, event.removed, event.ids, event.starts, event.shift)
            self.last = event
        elif isinstance(event, Failed):
            self.failures.append(event)
        return event

    def until(self, kind: type[E], wanted: Callable[[E], bool] = lambda _: True) -> E:
        while (event := self.next()) is not None:
            if isinstance(event, kind) and wanted(event):
                return event
        raise AssertionError(f"no {kind.__name__}")

    def open(self, name: str = "page", encoding: str = "gpt2") -> str:
        """Open a document and wait for its text."""
        self.tokens.clear()
        self.version = 0
        self.last = None
        self.opening = True
        self.send(OpenDocument(job="w", name=name, encoding=encoding))
        pieces: list[str] = []
        while True:
            piece = self.until(DocumentText)
            assert piece.start == len(to_units("".join(pieces)))
            pieces.append(piece.text)
            if piece.last:
                self.opening = False
                self.units = to_units("".join(pieces))
                return "".join(pieces)

    def edit(self, start: int, removed: int, inserted: str, name: str = "page") -> None:
        self.version += 1
        self.units = self.units[:start] + to_units(inserted) + self.units[start + removed :]
        self.send(
            EditDocument(
                job="w", name=name, version=self.version, start=start, removed=removed, inserted=inserted
            )
        )

    def some_edit(self, random: Random) -> None:
        start = random.randint(0, len(self.units))
        removed = random.choice([0, 0, 1, 3, 20])
        while removed and self.parts_a_pair(start, start + removed):
            removed -= 1
        if self.parts_a_pair(start, start):
            return
        removed = min(removed, len(self.units) - start)
        self.edit(start, removed, "".join(random.choices(WORDS, k=random.randrange(4))))

    def parts_a_pair(self, *positions: int) -> bool:
        return any(
            self.units[at : at + 1] >= "\udc00" and self.units[at : at + 1] < "\ue000" for at in positions
        )

    def settle(self) -> None:
        """Wait until all is tokenised at the newest version."""
        if self.last is None or not self.last.complete or self.last.version != self.version:
            self.until(TokensPatched, lambda patch: patch.complete and patch.version == self.version)

    def check(self, encoding: str = "gpt2") -> None:
        self.settle()
        ids, starts, _ = tokenizer(encoding).encode_with_starts(self.units)
        assert self.tokens.ids.tolist() == ids.tolist()
        assert self.tokens.starts.tolist() == starts.tolist()
        assert self.last is not None
        assert self.last.encoding == encoding


@contextmanager
def worker(data_dir: Path) -> Iterator[Window]:
    """The real loop over the real service, in a thread."""
    reader, writer = os.pipe()
    events: SimpleQueue[Event | None] = SimpleQueue()
    loop = Worker([DocumentService(str(data_dir))], events.put)
    with os.fdopen(reader, "rb") as source, os.fdopen(writer, "wb", buffering=0) as sink:
        threads = [Thread(target=loop.feed, args=(source,)), Thread(target=loop.serve)]
        for thread in threads:
            thread.start()
        try:
            window = Window(sink.write, events)
            window.until(Ready)
            yield window
        finally:
            sink.close()
            for thread in threads:
                thread.join()


# ---------------------------------------------------------------- text and tokens


def test_a_new_document_is_empty_and_every_edit_is_answered_with_exact_tokens(tmp_path: Path) -> None:
    random = Random(1)
    with worker(tmp_path) as window:
        assert window.open() == ""
        window.edit(0, 0, "The first words, 😀 and 字.")
        window.check()
        for _ in range(60):
            window.some_edit(random)
            window.check()
        assert window.last is not None
        assert window.last.bytes_total == len(from_units(window.units).encode())


def test_a_long_text_comes_in_patches_from_its_beginning(tmp_path: Path) -> None:
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "Some words, one after the other. " * 6_000)
        patches: list[TokensPatched] = []
        while not patches or not patches[-1].complete:
            patches.append(window.until(TokensPatched, lambda patch: patch.version == 1))
        assert len(patches) > 8
        assert all(len(patch.ids) <= 4_000 for patch in patches)
        begins = [patch.pending[0] for patch in patches if patch.pending is not None]
        assert begins == sorted(begins)
        assert [patch.complete for patch in patches] == [False] * (len(patches) - 1) + [True]
        window.check()


def test_edits_and_other_encodings_during_long_work_stay_exact(tmp_path: Path) -> None:
    random = Random(2)
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "".join(random.choices(WORDS, k=60_000)))
        for _ in range(40):
            window.some_edit(random)
            window.until(TokensPatched)
        window.send(ChooseEncoding(job="w", name="page", encoding="r50k_base"))
        for _ in range(5):
            window.some_edit(random)
        window.send(ChooseEncoding(job="w", name="page", encoding="p50k_base"))
        window.until(TokensPatched, lambda patch: patch.encoding == "p50k_base")
        for _ in range(5):
            window.some_edit(random)
        window.check("p50k_base")


def test_an_edit_is_answered_before_long_work_goes_on(tmp_path: Path) -> None:
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "Some words, one after the other. " * 20_000)
        window.until(TokensPatched)
        window.edit(5, 0, "!")
        window.until(TokensPatched, lambda patch: patch.version == 2)
        assert window.last is not None
        assert not window.last.complete
        window.check()


def test_opening_again_during_long_work_begins_anew(tmp_path: Path) -> None:
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "Some words, one after the other. " * 20_000)
        window.until(TokensPatched, lambda patch: patch.version == 1)
        window.open(encoding="r50k_base")
        window.edit(5, 0, "!")
        window.check("r50k_base")


def test_cancelling_leaves_a_document_that_goes_on_with_the_next_edit(tmp_path: Path) -> None:
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "Some words, one after the other. " * 20_000)
        window.until(TokensPatched)
        window.send(Cancel(job="w"))
        window.until(JobCancelled)
        window.edit(5, 0, "!")
        window.check()


def test_an_unknown_encoding_is_refused_but_the_text_comes(tmp_path: Path) -> None:
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "kept")
        window.settle()
        assert window.open(encoding="cl200k") == "kept"
        assert window.until(Failed).values["name"] == "cl200k"
        window.send(ChooseEncoding(job="w", name="page", encoding="gpt2"))
        window.check()
        window.send(ChooseEncoding(job="w", name="page", encoding="cl200k"))
        window.until(Failed)
        window.edit(0, 0, "still ")
        window.check()


def test_an_edit_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "short")
        window.send(EditDocument(job="w", name="page", version=9, start=99, removed=1, inserted="x"))
        window.until(Failed)
        window.send(EditDocument(job="w", name="other", version=1, start=0, removed=0, inserted="x"))
        assert window.until(Failed).template == "The text {name} is not open. Open it first."
        assert window.open() == "short"


# ---------------------------------------------------------------- encodings


def run_folder(data_dir: Path, run: str, name: str, created_s: float, *, tokens: bool = True) -> Path:
    checkpoint = data_dir / "runs" / run / "checkpoints" / "step-000100"
    checkpoint.mkdir(parents=True)
    (data_dir / "runs" / run / "run.json").write_text(
        json.dumps({"name": name, "created_s": created_s, "x": 1})
    )
    if tokens:
        save_tokenizer(trained_bpe("the text of a run, the text", 280), checkpoint)
    return data_dir / "runs" / run


def test_encodings_are_the_published_ones_and_then_the_runs_newest_first(tmp_path: Path) -> None:
    first = run_folder(tmp_path, "a", "My first", 10.0)
    second = run_folder(tmp_path, "b", "My second", 20.0)
    run_folder(tmp_path, "c", "Not far enough", 30.0, tokens=False)
    broken = run_folder(tmp_path, "d", "", 0.0)
    (broken / "run.json").write_text("{")
    with worker(tmp_path) as window:
        window.send(ListEncodings(job="w"))
        listed = window.until(EncodingsListed).encodings
        assert [name for name, _ in listed[:6]] == [
            "gpt2",
            "r50k_base",
            "p50k_base",
            "cl100k_base",
            "o200k_base",
            "qwen",
        ]
        assert listed[6:9] == [(str(second), "My second"), (str(first), "My first"), (str(broken), "d")]
        window.open(encoding=str(second))
        window.edit(0, 0, "the text 😀")
        window.check(str(second))


# ---------------------------------------------------------------- drafts


def test_a_draft_is_there_again_in_another_process(tmp_path: Path) -> None:
    random = Random(3)
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "".join(random.choices(WORDS, k=400)))
        for _ in range(50):
            window.some_edit(random)
        window.settle()
        left = window.units
    with worker(tmp_path) as window:
        window.open()
        assert window.units == left
        window.check()


def test_names_never_share_a_file_and_are_safe_ones() -> None:
    names = ["page", "Page", "pa/ge", "../page", "page.", "CON", "страница", "页", "", "x" * 500, "a\0b"]
    stems = [file_stem(name) for name in names]
    assert len(set(stems)) == len(names)
    assert all(len(stem) < 60 and set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for stem in stems)


def test_documents_and_notes_of_one_name_are_apart(tmp_path: Path) -> None:
    with worker(tmp_path) as window:
        window.open("page")
        window.edit(0, 0, "document")
        window.settle()
        window.send(SaveDraft(job="w", name="page", text="note 😀\n"))
        window.send(LoadDraft(job="w", name="page"))
        assert window.until(DraftLoaded).text == "note 😀\n"
        window.send(LoadDraft(job="w", name="other"))
        assert window.until(DraftLoaded).text == ""
    with worker(tmp_path) as window:
        assert window.open("page") == "document"
        window.send(LoadDraft(job="w", name="page"))
        assert window.until(DraftLoaded).text == "note 😀\n"


def journal_of(data_dir: Path) -> Path:
    return data_dir / "drafts" / f"{file_stem('page')}.journal"


def test_a_journal_torn_at_any_byte_gives_a_text_that_once_was(tmp_path: Path) -> None:
    texts = [""]
    draft = drafts.Draft(tmp_path, "page")
    draft.open()
    for number, word in enumerate(["one ", "zwei ", "三 ", "\U0001f600 "]):
        texts.append(word + texts[-1])
        draft.record(0, 0, word, to_units(texts[-1]))
        assert number < 4
    stem = file_stem("page")
    whole = (tmp_path / f"{stem}.journal").read_bytes()
    assert whole.count(b"\n") == 4
    for size in range(len(whole) + 1):
        folder = tmp_path / f"cut-{size}"
        folder.mkdir()
        (folder / f"{stem}.journal").write_bytes(whole[:size])
        copy = drafts.Draft(folder, "page")
        text, problem = copy.open()
        assert problem is None
        assert text == to_units(texts[whole[:size].count(b"\n")])
        # What comes after the torn line is not lost with it.
        copy.record(0, 0, "new ", "new " + text)
        copy._let_go()
        again = drafts.Draft(folder, "page")
        assert again.open() == ("new " + text, None)
        again.close(text)
    draft.close(to_units(texts[-1]))


def test_a_kill_between_snapshot_and_journal_applies_no_edit_twice(tmp_path: Path) -> None:
    draft = drafts.Draft(tmp_path, "page")
    draft.open()
    draft.record(0, 0, "twice", "twice")
    journal = tmp_path / f"{file_stem('page')}.journal"
    edits = journal.read_bytes()
    draft.close("twice")
    assert journal.read_bytes() == b""
    journal.write_bytes(edits)
    again = drafts.Draft(tmp_path, "page")
    assert again.open() == ("twice", None)
    again.record(0, 0, "not ", "not twice")
    journal.write_bytes(edits + journal.read_bytes())
    again._let_go()
    last = drafts.Draft(tmp_path, "page")
    assert last.open() == ("not twice", None)
    last.close("not twice")


def test_the_journal_is_folded_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_FOLD_EDITS", 10)
    with worker(tmp_path) as window:
        window.open()
        for _ in range(25):
            window.edit(0, 0, "x")
        window.settle()
        assert journal_of(tmp_path).read_bytes().count(b"\n") == 5
    with worker(tmp_path) as window:
        assert window.open() == "x" * 25


def test_a_damaged_snapshot_is_set_aside_and_said(tmp_path: Path) -> None:
    with worker(tmp_path) as window:
        window.open()
        window.edit(0, 0, "precious")
        window.settle()
    snapshot = journal_of(tmp_path).with_suffix(".draft")
    snapshot.write_bytes(b"\x00\x01 not ours")
    with worker(tmp_path) as window:
        assert window.open() == ""
        assert "set aside" in window.until(Failed).template
        window.edit(0, 0, "new")
        window.check()
    assert snapshot.with_suffix(".damaged").read_bytes() == b"\x00\x01 not ours"
    with worker(tmp_path) as window:
        assert window.open() == "new"


def test_a_second_window_may_read_but_does_not_write(tmp_path: Path) -> None:
    with worker(tmp_path) as first:
        first.open()
        first.edit(0, 0, "mine")
        first.settle()
        with worker(tmp_path) as second:
            assert second.open() == "mine"
            assert "another window" in second.until(Failed).template
            second.edit(0, 0, "not ")
            second.check()
        first.edit(4, 0, " alone")
        first.check()
    with worker(tmp_path) as window:
        assert window.open() == "mine alone"


def test_a_folder_that_cannot_be_made_is_said_and_the_document_opens(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("a file where the folder should be")
    with worker(tmp_path) as window:
        assert window.open() == ""
        window.until(Failed)
        window.edit(0, 0, "usable")
        window.check()
        window.send(SaveDraft(job="w", name="note", text="x"))
        assert window.until(Failed).job == "w"


# ---------------------------------------------------------------- files


def read(window: Window, path: Path) -> tuple[str, bool] | Failed:
    """The file's text and whether its line ends were changed."""
    window.send(ReadFile(job="f", path=str(path)))
    pieces: list[str] = []
    while True:
        event = window.next()
        if isinstance(event, Failed):
            assert not pieces
            return event
        if isinstance(event, FileText):
            assert event.start == len(to_units("".join(pieces)))
            pieces.append(event.text)
            if event.last:
                return "".join(pieces), event.line_ends_changed


@pytest.mark.parametrize(
    "content, text, changed",
    [
        (b"", "", False),
        ("plain\ntext 😀\n".encode(), "plain\ntext 😀\n", False),
        (b"\xef\xbb\xbfmarked", "marked", False),
        (b"a\r\nb\rc\n\r\n", "a\nb\nc\n\n", True),
        (b"a\r", "a\n", True),
        ("a\u2029b\u2028c".encode(), "a\nb\u2028c", True),
    ],
)
def test_files_come_with_line_feeds_and_without_a_mark(
    tmp_path: Path, content: bytes, text: str, changed: bool
) -> None:
    (tmp_path / "file").write_bytes(content)
    with worker(tmp_path) as window:
        assert read(window, tmp_path / "file") == (text, changed)


def test_a_large_file_comes_in_pieces(tmp_path: Path) -> None:
    text = "😀 and words, \r\n" * 120_000
    (tmp_path / "file").write_bytes(text.encode())
    with worker(tmp_path) as window:
        assert read(window, tmp_path / "file") == (text.replace("\r\n", "\n"), True)


def test_a_pair_on_the_border_of_two_pieces_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "PIECE_UNITS", 3)
    (tmp_path / "file").write_text("ab😀😀c😀", encoding="utf-8")
    with worker(tmp_path) as window:
        assert read(window, tmp_path / "file") == ("ab😀😀c😀", False)


def test_what_is_no_text_file_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "late").write_bytes(b"text " * 500_000 + b"\0")
    (tmp_path / "latin").write_bytes("naïve".encode("latin-1"))
    (tmp_path / "torn").write_bytes("字".encode()[:2])
    with worker(tmp_path) as window:
        for name, words in [
            ("late", "binary"),
            ("latin", "UTF-8"),
            ("torn", "UTF-8"),
            ("missing", "There is no file"),
            ("", "is a folder"),
        ]:
            answer = read(window, tmp_path / name)
            assert isinstance(answer, Failed)
            assert words in answer.template
        monkeypatch.setattr(documents, "FILE_LIMIT_BYTES", 2_000_000)
        answer = read(window, tmp_path / "late")
        assert isinstance(answer, Failed)
        assert answer.values["size"] == "3"


# ---------------------------------------------------------------- a real process


@contextmanager
def process(data_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], Window]]:
    """`python -m explorer worker text`, killed in the end if it is still there."""
    child = subprocess.Popen(
        [sys.executable, "-m", "explorer", "worker", "text", str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    events: SimpleQueue[Event | None] = SimpleQueue()
    stdin, stdout = child.stdin, child.stdout

    def read_events() -> None:
        for line in stdout:
            events.put(decode_event(line))
        events.put(None)

    def send(line: bytes) -> None:
        stdin.write(line)
        stdin.flush()

    reader = Thread(target=read_events)
    reader.start()
    try:
        window = Window(send, events)
        window.until(Ready)
        yield child, window
    finally:
        child.kill()
        child.wait()
        reader.join()
        stdin.close()
        stdout.close()


def test_nothing_that_was_answered_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    random = Random(4)
    left = ""
    for _ in range(3):
        with process(tmp_path) as (child, window):
            window.open()
            assert window.units == left
            window.edit(0, 0, "A beginning, 😀. ")
            for _ in range(20):
                window.some_edit(random)
            window.check()
            left = window.units
            child.kill()
            with pytest.raises((AssertionError, Empty)):
                window.until(Ready)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process's files")
def test_a_disk_that_takes_no_more_is_said_once_and_the_document_stays_usable(tmp_path: Path) -> None:
    import resource

    random = Random(5)
    with process(tmp_path) as (child, window):
        window.open()
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (3_000, resource.RLIM_INFINITY))
        window.edit(0, 0, "word " * 1_000)
        window.settle()
        assert len(window.failures) == 1
        for _ in range(60):
            window.some_edit(random)
        window.check()
        assert ["could not be written" in failure.template for failure in window.failures] == [True]
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        for _ in range(30):
            window.some_edit(random)
        window.check()
        assert len(window.failures) == 1
    with process(tmp_path) as (_, again):
        again.open()
        assert again.units == window.units
        assert not again.failures


def test_a_kill_in_the_middle_of_edits_leaves_a_text_that_once_was(tmp_path: Path) -> None:
    with process(tmp_path) as (child, window):
        window.open()
        once = [window.units]
        for number in range(200):
            window.edit(0, 0, f"{number} ")
            once.append(window.units)
            if number == 150:
                answered = window.until(TokensPatched, lambda patch: patch.version > 0).version
        child.kill()
    with process(tmp_path) as (child, window):
        window.open()
        assert once.index(window.units) >= answered
        window.check()
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(timeout=30) == 0
