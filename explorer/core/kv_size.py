"""What a context costs in memory: the keys and values that a model keeps of its tokens."""

from dataclasses import dataclass

import torch

from explorer.core.model import ModelConfig


@dataclass(frozen=True)
class KVSize:
    """The cache of one row of `tokens` tokens."""

    tokens: int
    bytes_per_token: int
    """Keys and values, all layers: 2 x L x G x D numbers."""
    sliding_layers: int
    """How many layers look back on a window only."""
    window: int | None
    """Tokens that those see."""
    seen_bytes_per_layer: int
    """Of one token in one layer."""
    layers: int

    @property
    def size_bytes(self) -> int:
        """What the tokens take here: all layers keep all tokens, so that any can be taken back."""
        return self.tokens * self.bytes_per_token

    @property
    def visible_bytes(self) -> int:
        """How much of it the next token can still look at: less, where layers slide."""
        slid = min(self.tokens, self.window) if self.window is not None else self.tokens
        full_layers = self.layers - self.sliding_layers
        return (full_layers * self.tokens + self.sliding_layers * slid) * self.seen_bytes_per_layer


def kv_size(config: ModelConfig, dtype: torch.dtype, tokens: int) -> KVSize:
    """From the sizes alone; what `KVCache` really takes is the same."""
    per_layer = 2 * config.keys_width * dtype.itemsize
    sliding = sum(config.slides(layer) for layer in range(config.num_hidden_layers))
    return KVSize(
        tokens=tokens,
        bytes_per_token=config.num_hidden_layers * per_layer,
        sliding_layers=sliding,
        window=config.architecture.sliding_window if sliding else None,
        seen_bytes_per_layer=per_layer,
        layers=config.num_hidden_layers,
    )
