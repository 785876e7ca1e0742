"""GGUF's names: each family's tensors, and its metadata as the config.json that says the same.

Source: ggml's docs/gguf.md and the tables of the `gguf` package.
"""

from collections.abc import Mapping
from typing import Any

from explorer.core.families import layout
from explorer.core.families.gguf_file import GgufFile
from explorer.core.families.layout import Family
from explorer.errors import DamagedFileError, InputError

_OUTSIDE = {"embedding": "token_embd", "norm": "output_norm", "position_embedding": "position_embd"}
_INSIDE = {
    "attention_norm": ("attn_norm",),
    "attention.qkv": ("attn_q", "attn_k", "attn_v"),
    "attention.q_norm": ("attn_q_norm",),
    "attention.k_norm": ("attn_k_norm",),
    "attention.out": ("attn_output",),
    "attention_after_norm": ("post_attention_norm",),
    "feed_forward_norm": ("ffn_norm",),
    "feed_forward.gate_up": ("ffn_gate", "ffn_up"),
    "feed_forward.down": ("ffn_down",),
    "feed_forward_after_norm": ("post_ffw_norm",),
}
_PLAIN = Family("gguf", "", "", _OUTSIDE, "blk.{layer}.", _INSIDE, head="output")
_GPT2 = Family(
    "gguf",
    "",
    "",
    _OUTSIDE,
    "blk.{layer}.",
    _INSIDE | {"attention.qkv": ("attn_qkv",), "feed_forward.gate_up": ("ffn_up",)},
    head="output",
)
ARCHITECTURES: dict[str, tuple[Family, Family]] = {
    "gpt2": (_GPT2, layout.GPT2),
    "llama": (_PLAIN, layout.LLAMA),
    "qwen2": (_PLAIN, layout.QWEN2),
    "qwen3": (_PLAIN, layout.QWEN3),
    "gemma3": (_PLAIN, layout.GEMMA3),
}
"""`general.architecture` -> the names in the GGUF file and in a Hugging Face folder."""

_ROPE_FACTORS = "rope_freqs.weight"
_GEMMA_27B_LAYERS = 62


def architecture_of(file: GgufFile) -> str:
    """Raises: InputError if it is none of ours."""
    found = file.metadata.get("general.architecture")
    if not isinstance(found, str) or found not in ARCHITECTURES:
        raise InputError(
            "{path} is a model of the kind {kind}. Choose one of these: {known}.",
            path=str(file.path),
            kind=str(found)[:80],
            known=", ".join(ARCHITECTURES),
        )
    return found


def config_of(file: GgufFile, rope_factors: list[float] | None) -> dict[str, Any]:
    """config.json's content; `rope_factors` is the tensor `rope_freqs.weight`, if there is one.

    Raises: DamagedFileError if a size is missing; InputError for what we cannot compute.
    """
    kind = architecture_of(file)
    said = _Said(file, kind)
    if said.get("expert_count", 0):
        raise InputError(
            "{path} is a mixture of experts, which cannot be computed here. Choose another model.",
            path=str(file.path),
        )
    heads = said.size("attention.head_count")
    width = said.size("embedding_length")
    vocab_size = file.tensors["token_embd.weight"].shape[0] if "token_embd.weight" in file.tensors else 0
    common: dict[str, Any] = {
        "vocab_size": vocab_size,
        "tie_word_embeddings": "output.weight" not in file.tensors,
    }
    family = ARCHITECTURES[kind][1]
    start = {"architectures": [family.class_name], "model_type": family.name}
    if kind == "gpt2":
        return start | common | {
            "n_embd": width,
            "n_layer": said.size("block_count"),
            "n_head": heads,
            "n_positions": said.size("context_length"),
            "n_inner": said.size("feed_forward_length"),
            "layer_norm_epsilon": said.get("attention.layer_norm_epsilon", 1e-5),
        }  # fmt: skip
    head_dim = said.get("attention.key_length", width // max(heads, 1))
    if said.get("attention.value_length", head_dim) != head_dim or (
        said.get("rope.dimension_count", head_dim) != head_dim
    ):
        raise InputError(
            "{path} has heads that turn only in part, which cannot be computed here. Choose another model.",
            path=str(file.path),
        )
    config = start | common | {
        "hidden_size": width,
        "intermediate_size": said.size("feed_forward_length"),
        "num_hidden_layers": said.size("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": said.get("attention.head_count_kv", heads),
        "head_dim": head_dim,
        "max_position_embeddings": said.size("context_length"),
        "rms_norm_eps": said.get("attention.layer_norm_rms_epsilon", 1e-6),
        "rope_theta": said.get("rope.freq_base", 10_000.0),
        "rope_scaling": said.rope_scaling(rope_factors),
        "attention_bias": kind in ("llama", "qwen3") and "blk.0.attn_q.bias" in file.tensors,
        "mlp_bias": kind == "llama" and "blk.0.ffn_up.bias" in file.tensors,
    }  # fmt: skip
    if kind == "gemma3":
        layers = said.size("block_count")
        # The file does not say these; llama.cpp has them in its code.
        scalar = width / max(heads, 1) if layers == _GEMMA_27B_LAYERS else head_dim
        config |= {
            "hidden_activation": "gelu_pytorch_tanh",
            "query_pre_attn_scalar": scalar,
            "rope_local_base_freq": said.get("rope.freq_base_swa", 10_000.0),
            "sliding_window": said.get("attention.sliding_window", 4096),
            "sliding_window_pattern": said.get("attention.sliding_window_pattern", 6),
        }
    return config


def rope_factors_of(file: GgufFile) -> str | None:
    """The name of the tensor of rotary factors (Llama 3.1 and later), if there is one."""
    return _ROPE_FACTORS if _ROPE_FACTORS in file.tensors else None


class _Said:
    """The metadata of one architecture, by names without its prefix."""

    def __init__(self, file: GgufFile, kind: str) -> None:
        self.file, self.prefix = file, kind + "."
        self.metadata: Mapping[str, Any] = file.metadata

    def get(self, name: str, default: Any) -> Any:
        """A number, or what stands in the place of one that is not said."""
        found = self.metadata.get(self.prefix + name, default)
        if not isinstance(found, int | float):
            raise self._damaged(name)
        return found

    def size(self, name: str) -> int:
        """A number that must be there."""
        found = self.metadata.get(self.prefix + name)
        if not isinstance(found, int):
            raise self._damaged(name)
        return found

    def rope_scaling(self, factors: list[float] | None) -> dict[str, Any] | None:
        """As config.json has it. Own factors for each pair are what it calls longrope."""
        if factors is not None:
            return {
                "rope_type": "longrope",
                "short_factor": factors,
                "long_factor": factors,
                "attention_factor": 1.0,
                "factor": 1.0,
                "original_max_position_embeddings": self.size("context_length"),
            }
        kind = self.metadata.get(self.prefix + "rope.scaling.type", "none")
        factor = self.get("rope.scaling.factor", self.get("rope.scale_linear", 1.0))
        if kind == "none" and factor not in (0.0, 1.0):
            kind = "linear"
        if kind == "none" or (kind == "linear" and factor in (0.0, 1.0)):
            return None
        scaling: dict[str, Any] = {"rope_type": kind, "factor": factor}
        if kind == "yarn":
            scaling["original_max_position_embeddings"] = self.get(
                "rope.scaling.original_context_length", self.size("context_length")
            )
        return scaling

    def _damaged(self, name: str) -> DamagedFileError:
        return DamagedFileError(
            "{path} does not say its {name}. Use another copy of the model.",
            path=str(self.file.path),
            name=self.prefix + name,
        )
