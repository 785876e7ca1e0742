"""A tiny model that can be spoken with: ChatML, and tokens for a search."""

import json
from pathlib import Path
from typing import Any

from explorer.core import checkpoints
from explorer.text import patterns
from explorer.text.tokenizer import END_OF_TEXT, BytePairTokenizer
from explorer.text.tokenizer_files import huggingface_tokenizer
from tests.core.small import small_model

CONTEXT = 160
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    "{% if quick is defined and quick %}{{ 'Quick:' }}{% endif %}"
)
SPECIAL = (END_OF_TEXT, "<|im_start|>", "<|im_end|>", "<|search_start|>", "<|search_end|>")


def chat_tokenizer() -> BytePairTokenizer:
    """All bytes, two pairs, and the special tokens."""
    tokens = [*(bytes([byte]) for byte in range(256)), b"th", b"the"]
    specials = {name: len(tokens) + place for place, name in enumerate(SPECIAL)}
    ranks = {token: rank for rank, token in enumerate(tokens)}
    return BytePairTokenizer("bpe", patterns.TRAINED, ranks, specials)


def save_foreign_chat_model(folder: Path, generation: dict[str, Any]) -> Path:
    """The same as other people would write it: with no manifest, and a suggestion how to sample."""
    save_chat_model(folder)
    (folder / checkpoints.MANIFEST).unlink()
    (folder / "generation_config.json").write_text(json.dumps(generation))
    return folder


def save_chat_model(folder: Path, template: str = TEMPLATE) -> Path:
    """A checkpoint's folder."""
    tokenizer = chat_tokenizer()
    model = small_model(tokenizer.n_vocab, context=CONTEXT)
    checkpoints.save(
        folder, model, huggingface_tokenizer(tokenizer), name="chatty", step=7, card="# A test's model"
    )
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    return folder
