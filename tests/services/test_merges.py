"""Learning a vocabulary that somebody watches, and keeping it: the service's jobs, one step at a time."""

from pathlib import Path

import pytest

from explorer.core.saved_tokenizers import FOLDER, save_under_name, saved_tokenizers
from explorer.core.training.prepare import Plan, prepare_pretraining
from explorer.errors import InputError
from explorer.protocol import (
    WORLD_TEXT,
    EncodingsListed,
    Event,
    LearnMerges,
    ListEncodings,
    ListRuns,
    MergesBegun,
    MergesEnded,
    MergesLearned,
    RunsListed,
    SaveTokenizer,
    SteerMerges,
    TokenizerSaved,
)
from explorer.services import Job, Wait
from explorer.services.documents import DocumentService
from explorer.services.merges import MergeService
from explorer.services.runs import RunService
from explorer.text.bpe import Merged, train_bpe, trained_bpe
from explorer.text.encodings import load_tokenizer

TEXT = " ".join(f"the other {word} bothers others;" for word in ("mother", "brother", "thing", "window")) * 40


def service(folder: Path, text: str = TEXT) -> MergeService:
    return MergeService(str(folder), lambda name: text)


def events(job: Job) -> list[Event]:
    return [event for event in job if event is not None and not isinstance(event, Wait)]


def learn(folder: Path, text: str, size: int) -> list[Event]:
    return events(service(folder, text).run(LearnMerges(job="m", document="tokenizer", vocab_size=size)))


def test_what_is_told_is_what_is_learned(tmp_path: Path) -> None:
    begun, *middle, ended = learn(tmp_path, TEXT, 280)
    assert begun == MergesBegun(
        job="m",
        characters=len(TEXT),
        cut=False,
        size_bytes=len(TEXT),
        watched=begun.watched,  # type: ignore[union-attr]
    )
    assert ended == MergesEnded(job="m", full=False)
    told = [merge for event in middle if isinstance(event, MergesLearned) for merge in event.merges]
    facts = [fact for fact in train_bpe(TEXT, 280) if isinstance(fact, Merged)]
    assert [(one.left, one.right, bytes.fromhex(one.data), one.count, one.length) for one in told] == [
        (*fact.pair, fact.token_bytes, fact.count, fact.length) for fact in facts
    ]
    numbered = [event for event in middle if isinstance(event, MergesLearned) and event.merges]
    assert numbered[0].first == 0 and numbered[-1].share == 1.0


def test_texts_that_hold_too_little_end_early_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    *_, ended = learn(tmp_path, "a", 300)
    assert ended == MergesEnded(job="m", full=True)
    assert (
        sum(len(event.merges) for event in learn(tmp_path, "a" * 64, 300) if isinstance(event, MergesLearned))
        == 5
    )
    with pytest.raises(InputError, match="empty"):
        learn(tmp_path, "", 300)
    with pytest.raises(InputError, match="at least 257"):
        learn(tmp_path, TEXT, 256)


def test_it_is_held_goes_on_and_is_ended_with_what_there_is(tmp_path: Path) -> None:
    ours = service(tmp_path)
    job = ours.run(LearnMerges(job="m", document="tokenizer", vocab_size=400))
    assert isinstance(next(job), MergesBegun)
    events(ours.run(SteerMerges(job="m", action="pause")))
    assert isinstance(next(job), Wait) and isinstance(next(job), Wait)
    events(ours.run(SteerMerges(job="m", action="continue")))
    assert isinstance(next(job), MergesLearned)
    events(ours.run(SteerMerges(job="m", action="finish")))
    left = events(job)
    assert left[-1] == MergesEnded(job="m", full=False)
    assert sum(len(event.merges) for event in left if isinstance(event, MergesLearned)) < 20
    events(ours.run(SteerMerges(job="m", action="pause")))  # nobody is there any more


def test_the_built_in_world_and_files_are_learned_from(tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text(TEXT)
    for text in (f"{WORLD_TEXT}:100k", str(file)):
        begun, *_, ended = events(service(tmp_path).run(LearnMerges(job="m", text=text, vocab_size=270)))
        assert isinstance(begun, MergesBegun) and isinstance(ended, MergesEnded) and not ended.full
    with pytest.raises(InputError):
        events(service(tmp_path).run(LearnMerges(job="m", text=str(tmp_path / "none.txt"), vocab_size=270)))


def test_a_kept_tokenizer_is_an_encoding_and_can_be_trained_with(tmp_path: Path) -> None:
    pairs = [fact.pair for fact in train_bpe(TEXT, 280) if isinstance(fact, Merged)]
    ours = service(tmp_path)
    (saved,) = events(ours.run(SaveTokenizer(job="s", name=" My words ", merges=pairs)))
    assert saved == TokenizerSaved(job="s", name="My words", path=str(tmp_path / FOLDER / "My words"))
    (listed,) = events(DocumentService(str(tmp_path)).run(ListEncodings(job="l")))
    assert isinstance(listed, EncodingsListed) and (saved.path, "My words") in listed.encodings
    (runs,) = events(RunService(str(tmp_path)).run(ListRuns(job="r")))
    assert isinstance(runs, RunsListed) and runs.tokenizers == [(saved.path, "My words")]
    assert load_tokenizer(saved.path).encode(TEXT) == trained_bpe(TEXT, 280).encode(TEXT)
    with pytest.raises(InputError, match="already"):
        events(ours.run(SaveTokenizer(job="s", name="My words", merges=pairs[:3])))
    text = tmp_path / "text.txt"
    text.write_text(TEXT * 100)
    *_, record = prepare_pretraining(Plan(text=str(text), tokenizer=saved.path), tmp_path / "run")
    assert record.vocab_size == 280 and record.tokenizer == "bpe"  # type: ignore[union-attr]
    assert load_tokenizer(str(tmp_path / "run")).encode(TEXT) == trained_bpe(TEXT, 280).encode(TEXT)


@pytest.mark.parametrize(("tokenizer", "size"), [("nowhere", None), ("kept", 300)])
def test_a_run_needs_a_tokenizer_that_is_there_and_has_no_other_size(
    tmp_path: Path, tokenizer: str, size: int | None
) -> None:
    save_under_name(trained_bpe(TEXT, 270), tmp_path, "kept")
    plan = Plan(text="world:100k", tokenizer=str(tmp_path / tokenizer), vocab_size=size)
    with pytest.raises(InputError, match="tokenizer"):
        list(prepare_pretraining(plan, tmp_path / "run"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..", "x" * 61, "con", "a\0b", ".hidden", "trailing."])
def test_names_that_no_folder_can_have_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        save_under_name(trained_bpe("aaaa", 258), tmp_path / FOLDER, name)
    assert not (tmp_path / FOLDER).exists()


def test_kept_ones_are_listed_by_name_and_half_written_ones_are_not(tmp_path: Path) -> None:
    tokenizer = trained_bpe("aaaa", 258)
    for name in ("b", "A", "分词"):
        save_under_name(tokenizer, tmp_path, name)
    half = tmp_path / ".partial-c-999999999"
    half.mkdir()
    (half / "tokenizer.json").write_text("{}")
    assert [path.name for path in saved_tokenizers(tmp_path)] == ["A", "b", "分词"]
    save_under_name(tokenizer, tmp_path, "c")
    assert not half.exists()
