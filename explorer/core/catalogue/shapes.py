"""A model's sizes from config.json or a GGUF file's metadata, and the memory that follows from them.

More lenient than what opens a model: a list shows what a file says, also where it cannot be computed here.
"""

from collections.abc import Mapping
from typing import Any

from explorer.protocol import MemoryEstimate, ModelShape

KNOWN_FAMILIES = ("gemma3_text", "gpt2", "llama", "qwen2", "qwen3")
"""As config.json calls them; those that can be computed here."""
_GGUF_FAMILIES = {"gemma3": "gemma3_text"}
_GPT2_NAMES = {
    "hidden_size": "n_embd",
    "num_hidden_layers": "n_layer",
    "num_attention_heads": "n_head",
    "max_position_embeddings": "n_positions",
    "intermediate_size": "n_inner",
    "hidden_act": "activation_function",
}
_HEAD_DIM = {"qwen3": 128, "gemma3_text": 256}
"""Of those that name none, where it is not width / heads."""
_MANY = 1 << 40


def family_of_gguf(metadata: Mapping[str, Any]) -> str:
    """The architecture by the name that config.json would have; empty if it says none."""
    name = metadata.get("general.architecture")
    return _GGUF_FAMILIES.get(name, name) if isinstance(name, str) else ""


def shape_of_config(config: Mapping[str, Any]) -> ModelShape | None:
    """From config.json; None if it does not say the sizes."""
    family = config.get("model_type")

    def said(name: str) -> Any:
        own = config.get(_GPT2_NAMES.get(name, "")) if family == "gpt2" else None
        return config.get(name) if own is None else own

    layers, width, heads = (
        _number(said(name)) for name in ("num_hidden_layers", "hidden_size", "num_attention_heads")
    )
    vocabulary = _number(said("vocab_size")) or (50257 if family == "gpt2" else None)
    context = _number(said("max_position_embeddings"))
    if not (layers and width and heads and vocabulary and context):
        return None
    rope = config.get("rope_parameters") or {}
    full = rope.get("full_attention", rope) if isinstance(rope, dict) else {}
    scaling = config.get("rope_scaling") or (full if isinstance(full, dict) else {})
    kind = (scaling.get("rope_type") or scaling.get("type") or "") if isinstance(scaling, dict) else ""
    window, sliding = _window(config, layers)
    tied = config.get("tie_word_embeddings")
    return ModelShape(
        layers=layers,
        width=width,
        inner_width=_number(said("intermediate_size")) or 4 * width,
        heads=heads,
        kv_heads=_number(said("num_key_value_heads")) or heads,
        head_dim=_number(said("head_dim")) or _HEAD_DIM.get(str(family), width // heads),
        vocab_size=vocabulary,
        context=context,
        activation=_word(config.get("hidden_activation") or said("hidden_act")) or "silu",
        positions="learned" if family == "gpt2" else "rope",
        rope_theta=None if family == "gpt2" else _rope_theta(config, full),
        rope_scaling="" if kind == "default" else _word(kind),
        window=window,
        window_layers=sliding,
        tied=bool(family in ("gpt2", "gemma3_text") if tied is None else tied),
    )


def shape_of_gguf(metadata: Mapping[str, Any], vocab_size: int, tied: bool) -> ModelShape | None:
    """From a GGUF file's metadata; None if it does not say the sizes."""
    prefix = str(metadata.get("general.architecture"))

    def said(name: str) -> Any:
        return metadata.get(f"{prefix}.{name}")

    layers, width, heads, context = (
        _number(said(name))
        for name in ("block_count", "embedding_length", "attention.head_count", "context_length")
    )
    if not (layers and width and heads and context and vocab_size):
        return None
    window = _number(said("attention.sliding_window"))
    pattern = _number(said("attention.sliding_window_pattern")) or 6
    learned = prefix == "gpt2"
    return ModelShape(
        layers=layers,
        width=width,
        inner_width=_number(said("feed_forward_length")) or 4 * width,
        heads=heads,
        kv_heads=_number(said("attention.head_count_kv")) or heads,
        head_dim=_number(said("attention.key_length")) or width // heads,
        vocab_size=vocab_size,
        context=context,
        activation={"gpt2": "gelu_new", "gemma3": "gelu_pytorch_tanh"}.get(prefix, "silu"),
        positions="learned" if learned else "rope",
        rope_theta=None if learned else _real(said("rope.freq_base")) or 10_000.0,
        rope_scaling=_word(said("rope.scaling.type")).replace("none", ""),
        window=window,
        window_layers=layers - layers // pattern if window and prefix == "gemma3" else 0,
        tied=tied,
    )


def count_parameters(shape: ModelShape) -> int:
    """Of a gated transformer of this shape, norms and biases left out: for files without a header."""
    kv = shape.kv_heads * shape.head_dim
    attention = shape.width * (2 * shape.heads * shape.head_dim + 2 * kv)
    tables = shape.vocab_size * shape.width * (1 if shape.tied else 2)
    return shape.layers * (attention + 3 * shape.width * shape.inner_width) + tables


def estimate(shape: ModelShape, parameters: int) -> MemoryEstimate:
    """What the weights take when they are loaded, and keys and values a token.

    int8: a byte a weight, and a scale of four bytes for every row of a matrix.
    """
    rows_of_layer = (
        (shape.heads + 2 * shape.kv_heads) * shape.head_dim + 2 * shape.width + 2 * shape.inner_width
    )
    rows = shape.layers * rows_of_layer + (1 if shape.tied else 2) * shape.vocab_size
    return MemoryEstimate(
        float32_bytes=4 * parameters,
        bfloat16_bytes=2 * parameters,
        int8_bytes=parameters + 4 * rows,
        kv_bytes_per_token=2 * 2 * shape.layers * shape.kv_heads * shape.head_dim,
    )


def _window(config: Mapping[str, Any], layers: int) -> tuple[int | None, int]:
    """Tokens that a sliding layer sees, and how many layers slide."""
    window, gemma = _number(config.get("sliding_window")), config.get("model_type") == "gemma3_text"
    if not window or not (gemma or config.get("use_sliding_window")):
        return None, 0
    kinds = config.get("layer_types")
    if isinstance(kinds, list):
        return window, sum(kind == "sliding_attention" for kind in kinds)
    if gemma:
        return window, layers - layers // (_number(config.get("sliding_window_pattern")) or 6)
    first = config.get("max_window_layers", 28)
    return window, max(layers - first, 0) if isinstance(first, int) else 0


def _rope_theta(config: Mapping[str, Any], rope: Any) -> float:
    found = _real(config.get("rope_theta")) or (
        _real(rope.get("rope_theta")) if isinstance(rope, dict) else None
    )
    return found or (1_000_000.0 if config.get("model_type") == "gemma3_text" else 10_000.0)


def _number(value: Any) -> int | None:
    """A size that can be shown and multiplied; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MANY else None


def _real(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 < value < 1e30 else None


def _word(value: Any) -> str:
    return value[:40] if isinstance(value, str) else ""
