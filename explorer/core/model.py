"""The transformer and its KV cache, in the order in which a token meets the parts.

The architecture is Qwen3's, so that what is trained here opens elsewhere: RMSNorm before each part, rotary
positions, grouped queries with normed queries and keys, SwiGLU, tied embeddings, no biases.
Source: "Qwen3 Technical Report" (2025); rotary positions as in Su et al. (2021), halves convention.
Shapes: B rows, T tokens, C hidden_size, H query heads, G key/value heads, D head_dim, I intermediate_size, V.

Two weights that are applied to the same input live in one matrix here (q, k and v; gate and up): one large
product is faster than several small ones. `explorer.core.checkpoints` splits them for the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class ModelConfig:
    """Sizes, by the names that Qwen3's config.json gives them."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    max_position_embeddings: int
    """The context, tokens."""
    rope_theta: float = 10_000.0
    rms_norm_eps: float = 1e-6
    tie_word_embeddings: bool = True

    @property
    def queries_width(self) -> int:
        """H x D."""
        return self.num_attention_heads * self.head_dim

    @property
    def keys_width(self) -> int:
        """G x D."""
        return self.num_key_value_heads * self.head_dim


class KVCache:
    """Keys and values of the tokens that a model has seen, for `batch` rows of one common length."""

    def __init__(
        self,
        config: ModelConfig,
        batch: int,
        length: int,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Room for `length` tokens a row. Nothing is seen yet: `self.length` is 0."""
        shape = (config.num_hidden_layers, 2, batch, config.num_key_value_heads, length, config.head_dim)
        self._store = torch.empty(shape, device=device, dtype=dtype)
        self.length = 0

    @property
    def capacity(self) -> int:
        """Tokens a row that fit."""
        return self._store.shape[4]

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write (B, G, T, D) after what is there; give all keys and values so far, (B, G, length + T, D).

        `length` itself moves once a forward pass, not once a layer: see `Transformer.hidden`.
        """
        end = self.length + keys.shape[2]
        assert end <= self.capacity, "the cache is full"
        self._store[layer, 0, :, :, self.length : end] = keys
        self._store[layer, 1, :, :, self.length : end] = values
        return self._store[layer, 0, :, :, :end], self._store[layer, 1, :, :, :end]

    def truncate(self, length: int) -> None:
        """Forget all tokens from position `length` on."""
        assert 0 <= length <= self.length
        self.length = length

    def keep_rows(self, rows: Sequence[int]) -> None:
        """Forget all rows but these, which become 0, 1, ... in the order given."""
        self._store = self._store[:, :, torch.tensor(rows, device=self._store.device)]

    def size_bytes(self) -> int:
        """What the whole cache takes, used or not."""
        return self._store.numel() * self._store.element_size()


def rotary_tables(config: ModelConfig) -> tuple[Tensor, Tensor]:
    """Cosines and sines of every position's angles, (max_position_embeddings, D) each."""
    # On the CPU, whatever torch's default device is: on "meta" this would cost another second.
    exponents = torch.arange(0, config.head_dim, 2, dtype=torch.float32, device="cpu") / config.head_dim
    positions = torch.arange(config.max_position_embeddings, dtype=torch.float32, device="cpu")
    angles = torch.outer(positions, 1.0 / config.rope_theta**exponents)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (i, i + D/2) of x (..., T, heads, D) by its position's angle; cos and sin (T, 1, D)."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Attention(nn.Module):
    """Causal self-attention with grouped queries."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.config, self.layer = config, layer
        self.qkv = nn.Linear(config.hidden_size, config.queries_width + 2 * config.keys_width, bias=False)
        self.q_norm = nn.RMSNorm(config.head_dim, eps=config.rms_norm_eps)
        self.k_norm = nn.RMSNorm(config.head_dim, eps=config.rms_norm_eps)
        self.out = nn.Linear(config.queries_width, config.hidden_size, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, cache: KVCache | None) -> Tensor:
        """Mix the (B, T, C) of each position with those before it."""
        B, T, _ = x.shape
        H, G, D = self.config.num_attention_heads, self.config.num_key_value_heads, self.config.head_dim
        q, k, v = self.qkv(x).view(B, T, H + 2 * G, D).split((H, G, G), dim=2)
        q = rotate(self.q_norm(q), cos, sin).transpose(1, 2)
        k = rotate(self.k_norm(k), cos, sin).transpose(1, 2)
        v = v.transpose(1, 2)
        mask = None
        if cache is not None:
            k, v = cache.append(self.layer, k, v)
            if 1 < T < k.shape[2]:
                # `is_causal` counts from the top left; with a past the triangle must end at the bottom right.
                mask = torch.ones(T, k.shape[2], dtype=torch.bool, device=x.device).tril(k.shape[2] - T)
        mixed = F.scaled_dot_product_attention(
            q, k, v, attn_mask=mask, is_causal=mask is None and T > 1, enable_gqa=H != G
        )
        return self.out(mixed.transpose(1, 2).reshape(B, T, H * D))


class FeedForward(nn.Module):
    """SwiGLU: up, times silu of gate, down again."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_up = nn.Linear(config.hidden_size, 2 * config.intermediate_size, bias=False)
        self.down = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Work on each position alone, (B, T, C) to (B, T, C)."""
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(F.silu(gate) * up)


class Block(nn.Module):
    """One layer: attention, then feed-forward, each added to the stream that runs past them."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.attention = Attention(config, layer)
        self.feed_forward_norm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.feed_forward = FeedForward(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, cache: KVCache | None) -> Tensor:
        """(B, T, C) to (B, T, C)."""
        x = x + self.attention(self.attention_norm(x), cos, sin, cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Transformer(nn.Module):
    """Token ids in, a score for every possible next token out."""

    cos: Tensor
    sin: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        # Zeros, on the CPU or on "meta": random numbers on "meta" load a second's worth of torch's modules.
        table = torch.zeros(config.vocab_size, config.hidden_size)
        self.embedding = nn.Embedding.from_pretrained(table, freeze=False)
        self.blocks = nn.ModuleList(Block(config, layer) for layer in range(config.num_hidden_layers))
        self.norm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.head = None
        if not config.tie_word_embeddings:
            self.head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.set_rotary_tables()

    def forward(self, ids: Tensor, cache: KVCache | None = None) -> Tensor:
        """Logits (B, T, V) for ids (B, T) int64. With a cache the ids continue what it holds, and join it."""
        return self.logits(self.hidden(ids, cache))

    def hidden(self, ids: Tensor, cache: KVCache | None = None) -> Tensor:
        """The last layer's (B, T, C), normed: for a prompt, give only its last position to `logits`."""
        start, T = (0 if cache is None else cache.length), ids.shape[1]
        assert start + T <= self.config.max_position_embeddings, "longer than the context"
        cos, sin = self.cos[start : start + T, None], self.sin[start : start + T, None]
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, cos, sin, cache)
        if cache is not None:
            cache.length += T
        return self.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores (..., V) of `hidden` (..., C)."""
        return F.linear(hidden, self.embedding.weight if self.head is None else self.head.weight)

    def loss(self, ids: Tensor, targets: Tensor) -> Tensor:
        """Mean nats per token of predicting targets (B, T) from ids (B, T)."""
        logits = self.logits(self.hidden(ids))
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    def set_rotary_tables(self) -> None:
        """Compute the angles' cosines and sines: no file has them."""
        cos, sin = rotary_tables(self.config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def parameter_count(self) -> int:
        """Numbers learned; a tied matrix counts once."""
        return sum(parameter.numel() for parameter in self.parameters())

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.embedding.weight.device


def initialize(model: Transformer, seed: int) -> None:
    """Fill the weights as a function of `seed` alone, on any device.

    Normal with deviation 0.02, less for what is added to the residual stream (Source: GPT-2), and for wide
    embeddings: a tied embedding of deviation s gives its own token a logit of s x C, which must stay small
    for the first loss to be near ln V.
    """
    generator = torch.Generator().manual_seed(seed)
    config = model.config
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 1:
                parameter.fill_(1.0)
                continue
            deviation = 0.02
            if name.endswith(("out.weight", "down.weight")):
                deviation /= (2 * config.num_hidden_layers) ** 0.5
            elif name == "embedding.weight":
                deviation = min(deviation, 2.0 / config.hidden_size)
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * deviation)
