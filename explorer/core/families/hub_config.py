"""config.json of other people's models: which family, what sizes, and what of it we can compute.

An option that changes the numbers and that we do not have is refused by name; never ignored.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from explorer.core.families.layout import FAMILIES, Family
from explorer.core.model import Architecture, ModelConfig
from explorer.core.rotary import RopeScaling, yarn_amplitude
from explorer.errors import DamagedFileError, InputError

MAX_CONFIG_BYTES = 4_000_000
# Far above any model there is, and low enough that a lie cannot make us build for minutes.
_LARGEST = {
    "vocab_size": 1 << 24,
    "hidden_size": 1 << 18,
    "intermediate_size": 1 << 20,
    "num_hidden_layers": 1000,
    "num_attention_heads": 4096,
    "num_key_value_heads": 4096,
    "head_dim": 1 << 14,
    "max_position_embeddings": 1 << 30,
}
_ACTIVATIONS = {
    "silu": "silu",
    "swish": "silu",
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
}


class _Rope(msgspec.Struct):
    """`rope_scaling`, or `rope_parameters` since transformers 5."""

    rope_type: str = ""
    type: str = ""
    rope_theta: float | None = None
    factor: float | None = None
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    original_max_position_embeddings: int | None = None
    beta_fast: float | None = None
    beta_slow: float | None = None
    attention_factor: float | None = None
    mscale: float | None = None
    mscale_all_dim: float | None = None
    truncate: bool = True
    partial_rotary_factor: float = 1.0
    short_factor: list[float] = []
    long_factor: list[float] = []


class _Config(msgspec.Struct):
    """What the families with Llama's names say; GPT-2's names are translated first."""

    model_type: str
    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    max_position_embeddings: int
    intermediate_size: int
    num_key_value_heads: int | None = None
    head_dim: int | None = None
    hidden_act: str = "silu"
    hidden_activation: str | None = None
    rms_norm_eps: float = 1e-6
    tie_word_embeddings: bool | None = None
    attention_bias: bool = False
    mlp_bias: bool = False
    rope_theta: float | None = None
    rope_local_base_freq: float | None = None
    rope_scaling: dict[str, Any] | None = None
    rope_parameters: dict[str, Any] | None = None
    partial_rotary_factor: float = 1.0
    use_sliding_window: bool = False
    sliding_window: int | None = None
    max_window_layers: int = 28
    sliding_window_pattern: int = 6
    layer_types: list[str] | None = None
    query_pre_attn_scalar: float = 256.0
    attn_logit_softcapping: float | None = None
    final_logit_softcapping: float | None = None
    use_bidirectional_attention: bool | None = False
    scale_attn_weights: bool = True
    scale_attn_by_inverse_layer_idx: bool = False
    add_cross_attention: bool = False
    quantization_config: dict[str, Any] | None = None


_GPT2_NAMES = {
    "n_embd": "hidden_size",
    "n_layer": "num_hidden_layers",
    "n_head": "num_attention_heads",
    "n_positions": "max_position_embeddings",
    "n_inner": "intermediate_size",
    "layer_norm_epsilon": "rms_norm_eps",
    "activation_function": "hidden_act",
}


def read_config(file: Path) -> tuple[Family, ModelConfig]:
    """What the model in `file`'s folder is. Raises: InputError (not a family of ours), DamagedFileError."""
    if file.stat().st_size > MAX_CONFIG_BYTES:
        raise _damaged(file)
    return parse_config(file.read_bytes(), str(file.parent))


def parse_config(text: bytes, path: str) -> tuple[Family, ModelConfig]:
    """As `read_config`; `path` is for the sentence to the person."""
    try:
        raw = msgspec.json.decode(text, type=dict[str, Any])
        kind = raw.get("model_type")
        if not isinstance(kind, str) or kind not in FAMILIES:
            raise InputError(
                "{path} is a model of the kind {kind}. Choose one of these: {known}.",
                path=path,
                kind=str(kind)[:80],
                known=", ".join(sorted(FAMILIES)),
            )
        if kind == "gpt2":
            raw = _from_gpt2(raw)
        said = msgspec.convert(raw, type=_Config)
        config = _sizes(said)
        _check_sizes(config, said.query_pre_attn_scalar, path)
        return FAMILIES[said.model_type], replace(config, architecture=_architecture(said, config, path))
    except (msgspec.DecodeError, RecursionError, OverflowError, UnicodeError) as error:
        raise _damaged(Path(path) / "config.json") from error


def _from_gpt2(raw: dict[str, Any]) -> dict[str, Any]:
    # The defaults that GPT-2's own files leave out.
    named: dict[str, Any] = {
        "n_inner": None,
        "layer_norm_epsilon": 1e-5,
        "activation_function": "gelu_new",
    } | raw
    translated = raw | {ours: named[theirs] for theirs, ours in _GPT2_NAMES.items() if theirs in named}
    if translated["intermediate_size"] is None and isinstance(translated.get("hidden_size"), int):
        translated["intermediate_size"] = 4 * translated["hidden_size"]
    return {"vocab_size": 50257} | translated


def _sizes(said: _Config) -> ModelConfig:
    heads = said.num_attention_heads
    head_dim = said.head_dim
    if head_dim is None:
        # Families that name no size of their own for it have C / H, except for those made with 128 and 256.
        head_dim = {"qwen3": 128, "gemma3_text": 256}.get(said.model_type, said.hidden_size // max(heads, 1))
    tied = said.tie_word_embeddings
    return ModelConfig(
        vocab_size=said.vocab_size,
        hidden_size=said.hidden_size,
        intermediate_size=said.intermediate_size,
        num_hidden_layers=said.num_hidden_layers,
        num_attention_heads=heads,
        num_key_value_heads=heads if said.num_key_value_heads is None else said.num_key_value_heads,
        head_dim=head_dim,
        max_position_embeddings=said.max_position_embeddings,
        rope_theta=_rope_theta(said),
        rms_norm_eps=said.rms_norm_eps,
        tie_word_embeddings=said.model_type in ("gpt2", "gemma3_text") if tied is None else tied,
    )


def _rope_theta(said: _Config) -> float:
    default = 1_000_000.0 if said.model_type == "gemma3_text" else 10_000.0
    found = _full_rope(said).rope_theta or said.rope_theta
    return default if found is None else found


def _full_rope(said: _Config) -> _Rope:
    """The positions of layers that see everything."""
    parameters = said.rope_parameters or {}
    if isinstance(parameters.get("full_attention"), dict):
        parameters = parameters["full_attention"]
    return msgspec.convert(parameters | (said.rope_scaling or {}), type=_Rope)


def _architecture(said: _Config, config: ModelConfig, path: str) -> Architecture:
    def refuse(option: str, value: object) -> NoReturn:
        raise InputError(
            "{path} uses {option} = {value}, which cannot be computed here. Choose another model.",
            path=path,
            option=option,
            value=str(value)[:80],
        )

    if said.quantization_config is not None:
        refuse("quantization_config", said.quantization_config.get("quant_method", "?"))
    for option in ("attn_logit_softcapping", "final_logit_softcapping", "use_bidirectional_attention"):
        if getattr(said, option):
            refuse(option, getattr(said, option))
    if said.scale_attn_by_inverse_layer_idx or said.add_cross_attention or not said.scale_attn_weights:
        refuse("a changed attention", "true")
    named = said.hidden_activation or said.hidden_act
    if named not in _ACTIVATIONS:
        refuse("hidden_act", named)
    activation = _ACTIVATIONS[named]
    if said.model_type == "gpt2":
        return Architecture(
            norm="layer",
            query_key_norm=False,
            qkv_bias=True,
            out_bias=True,
            feed_forward_bias=True,
            gated=False,
            activation=activation,  # type: ignore[arg-type]
            learned_positions=True,
        )
    traits = Architecture(
        query_key_norm=said.model_type in ("qwen3", "gemma3_text"),
        qkv_bias=said.attention_bias or said.model_type == "qwen2",
        out_bias=said.attention_bias and said.model_type != "qwen2",
        feed_forward_bias=said.mlp_bias and said.model_type == "llama",
        activation=activation,  # type: ignore[arg-type]
        rope_scaling=_rope_scaling(said, config, refuse),
    )
    if said.model_type != "llama":
        traits = replace(traits, **_sliding(said, config, path))
    if said.model_type != "gemma3_text":
        return traits
    return replace(
        traits,
        sandwich_norms=True,
        activation=_ACTIVATIONS[said.hidden_activation or "gelu_pytorch_tanh"],
        embedding_scale=config.hidden_size**0.5,
        attention_scale=said.query_pre_attn_scalar**-0.5,
        sliding_rope_theta=_local_theta(said),
    )


def _local_theta(said: _Config) -> float:
    sliding = (said.rope_parameters or {}).get("sliding_attention")
    if isinstance(sliding, dict):
        found = msgspec.convert(sliding, type=_Rope).rope_theta
        if found is not None:
            return found
    return 10_000.0 if said.rope_local_base_freq is None else said.rope_local_base_freq


def _sliding(said: _Config, config: ModelConfig, path: str) -> dict[str, Any]:
    gemma = said.model_type == "gemma3_text"
    window = (said.sliding_window or 4096) if gemma else said.sliding_window
    if window is None or (not gemma and not said.use_sliding_window):
        return {}
    if said.layer_types is not None:
        layers = tuple(kind == "sliding_attention" for kind in said.layer_types)
    elif gemma:
        layers = tuple(
            (layer + 1) % max(said.sliding_window_pattern, 1) != 0
            for layer in range(config.num_hidden_layers)
        )
    else:
        layers = tuple(layer >= said.max_window_layers for layer in range(config.num_hidden_layers))
    if window < 1 or len(layers) != config.num_hidden_layers:
        raise _damaged(Path(path) / "config.json")
    return {"sliding_window": window, "sliding_layers": layers} if any(layers) else {}


def _rope_scaling(said: _Config, config: ModelConfig, refuse: Any) -> RopeScaling | None:
    rope = _full_rope(said)
    kind = rope.rope_type or rope.type or "default"
    if rope.partial_rotary_factor != 1.0 or said.partial_rotary_factor != 1.0:
        refuse("partial_rotary_factor", rope.partial_rotary_factor)
    # "dynamic" only differs beyond the context, where we do not go.
    if kind in ("default", "dynamic"):
        return None
    factor = 1.0 if rope.factor is None else rope.factor
    original = rope.original_max_position_embeddings or config.max_position_embeddings
    if not factor > 0 or original < 1:
        refuse("rope factor", factor)
    if kind == "linear":
        return RopeScaling("linear", factor=factor)
    if kind == "llama3":
        return RopeScaling(
            "llama3",
            factor=factor,
            original_context=original,
            low_freq_factor=rope.low_freq_factor,
            high_freq_factor=rope.high_freq_factor,
        )
    if kind == "yarn":
        if rope.factor is None:
            factor = config.max_position_embeddings / original
        amplitude = rope.attention_factor
        if amplitude is None:
            amplitude = yarn_amplitude(factor)
            if rope.mscale and rope.mscale_all_dim:
                amplitude = _scaled(factor, rope.mscale) / _scaled(factor, rope.mscale_all_dim)
        return RopeScaling(
            "yarn",
            factor=factor,
            original_context=original,
            beta_fast=rope.beta_fast or 32.0,
            beta_slow=rope.beta_slow or 1.0,
            amplitude=amplitude,
            truncate=rope.truncate,
        )
    same = rope.short_factor == rope.long_factor and rope.attention_factor is not None
    fits = 2 * len(rope.short_factor) == config.head_dim and all(value > 0 for value in rope.short_factor)
    if kind == "longrope" and same and fits:
        return RopeScaling(
            "factors", factors=tuple(rope.short_factor), amplitude=rope.attention_factor or 1.0
        )
    return refuse("rope_type", kind)


def _scaled(factor: float, scale: float) -> float:
    return 1.0 + scale * (yarn_amplitude(factor) - 1.0)


def _check_sizes(config: ModelConfig, query_scalar: float, path: str) -> None:
    for name, largest in _LARGEST.items():
        if not 1 <= getattr(config, name) <= largest:
            raise DamagedFileError(
                "{path} says {name} = {value}, which no model has. Use another copy.",
                path=path,
                name=name,
                value=getattr(config, name),
            )
    if (
        config.num_attention_heads % config.num_key_value_heads
        or config.head_dim % 2
        or not config.rope_theta > 1
        or not 0 <= config.rms_norm_eps < 1
        or not query_scalar > 0
    ):
        raise _damaged(Path(path) / "config.json")


def _damaged(file: Path) -> DamagedFileError:
    return DamagedFileError("{path} is damaged. Use another copy of the model.", path=str(file))
