"""Small GGUF files as llama.cpp's converter would write them, from transformers' models."""

from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFWriter
from gguf.constants import GGMLQuantizationType, TokenType
from gguf.quants import quantize
from numpy.typing import NDArray

_LAYER_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "input_layernorm": "attn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "ln_1": "attn_norm",
    "ln_2": "ffn_norm",
    "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output",
    "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down",
}
_OTHER_NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "transformer.wte": "token_embd",
    "transformer.wpe": "position_embd",
    "transformer.ln_f": "output_norm",
}
_GEMMA_NORMS = {
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}
TOKENS = ["<|end|>", *(chr(number) for number in range(0x21, 0x7F)), "Ġ", "th", "the", "Ġt", "Ġthe", "in"]
MERGES = ["t h", "th e", "Ġ t", "Ġ the", "i n"]


def write_gguf(model: Any, path: Path, packing: GGMLQuantizationType = GGMLQuantizationType.F32) -> None:
    """With a tokenizer of 101 tokens. Matrices are packed as asked."""
    config = model.config
    kind = {"gemma3_text": "gemma3"}.get(config.model_type, config.model_type)
    writer = GGUFWriter(path, kind)
    writer.add_name("A model for tests")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    if kind == "gpt2":
        writer.add_feed_forward_length(config.n_inner or 4 * config.n_embd)
        writer.add_layer_norm_eps(config.layer_norm_epsilon)
    else:
        _describe(writer, config, kind)
    _add_tokenizer(writer, config.vocab_size)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        theirs, numbers = _converted(name, tensor.float().numpy(), config, kind)
        packed = packing if numbers.ndim == 2 else GGMLQuantizationType.F32
        writer.add_tensor(theirs, quantize(np.ascontiguousarray(numbers), packed), raw_dtype=packed)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: GGUFWriter, config: Any, kind: str) -> None:
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    rope = config.rope_parameters
    if kind == "gemma3":
        writer.add_sliding_window(config.sliding_window)
        rope = rope["full_attention"]
    writer.add_rope_freq_base(rope["rope_theta"])
    if rope["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", _llama3_factors(rope, head_dim))
    elif rope["rope_type"] == "linear":
        writer.add_float32(f"{kind}.rope.scaling.factor", rope["factor"])
        writer.add_string(f"{kind}.rope.scaling.type", "linear")
    elif rope["rope_type"] == "yarn":
        writer.add_float32(f"{kind}.rope.scaling.factor", rope["factor"])
        writer.add_string(f"{kind}.rope.scaling.type", "yarn")
        writer.add_uint32(
            f"{kind}.rope.scaling.original_context_length", rope["original_max_position_embeddings"]
        )


def _llama3_factors(rope: dict[str, Any], head_dim: int) -> NDArray[np.float32]:
    """How many times slower each pair turns, as the converter works it out."""
    frequency = rope["rope_theta"] ** (-np.arange(0, head_dim, 2, dtype=np.float64) / head_dim)
    length, factor = 2 * np.pi / frequency, rope["factor"]
    context, low, high = (
        rope["original_max_position_embeddings"],
        rope["low_freq_factor"],
        rope["high_freq_factor"],
    )
    smooth = (context / length - low) / (high - low)
    between = 1 / ((1 - smooth) / factor + smooth)
    factors = np.where(length < context / high, 1.0, np.where(length > context / low, factor, between))
    return factors.astype(np.float32)


def _converted(
    name: str, numbers: NDArray[np.float32], config: Any, kind: str
) -> tuple[str, NDArray[np.float32]]:
    module, _, suffix = name.rpartition(".")
    if module in _OTHER_NAMES:
        theirs = _OTHER_NAMES[module]
    else:
        _, _, layer, inside = module.split(".", 3)
        norms = _GEMMA_NORMS if kind == "gemma3" else {"post_attention_layernorm": "ffn_norm"}
        theirs = f"blk.{layer}.{(_LAYER_NAMES | norms)[inside]}"
        if kind == "gpt2" and numbers.ndim == 2:
            numbers = numbers.T
    if kind == "gemma3" and module.endswith("norm"):
        numbers = numbers + 1
    heads = {"attn_q": config.num_attention_heads, "attn_k": getattr(config, "num_key_value_heads", 0)}
    count = heads.get(theirs.rpartition(".")[2], 0)
    if kind == "llama" and count:
        shape = numbers.shape
        numbers = numbers.reshape(count, 2, shape[0] // count // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)
    return f"{theirs}.{suffix}", numbers


def _add_tokenizer(writer: GGUFWriter, vocab_size: int) -> None:
    assert vocab_size == len(TOKENS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(TOKENS)
    writer.add_token_types([TokenType.CONTROL] + [TokenType.NORMAL] * (vocab_size - 1))
    writer.add_token_merges(MERGES)
    writer.add_eos_token_id(0)
    writer.add_bos_token_id(0)
    writer.add_chat_template("{% for m in messages %}{{ m.role + ': ' + m.content + '<|end|>' }}{% endfor %}")
