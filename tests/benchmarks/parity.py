"""Our logits beside transformers': `python -m tests.benchmarks.parity` prints every largest difference.

Randomly initialised small models, written by transformers, read by us; float32 on the CPU.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import Tensor

from explorer.core.families.gguf import convert
from explorer.core.families.huggingface import load_transformer
from explorer.core.model import KVCache, Transformer
from tests.benchmarks.gguf_files import write_gguf

LIMIT = 1e-4
TOKENS = 40
"""Longer than the sliding windows and than the original contexts of the scalings below."""


@dataclass(frozen=True)
class Shape:
    """One small model: what its config.json says besides the common sizes."""

    family: str
    name: str
    config: dict[str, Any] = field(default_factory=dict)
    quick: bool = False
    """In the test suite too."""
    in_gguf: bool = True
    """Whether GGUF has a way to say this."""


_SIZES = {
    "vocab_size": 101,
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
}
_GPT2_SIZES = {"vocab_size": 101, "n_embd": 48, "n_layer": 3, "n_head": 4, "n_positions": 128}
_LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 500_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
_LINEAR = {"rope_type": "linear", "rope_theta": 1e4, "factor": 3.0}
_YARN = {"rope_type": "yarn", "rope_theta": 1e6, "factor": 4.0, "original_max_position_embeddings": 32}
_WINDOWS = {"use_sliding_window": True, "sliding_window": 8, "max_window_layers": 1}
_GEMMA = {"head_dim": 16, "query_pre_attn_scalar": 16, "sliding_window": 8, "num_hidden_layers": 7}
_PATTERN = (["sliding_attention"] * 2 + ["full_attention"]) * 2 + ["full_attention"]
_UNTIED_ONE_KEY = {"tie_word_embeddings": False, "num_key_value_heads": 1}

SHAPES = (
    Shape("gpt2", "tied", quick=True),
    Shape("gpt2", "inner width of its own", {"n_inner": 72}),
    Shape(
        "gpt2",
        "exact gelu, untied",
        {"activation_function": "gelu", "tie_word_embeddings": False},
        in_gguf=False,
    ),
    Shape("llama", "grouped queries, tied", {"tie_word_embeddings": True}, quick=True),
    Shape("llama", "all heads of their own", {"num_key_value_heads": 4}),
    Shape("llama", "one key head, head size 20", {"num_key_value_heads": 1, "head_dim": 20}),
    Shape("llama", "biases everywhere", {"attention_bias": True, "mlp_bias": True}),
    Shape("llama", "rope llama3", {"rope_parameters": _LLAMA3}, quick=True),
    Shape("llama", "rope linear", {"rope_parameters": _LINEAR}),
    Shape("llama", "rope dynamic", {"rope_parameters": _LINEAR | {"rope_type": "dynamic"}}, in_gguf=False),
    Shape("qwen2", "untied", quick=True),
    Shape("qwen2", "tied", {"tie_word_embeddings": True}),
    Shape("qwen2", "rope yarn", {"rope_parameters": _YARN}),
    Shape("qwen2", "sliding window", _WINDOWS, quick=True, in_gguf=False),
    Shape("qwen3", "tied", {"head_dim": 16, "tie_word_embeddings": True}, quick=True),
    Shape("qwen3", "untied, wide heads", {"head_dim": 24}),
    Shape("qwen3", "biases", {"head_dim": 16, "attention_bias": True}),
    Shape("qwen3", "rope yarn", {"head_dim": 16, "rope_parameters": _YARN}, quick=True),
    Shape("qwen3", "sliding window", {"head_dim": 16} | _WINDOWS, in_gguf=False),
    Shape("gemma3_text", "tied", _GEMMA, quick=True),
    Shape("gemma3_text", "scores scaled otherwise", _GEMMA | {"query_pre_attn_scalar": 24}, in_gguf=False),
    Shape("gemma3_text", "untied, one key head", _GEMMA | _UNTIED_ONE_KEY),
    Shape(
        "gemma3_text",
        "scaled far layers",
        _GEMMA
        | {
            "rope_parameters": {
                "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
                "sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
            }
        },
    ),
    Shape("gemma3_text", "two sliding, one far", _GEMMA | {"layer_types": _PATTERN}, in_gguf=False),
)  # fmt: skip


def make(shape: Shape, folder: Path, *, older_names: bool = False) -> Any:
    """A model of transformers' with random weights, saved in `folder`; its biases and norms are random too.

    `older_names`: config.json as transformers 4 wrote it.
    """
    sizes = _GPT2_SIZES if shape.family == "gpt2" else _SIZES
    torch.manual_seed(len(shape.name))
    config = transformers.AutoConfig.for_model(shape.family, **(sizes | shape.config))
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
            else:
                parameter.mul_(6)  # sharp attention: a wrong mask or angle shows
    model.save_pretrained(folder)
    if older_names:
        write_older_names(folder / "config.json")
    return model


def write_older_names(file: Path) -> None:
    """Turn `rope_parameters` into `rope_theta`, `rope_scaling` and `rope_local_base_freq`."""
    said = json.loads(file.read_text())
    rope = said.pop("rope_parameters", None)
    if rope is not None:
        if "full_attention" in rope:
            said["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
            rope = rope["full_attention"]
        said["rope_theta"] = rope.pop("rope_theta")
        said["rope_scaling"] = rope if rope.get("rope_type") != "default" else None
    file.write_text(json.dumps(said))


def prefill(ours: Transformer, theirs: Any, ids: Tensor) -> float:
    """All tokens at once."""
    return _difference(ours(ids), theirs(ids).logits)


def cached(ours: Transformer, theirs: Any, ids: Tensor) -> float:
    """A prompt, some tokens together, then token by token."""
    cache, past = (
        KVCache(ours.config, len(ids), ids.shape[1]),
        transformers.DynamicCache(config=theirs.config),
    )
    worst = 0.0
    cuts = [0, 9, 13, *range(14, ids.shape[1] + 1)]
    for start, end in pairwise(cuts):
        new = ids[:, start:end]
        worst = max(worst, _difference(ours(new, cache), theirs(new, past_key_values=past).logits))
    return worst


def padded(ours: Transformer, theirs: Any, ids: Tensor) -> float:
    """Rows of different lengths that end together: a prompt, then token by token."""
    B, T = ids.shape
    padding = torch.arange(B) * 5
    attended = (torch.arange(T) >= padding[:, None]).long()
    positions = (torch.arange(T) - padding[:, None]).clamp(min=0)
    expected = theirs(ids, attention_mask=attended, position_ids=positions).logits
    cache = KVCache(ours.config, B, T, padding=padding)
    cuts = [0, 25, *range(26, T + 1)]
    found = torch.cat([ours(ids[:, a:b], cache) for a, b in pairwise(cuts)], dim=1)
    return _difference(found[attended.bool()], expected[attended.bool()])


def from_gguf(ours: Transformer, theirs: Any, ids: Tensor) -> float:
    """The same weights through a GGUF file, in full precision."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.gguf"
        write_gguf(theirs, file)
        return _difference(load_transformer(convert(file, Path(folder) / "kept"))(ids), theirs(ids).logits)


def rows_alone(ours: Transformer, theirs: Any, ids: Tensor) -> float:
    """Each padded row beside the same row alone: our own two ways."""
    padding = torch.arange(len(ids)) * 5
    together = ours(ids, KVCache(ours.config, *ids.shape, padding=padding))
    alone = [ours(row[None, skip:])[0] for row, skip in zip(ids, padding.tolist(), strict=True)]
    return max(_difference(row[-len(one) :], one) for row, one in zip(together, alone, strict=True))


PATHS: dict[str, Callable[[Transformer, Any, Tensor], float]] = {
    "prefill": prefill,
    "cached": cached,
    "padded": padded,
    "rows alone": rows_alone,
    "gguf": from_gguf,
}


def compare(shape: Shape, folder: Path, *, older_names: bool = False) -> dict[str, float]:
    """The largest difference of any logit, a path."""
    theirs = make(shape, folder, older_names=older_names)
    ours = load_transformer(folder)
    ids = torch.randint(0, 101, (3, TOKENS), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        return {
            path: measure(ours, theirs, ids)
            for path, measure in PATHS.items()
            if path != "gguf" or shape.in_gguf
        }


def rows(shapes: tuple[Shape, ...]) -> Iterator[tuple[str, str, str, float]]:
    """Family, shape, path, largest difference."""
    for shape in shapes:
        for older in (False, True):
            if older and shape.family == "gpt2":
                continue
            with tempfile.TemporaryDirectory() as folder:
                found = compare(shape, Path(folder), older_names=older)
            name = shape.name + (" (older config)" if older else "")
            yield from ((shape.family, name, path, value) for path, value in found.items())


def _difference(ours: Tensor, theirs: Tensor) -> float:
    assert ours.shape == theirs.shape
    return float((ours - theirs).abs().max())


def main() -> int:
    """Print the table; exit code 1 if a number is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    table = list(rows(SHAPES))
    if arguments.json:
        print(json.dumps(table))
    else:
        for family, name, path, value in table:
            print(f"{family:12} {name:40} {path:12} {value:.1e}{'' if value <= LIMIT else '  ABOVE'}")
        print(f"{len(table)} comparisons, worst {max(row[3] for row in table):.1e}, limit {LIMIT:.0e}")
    return int(any(not row[3] <= LIMIT for row in table))


if __name__ == "__main__":
    raise SystemExit(main())
