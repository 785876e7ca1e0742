"""Models trained here as GGUF files, for llama.cpp and the programs around it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

import numpy as np
from gguf import GGUFWriter
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType, LlamaFileType, TokenType
from gguf.quants import quantize
from torch import Tensor

from explorer.core.families import layout
from explorer.core.families.gguf_names import ARCHITECTURES
from explorer.core.model import Architecture, Transformer
from explorer.core.storage import PARTIAL_PREFIX, storage_errors
from explorer.errors import InputError
from explorer.text.foreign import Speech
from explorer.text.tokenizer import BytePairTokenizer, Tokenizer
from explorer.text.tokenizer_files import merges_of, spell

Packing = Literal["f32", "f16", "q8_0"]
_PACKINGS = {
    "f32": (GGMLQuantizationType.F32, LlamaFileType.ALL_F32),
    "f16": (GGMLQuantizationType.F16, LlamaFileType.MOSTLY_F16),
    "q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
}


def export_gguf(
    model: Transformer,
    tokenizer: Tokenizer,
    speech: Speech,
    name: str,
    target: Path,
    packing: Packing = "f32",
) -> None:
    """Write `model` to `target`, matrices packed as asked, norms in full.

    Raises: InputError for a model or tokenizer that llama.cpp has no like of; StorageError.
    """
    if model.config.architecture != Architecture():
        raise InputError("Only models trained here can be written as GGUF. Choose a run or a checkpoint.")
    if not isinstance(tokenizer, BytePairTokenizer):
        raise InputError(
            "A model whose tokens are single characters cannot be written as GGUF: llama.cpp has no such "
            "tokenizer. Train one with byte pairs."
        )
    partial = target.with_name(f"{PARTIAL_PREFIX}{target.name}-{os.getpid()}")
    with storage_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            writer = GGUFWriter(partial, "qwen3")
            _describe(writer, model, name, packing)
            _add_tokenizer(writer, tokenizer, speech, model.config.vocab_size)
            for tensor_name, tensor in layout.to_file(ARCHITECTURES["qwen3"][0], model).items():
                _add_tensor(writer, tensor_name, tensor, _PACKINGS[packing][0])
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_tensors_to_file()
            writer.close()
            partial.replace(target)
        except BaseException:
            with suppress(OSError):
                partial.unlink()
            raise


def _describe(writer: GGUFWriter, model: Transformer, name: str, packing: Packing) -> None:
    config = model.config
    writer.add_type("model")
    writer.add_name(name)
    writer.add_file_type(_PACKINGS[packing][1])
    writer.add_quantization_version(2)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)


def _add_tokenizer(writer: GGUFWriter, tokenizer: BytePairTokenizer, speech: Speech, vocab_size: int) -> None:
    tokens = [f"<|unused_{token}|>" for token in range(vocab_size)]
    types = [TokenType.UNUSED] * vocab_size
    for token, rank in tokenizer.ranks.items():
        tokens[rank], types[rank] = spell(token), TokenType.NORMAL
    for text, token in tokenizer.special_tokens.items():
        tokens[token], types[token] = text, TokenType.CONTROL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")  # tokenizers trained here split as Qwen's do
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([f"{spell(left)} {spell(right)}" for left, right in merges_of(tokenizer.ranks)])
    writer.add_bos_token_id(tokenizer.end_of_text)
    end = speech.named_tokens.get("eos_token", "")
    writer.add_eos_token_id(tokenizer.special_tokens.get(end, tokenizer.end_of_text))
    writer.add_add_bos_token(False)
    if speech.template is not None:
        writer.add_chat_template(speech.template)


def _add_tensor(writer: GGUFWriter, name: str, tensor: Tensor, packing: GGMLQuantizationType) -> None:
    numbers = tensor.float().numpy()
    if numbers.ndim == 1:
        writer.add_tensor(name, numbers)
        return
    if numbers.shape[-1] % GGML_QUANT_SIZES[packing][0]:
        packing = GGMLQuantizationType.F16  # a row that no number of blocks fills, as llama.cpp does it
    packed = quantize(np.ascontiguousarray(numbers), packing)
    writer.add_tensor(name, packed, raw_dtype=packing)
