"""Tokens after edits are those of the whole text encoded anew, and the window's copy is the same."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.text import cuts, incremental
from explorer.text.encodings import PUBLISHED
from explorer.text.incremental import PATCH_TOKENS, TokenizedText
from explorer.text.token_array import TokenArray
from explorer.text.tokenizer import Tokenizer
from explorer.text.units import from_units, to_units
from tests.text.text_strategies import keys, pasted, prose, randoms, texts

Named = Callable[[str], Tokenizer]
ALL = [*PUBLISHED, "bpe", "characters"]


@dataclass(frozen=True)
class Edit:
    """`where` and `much` are shares, in thousandths, of the text at hand."""

    where: int
    much: int
    inserted: str


pastes = st.lists(st.builds(Edit, st.integers(0, 1000), st.integers(0, 300), pasted), max_size=4)


def apply(document: TokenizedText, edit: Edit) -> None:
    start = len(document.units) * edit.where // 1000
    removed = (len(document.units) - start) * edit.much // 1000
    edit_units(document, start, removed, edit.inserted)


def edit_units(document: TokenizedText, start: int, removed: int, inserted: str) -> None:
    expected = document.units[:start] + to_units(inserted) + document.units[start + removed :]
    document.edit(start, removed, inserted)
    assert str(document.units) == expected


def some_edit(document: TokenizedText, random: Random) -> None:
    """Mostly typing and deleting a little, anywhere; sometimes replacing or pasting a lot."""
    start = random.randint(0, len(document.units))
    left = len(document.units) - start
    removed = min(left, random.choice([0, 0, 1, 1, 2, 5, random.randint(0, left)]))
    edit_units(document, start, removed, random.choice([keys(random), keys(random), prose(random, 15)]))


class Window:
    """What the window keeps: tokens made of nothing but patches."""

    def __init__(self) -> None:
        self.tokens = TokenArray()
        self.pieces: dict[int, str] = {}
        self.pending: tuple[int, int] | None = None

    def take(self, document: TokenizedText) -> None:
        while document.patches:
            patch = document.patches.popleft()
            assert len(patch.ids) <= PATCH_TOKENS
            self.tokens.splice(
                patch.first, patch.removed, patch.ids.tolist(), patch.starts.tolist(), patch.shift
            )
            for index, token_bytes in patch.pieces.items():
                self.pieces[int(patch.ids[index])] = token_bytes
            self.pending = patch.pending


def check(document: TokenizedText, window: Window, tokenizer: Tokenizer) -> None:
    while document.pending is not None:
        document.advance()
    window.take(document)
    ids, starts, partial = tokenizer.encode_with_starts(str(document.units))
    assert document.tokens.ids.tolist() == ids.tolist()
    assert document.tokens.starts.tolist() == starts.tolist()
    assert window.tokens.ids.tolist() == ids.tolist()
    assert window.tokens.starts.tolist() == starts.tolist()
    assert window.pending is None
    assert document.bytes_total == len(from_units(str(document.units)).encode())
    for index in partial.tolist():
        token = int(ids[index])
        assert bytes.fromhex(window.pieces[token]) == tokenizer.token_bytes(token)


def check_against_tiktoken(
    document: TokenizedText, tokenizer: Tokenizer, oracle: tiktoken.Encoding | None
) -> None:
    readable = from_units(str(document.units))
    if oracle is not None:
        assert document.tokens.ids.tolist() == oracle.encode(readable, disallowed_special=())
    if tokenizer.name != "characters":
        pieces = [tokenizer.token_bytes(token) for token in document.tokens.ids.tolist()]
        assert b"".join(pieces) == readable.encode()


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=40)
@given(random=randoms)
def test_tokens_after_each_edit_are_those_of_the_whole_text(
    tokenizer_named: Named, tiktoken_named: Callable[[str], tiktoken.Encoding], name: str, random: Random
) -> None:
    tokenizer = tokenizer_named(name)
    oracle = tiktoken_named(name) if name in PUBLISHED else None
    document, window = TokenizedText(prose(random, 40), tokenizer), Window()
    for _ in range(15):
        some_edit(document, random)
        check(document, window, tokenizer)
        check_against_tiktoken(document, tokenizer, oracle)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=30)
@given(
    text=texts,
    changes=st.lists(st.builds(Edit, st.integers(0, 1000), st.integers(0, 300), pasted), max_size=4),
)
def test_tokens_after_pasting_strange_things_are_those_of_the_whole_text(
    tokenizer_named: Named,
    tiktoken_named: Callable[[str], tiktoken.Encoding],
    name: str,
    text: str,
    changes: list[Edit],
) -> None:
    tokenizer = tokenizer_named(name)
    document, window = TokenizedText(text, tokenizer), Window()
    for change in changes:
        apply(document, change)
        check(document, window, tokenizer)
        check_against_tiktoken(document, tokenizer, tiktoken_named(name) if name in PUBLISHED else None)


@pytest.mark.parametrize("name", ["o200k_base", "r50k_base", "characters"])
@settings(max_examples=150)
@given(random=randoms, longest=st.integers(10, 60))
def test_edits_during_long_work_and_chopped_stretches_stay_exact(
    tokenizer_named: Named, name: str, random: Random, longest: int
) -> None:
    """The sizes are made small, so that short texts have chunks, chops and patches in plenty."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "LONGEST_STRETCH", longest)
        patch.setattr(incremental, "CHUNK_UNITS", min(longest, 16))
        patch.setattr(incremental, "PATCH_TOKENS", 5)
        # Encoding the whole text takes chunks of other sizes, but must be chopped at the same places.
        patch.setattr("explorer.text.tokenizer._CHUNK", longest // 2)
        tokenizer = tokenizer_named(name)
        document, window = TokenizedText(prose(random, 60), tokenizer), Window()
        for action in random.choices(["edit", "advance", "take", "check", "choose"], [8, 8, 4, 1, 1], k=30):
            if action == "edit":
                some_edit(document, random)
            elif action == "advance":
                document.advance()
            elif action == "take":
                window.take(document)
            elif action == "check":
                check(document, window, tokenizer)
            else:
                tokenizer = tokenizer_named(random.choice([name, "gpt2"]))
                document.choose(tokenizer)
        check(document, window, tokenizer)


@pytest.mark.parametrize("run", ["a", " ", "字"])
def test_edits_in_a_run_longer_than_the_longest_stretch(tokenizer_named: Named, run: str) -> None:
    tokenizer = tokenizer_named("o200k_base")
    document, window = TokenizedText("start. " + run * 230_000 + " end.", tokenizer), Window()
    check(document, window, tokenizer)
    for change in (Edit(500, 0, "x"), Edit(100, 300, ""), Edit(0, 0, " " + run)):
        apply(document, change)
        check(document, window, tokenizer)


def test_typing_encodes_only_the_text_around_the_edit(tokenizer_named: Named) -> None:
    document = TokenizedText("Some words, in a row. " * 20_000, tokenizer_named("o200k_base"))
    while document.pending is not None:
        document.advance()
    document.patches.clear()
    document.edit(200_000, 0, "x")
    (patch,) = document.patches
    assert len(patch.ids) < 10
    assert patch.removed < 10
    assert patch.shift == 1


def test_an_edit_before_what_is_pending_goes_first(tokenizer_named: Named) -> None:
    document = TokenizedText("Some words, in a row. " * 20_000, tokenizer_named("o200k_base"))
    window = Window()
    window.take(document)
    start, stop = document.pending or (0, 0)
    document.edit(10, 0, "new")
    (patch,) = document.patches
    assert len(patch.ids) < 10
    assert patch.pending == document.pending == (start + 3, stop + 3)
    check(document, window, tokenizer_named("o200k_base"))


def test_patches_say_what_has_no_tokens_yet(tokenizer_named: Named) -> None:
    document = TokenizedText("字" * 20_000, tokenizer_named("gpt2"))
    window = Window()
    seen: list[int] = []
    while document.patches:
        patch = document.patches[0]
        document.patches.popleft()
        window.tokens.splice(patch.first, patch.removed, patch.ids, patch.starts, patch.shift)
        if not document.patches and document.pending is not None:
            document.advance()
        if patch.pending is not None:
            seen.append(patch.pending[0])
            assert patch.pending[1] == 20_000
            # The next token belongs at the pending range's start, or inside its first character.
            assert int(window.tokens.starts[-1]) <= patch.pending[0]
    assert seen == sorted(seen)
    assert len(seen) > 3


def test_a_place_outside_the_text_is_refused(tokenizer_named: Named) -> None:
    document = TokenizedText("abc", tokenizer_named("gpt2"))
    for start, removed in ((4, 0), (2, 2), (-1, 1)):
        with pytest.raises(ValueError, match="no units"):
            document.edit(start, removed, "x")
    assert str(document.units) == "abc"


def test_a_text_without_a_tokenizer_can_be_edited_and_tokenised_later(tokenizer_named: Named) -> None:
    document = TokenizedText("one two")
    document.edit(3, 0, ",")
    assert not document.patches
    document.choose(tokenizer_named("gpt2"))
    check(document, window := Window(), tokenizer_named("gpt2"))
    assert len(window.tokens) == 3
