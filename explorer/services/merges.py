"""Learning a vocabulary merge by merge, for a person who watches; and keeping it as a tokenizer."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Literal

from explorer.core.data.texts import documents, find_text
from explorer.core.saved_tokenizers import FOLDER, save_under_name
from explorer.protocol import (
    Command,
    LearnedMerge,
    LearnMerges,
    MergesBegun,
    MergesEnded,
    MergesLearned,
    SaveTokenizer,
    SteerMerges,
    TokenizerSaved,
)
from explorer.services import Job, Wait
from explorer.text.bpe import Merged, PiecesCounted, Trained, tokenizer_of_merges, train_bpe
from explorer.text.merge_watch import WatchedText, watched_part
from explorer.text.units import from_units

LEARNED_FROM = 8_000_000
"""Characters at most, as where a run learns its vocabulary."""
_BATCH_S = 0.02
_BATCH_MERGES = 200
_BLOCKS_AT_ONCE = 50


@dataclass
class _Control:
    """What the window wants of a job."""

    wanted: Literal["pause", "continue", "finish"] = "continue"


class MergeService:
    """`text_of` gives the unit text of an open document; tokenizers are kept in `data_dir`/tokenizers."""

    commands: tuple[type[Command], ...] = (LearnMerges, SteerMerges, SaveTokenizer)

    def __init__(self, data_dir: str, text_of: Callable[[str], str]) -> None:
        self._folder = Path(data_dir) / FOLDER
        self._text_of = text_of
        self._controls: dict[str, _Control] = {}

    def run(self, command: Command) -> Job:
        """As `Service.run`."""
        match command:
            case LearnMerges():
                return self._learn(command)
            case SteerMerges():
                return self._steer(command)
            case SaveTokenizer():
                return self._save(command)
            case _:
                raise AssertionError(f"not ours: {command}")

    def close(self) -> None:
        """Nothing is half done on the disk."""

    def _steer(self, command: SteerMerges) -> Job:
        if command.job in self._controls:
            self._controls[command.job].wanted = command.action
        yield None

    def _save(self, command: SaveTokenizer) -> Job:
        path = save_under_name(tokenizer_of_merges(command.merges), self._folder, command.name)
        yield TokenizerSaved(job=command.job, name=path.name, path=str(path))

    def _learn(self, command: LearnMerges) -> Job:
        control = self._controls[command.job] = _Control()
        try:
            text, cut = yield from self._text(command)
            yield from _learn_from(text, cut, command, control)
        finally:
            self._controls.pop(command.job, None)

    def _text(self, command: LearnMerges) -> Generator[None, None, tuple[str, bool]]:
        """What is learned from, and whether that is not all. Raises: InputError."""
        if command.document:
            whole = from_units(self._text_of(command.document))
            return whole[:LEARNED_FROM], len(whole) > LEARNED_FROM
        source = yield from find_text(command.text)
        parts: list[str] = []
        length = number = 0
        for document in documents(source):
            for block in document:
                parts.append(block)
                length += len(block)
                if length > LEARNED_FROM:
                    return "".join(parts)[:LEARNED_FROM], True
                number += 1
                if number % _BLOCKS_AT_ONCE == 0:
                    yield
        return "".join(parts), False


def _learn_from(text: str, cut: bool, command: LearnMerges, control: _Control) -> Job:
    job, first, watched, begun = command.job, 0, watched_part(text), False
    watching = WatchedText(watched)
    learned: list[LearnedMerge] = []
    told_at = monotonic()
    for fact in train_bpe(text, command.vocab_size):
        if not begun:
            # Not before the text and the size have proved to be of use.
            begun = True
            size = len(text.encode("utf-8", "replace"))
            yield MergesBegun(job=job, characters=len(text), cut=cut, size_bytes=size, watched=watched)
        while control.wanted == "pause":
            yield Wait()
        match fact:
            case PiecesCounted(share=share):
                yield MergesLearned(job=job, first=0, merges=[], share=share)
            case Trained(ended_early=full):
                if learned:
                    yield MergesLearned(job=job, first=first, merges=learned, share=1.0)
                yield MergesEnded(job=job, full=full)
            case Merged():
                fallen = watching.merge(fact.pair, fact.token)
                learned.append(
                    LearnedMerge(*fact.pair, fact.token_bytes.hex(), fact.count, fact.length, fallen)
                )
                if len(learned) == _BATCH_MERGES or monotonic() - told_at > _BATCH_S:
                    yield MergesLearned(job=job, first=first, merges=learned, share=fact.share)
                    first, learned, told_at = first + len(learned), [], monotonic()
        if control.wanted == "finish":
            if learned:
                yield MergesLearned(job=job, first=first, merges=learned, share=1.0)
            yield MergesEnded(job=job, full=False)
            return
