"""Our own models' weights and sizes as Qwen3's in Hugging Face's layout, both ways."""

from typing import Any

import msgspec
import torch
from torch import Tensor

from explorer.core.families import layout
from explorer.core.model import Architecture, ModelConfig, Transformer


def expected_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Every tensor that a file for `config` must have."""
    return {
        name: shape
        for part in layout.parts(layout.QWEN3, config)
        for name, shape in zip(part.theirs, part.shapes, strict=True)
    }


def to_file(model: Transformer) -> dict[str, Tensor]:
    """The weights as a file has them; q, k, v and gate, up are our joined matrices' rows, copied."""
    return layout.to_file(layout.QWEN3, model)


def from_file(config: ModelConfig, theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Our state dict from a file's tensors, which have `expected_shapes`."""
    return layout.from_file(layout.QWEN3, config, theirs.__getitem__, "", torch.float32)


def config_to_json(config: ModelConfig) -> dict[str, Any]:
    """What config.json says of the sizes."""
    assert config.architecture == Architecture(), "only Qwen3's architecture is written under its name"
    sizes = {name: getattr(config, name) for name in config.__dataclass_fields__ if name != "architecture"}
    return {
        "architectures": [layout.QWEN3.class_name],
        "model_type": layout.QWEN3.name,
        "torch_dtype": "float32",
        "hidden_act": "silu",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "use_cache": True,
        **sizes,
    }


def config_from_json(text: bytes) -> ModelConfig:
    """Read config.json. Raises: msgspec.DecodeError (includes a size that is missing or cannot be)."""
    config = msgspec.json.decode(text, type=ModelConfig)
    values = (value for value in vars(config).values() if not isinstance(value, bool))
    sizes = [value for value in values if isinstance(value, int | float)]
    grouped = config.num_key_value_heads > 0 and config.num_attention_heads % config.num_key_value_heads == 0
    if min(sizes) <= 0 or config.head_dim % 2 or not grouped:
        raise msgspec.ValidationError("Sizes that no model can have")
    return config
