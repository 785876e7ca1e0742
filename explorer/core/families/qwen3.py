"""Our weights and sizes by the names of Qwen3 in Hugging Face's layout, both ways."""

from typing import Any

import msgspec
import torch
from torch import Tensor

from explorer.core.model import ModelConfig, Transformer

_PLAIN = {
    "attention_norm.weight": "input_layernorm.weight",
    "attention.q_norm.weight": "self_attn.q_norm.weight",
    "attention.k_norm.weight": "self_attn.k_norm.weight",
    "attention.out.weight": "self_attn.o_proj.weight",
    "feed_forward_norm.weight": "post_attention_layernorm.weight",
    "feed_forward.down.weight": "mlp.down_proj.weight",
}
_QKV = ("self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight")
_GATE_UP = ("mlp.gate_proj.weight", "mlp.up_proj.weight")


def expected_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Every tensor that a file for `config` must have."""
    C, D, width = config.hidden_size, config.head_dim, config.intermediate_size
    queries, keys = config.queries_width, config.keys_width
    shapes: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (config.vocab_size, C),
        "model.norm.weight": (C,),
    }
    if not config.tie_word_embeddings:
        shapes["lm_head.weight"] = (config.vocab_size, C)
    layer_shapes = dict(
        zip(
            (*_PLAIN.values(), *_QKV, *_GATE_UP),
            ((C,), (D,), (D,), (C, queries), (C,), (C, width))
            + ((queries, C), (keys, C), (keys, C))
            + ((width, C),) * 2,
            strict=True,
        )
    )
    for layer in range(config.num_hidden_layers):
        shapes |= {f"model.layers.{layer}.{name}": shape for name, shape in layer_shapes.items()}
    return shapes


def to_file(model: Transformer) -> dict[str, Tensor]:
    """The weights as a file has them; q, k, v and gate, up are views of our joined matrices' rows, copied."""
    config = model.config
    ours = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    theirs = {"model.embed_tokens.weight": ours["embedding.weight"], "model.norm.weight": ours["norm.weight"]}
    if not config.tie_word_embeddings:
        theirs["lm_head.weight"] = ours["head.weight"]
    for layer in range(config.num_hidden_layers):
        source, target = f"blocks.{layer}.", f"model.layers.{layer}."
        theirs |= {target + their_name: ours[source + name] for name, their_name in _PLAIN.items()}
        qkv = ours[source + "attention.qkv.weight"].split(
            (config.queries_width, config.keys_width, config.keys_width)
        )
        gate_up = ours[source + "feed_forward.gate_up.weight"].chunk(2)
        theirs |= {
            target + name: part for name, part in zip((*_QKV, *_GATE_UP), (*qkv, *gate_up), strict=True)
        }
    return {name: tensor.cpu().contiguous() for name, tensor in theirs.items()}


def from_file(config: ModelConfig, theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Our state dict from a file's tensors, which have `expected_shapes`."""
    ours = {
        "embedding.weight": theirs["model.embed_tokens.weight"],
        "norm.weight": theirs["model.norm.weight"],
    }
    if not config.tie_word_embeddings:
        ours["head.weight"] = theirs["lm_head.weight"]
    for layer in range(config.num_hidden_layers):
        target, source = f"blocks.{layer}.", f"model.layers.{layer}."
        ours |= {target + name: theirs[source + their_name] for name, their_name in _PLAIN.items()}
        ours[target + "attention.qkv.weight"] = torch.cat([theirs[source + name] for name in _QKV])
        ours[target + "feed_forward.gate_up.weight"] = torch.cat([theirs[source + name] for name in _GATE_UP])
    return ours


def config_to_json(config: ModelConfig) -> dict[str, Any]:
    """What config.json says of the sizes."""
    return {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "torch_dtype": "float32",
        "hidden_act": "silu",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "use_cache": True,
        **{name: getattr(config, name) for name in config.__dataclass_fields__},
    }


def config_from_json(text: bytes) -> ModelConfig:
    """Read config.json. Raises: msgspec.DecodeError (includes a size that is missing or cannot be)."""
    config = msgspec.json.decode(text, type=ModelConfig)
    sizes = [value for value in vars(config).values() if not isinstance(value, bool)]
    grouped = config.num_key_value_heads > 0 and config.num_attention_heads % config.num_key_value_heads == 0
    if min(sizes) <= 0 or config.head_dim % 2 or not grouped:
        raise msgspec.ValidationError("Sizes that no model can have")
    return config
