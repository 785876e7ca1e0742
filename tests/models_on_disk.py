"""Small models of other people's making, written without torch."""

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from safetensors.numpy import save_file

CONFIG: dict[str, Any] = {
    "model_type": "llama",
    "vocab_size": 32,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "tie_word_embeddings": True,
    "rope_theta": 5000.0,
}
CARD = "---\nlicense: apache-2.0\ntags:\n- tiny\n---\n# A tiny model\n\nMade for a test.\n"
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def write_folder(folder: Path, **config: Any) -> Path:
    """A Hugging Face folder; its weights fit in names and sizes only as far as a list looks."""
    folder.mkdir(parents=True, exist_ok=True)
    said = CONFIG | config
    (folder / "config.json").write_text(json.dumps(said))
    table = np.zeros((said["vocab_size"], said["hidden_size"]), np.float16)
    save_file({"model.embed_tokens.weight": table}, folder / "model.safetensors")
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": TEMPLATE}))
    (folder / "tokenizer.json").write_text(
        json.dumps({"model": {"type": "BPE"}, "pre_tokenizer": {"type": "ByteLevel"}})
    )
    (folder / "README.md").write_text(CARD)
    return folder


def write_gguf_file(path: Path, name: str = "Tiny of somebody") -> Path:
    """A GGUF file with a header that says everything, and one tensor."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_license("mit")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_block_count(2)
    writer.add_context_length(128)
    writer.add_embedding_length(16)
    writer.add_feed_forward_length(24)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(5000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("token_embd.weight", np.zeros((32, 16), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
