"""A tiny model that has opinions, and a tokenizer whose tokens end inside characters."""

from pathlib import Path

import torch

from explorer.core import checkpoints
from explorer.core.model import ModelConfig, Transformer
from explorer.text import patterns
from explorer.text.tokenizer import END_OF_TEXT, BytePairTokenizer
from explorer.text.tokenizer_files import huggingface_tokenizer

CONTEXT = 48


def small_tokenizer() -> BytePairTokenizer:
    """All bytes, a few pairs, and beginnings of Chinese characters and emoji."""
    tokens = [bytes([byte]) for byte in range(256)]
    tokens += [b"th", b"the", b" t", "中".encode()[:2], "😀".encode()[:2], "😀".encode()[:3]]
    ranks = {token: rank for rank, token in enumerate(tokens)}
    return BytePairTokenizer("bpe", patterns.TRAINED, ranks, {END_OF_TEXT: len(tokens)})


def small_model(vocab_size: int | None = None, seed: int = 3, context: int = CONTEXT) -> Transformer:
    """Random weights, larger than fresh ones: else all tokens are nearly as likely and rounding decides."""
    torch.set_num_threads(1)
    config = ModelConfig(
        vocab_size=vocab_size or small_tokenizer().n_vocab,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=context,
    )
    model = Transformer(config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 1:
                parameter.fill_(1.0)
                continue
            joins_the_stream = name.endswith(("out.weight", "down.weight"))
            deviation = 0.3 if name == "embedding.weight" else 0.08 if joins_the_stream else 0.16
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * deviation)
    return model


def save_small_model(folder: Path, seed: int = 3, step: int = 40, context: int = CONTEXT) -> Path:
    """A checkpoint's folder."""
    tokenizer = huggingface_tokenizer(small_tokenizer())
    checkpoints.save(
        folder, small_model(seed=seed), tokenizer, name="small", step=step, card="# A test's model"
    )
    return folder
