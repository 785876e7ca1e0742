"""A vocabulary that grows keeps every id, and goes to disk and back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.errors import InputError
from explorer.text.chatml import SPECIAL_TOKENS, TEMPLATE
from explorer.text.encodings import load_tokenizer
from explorer.text.foreign import IdsOnly, read_speech
from explorer.text.specials import with_special_tokens
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import save_tokenizer

TEXT = "The cat <|im_start|>sat</think> on 中文."


@pytest.mark.parametrize("kind", ["bpe", "characters"])
def test_it_grows_at_its_end(tokenizer_named: Callable[[str], Tokenizer], kind: str, tmp_path: Path) -> None:
    small = tokenizer_named(kind)
    first = with_special_tokens(small, SPECIAL_TOKENS[:3])
    larger = with_special_tokens(first, SPECIAL_TOKENS)
    assert larger.n_vocab == small.n_vocab + len(SPECIAL_TOKENS)
    ids = [larger.special_tokens[name] for name in SPECIAL_TOKENS]
    assert ids == list(range(small.n_vocab, larger.n_vocab))
    assert larger.end_of_text == small.end_of_text
    assert larger.encode(TEXT) == small.encode(TEXT)  # a text is never searched for them
    assert larger.token_bytes(ids[0]) == b"<|im_start|>"
    assert with_special_tokens(larger, SPECIAL_TOKENS) is larger
    save_tokenizer(larger, tmp_path)
    again = load_tokenizer(str(tmp_path))
    assert again.special_tokens == larger.special_tokens and again.encode(TEXT) == larger.encode(TEXT)
    speech = read_speech(tmp_path, again)
    assert speech.template == TEMPLATE and larger.special_tokens["<|im_end|>"] in speech.stop_ids


def test_a_foreign_vocabulary_is_refused() -> None:
    with pytest.raises(InputError, match="trained here"):
        with_special_tokens(IdsOnly(100), SPECIAL_TOKENS)
