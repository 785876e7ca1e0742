"""The published encodings, from rank files that travel with the program, and other tokenizers by path.

Special tokens and the SHA-256 of the rank files are those of tiktoken's own `openai_public` module (gpt2's
ranks are r50k_base's). Qwen's special tokens are those that all its generations share. No SHA-256 comes
with Qwen's file; the one here is of qwen.tiktoken as both the PyPI wheel dashscope 1.27.7 and the repository
Qwen/Qwen-72B on Hugging Face carry it. Qwen's own code first brings text into the normal form NFC; that is
left out here, so that the tokens' bytes are the text's.

Nothing is ever fetched from a network.
"""

import hashlib
from binascii import a2b_base64
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import DamagedFileError, InputError
from explorer.paths import resources_dir
from explorer.text import patterns
from explorer.text.tokenizer import END_OF_TEXT, BytePairTokenizer, Tokenizer
from explorer.text.tokenizer_files import find_tokenizer_file, read_tokenizer


@dataclass(frozen=True)
class Published:
    """An encoding that others have published: its rank file, split pattern and special tokens."""

    rank_file: str
    sha256: str
    pattern: str
    special_tokens: dict[str, int]


_R50K_SHA256 = "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"

PUBLISHED = {
    "gpt2": Published("r50k_base", _R50K_SHA256, patterns.R50K, {END_OF_TEXT: 50256}),
    "r50k_base": Published("r50k_base", _R50K_SHA256, patterns.R50K, {END_OF_TEXT: 50256}),
    "p50k_base": Published(
        "p50k_base",
        "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
        patterns.R50K,
        {END_OF_TEXT: 50256},
    ),
    "cl100k_base": Published(
        "cl100k_base",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        patterns.CL100K,
        {
            END_OF_TEXT: 100257,
            "<|fim_prefix|>": 100258,
            "<|fim_middle|>": 100259,
            "<|fim_suffix|>": 100260,
            "<|endofprompt|>": 100276,
        },
    ),
    "o200k_base": Published(
        "o200k_base",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        patterns.O200K,
        {END_OF_TEXT: 199999, "<|endofprompt|>": 200018},
    ),
    "qwen": Published(
        "qwen",
        "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186",
        patterns.QWEN,
        {END_OF_TEXT: 151643, "<|im_start|>": 151644, "<|im_end|>": 151645},
    ),
}


def load_tokenizer(name_or_path: str) -> Tokenizer:
    """A published encoding by its name; a run's, a checkpoint's or a tokenizer.json's by its path.

    Raises: InputError if there is none or it is of a foreign kind, DamagedFileError if a file is damaged.
    """
    if name_or_path in PUBLISHED:
        return load_published(name_or_path)
    file = find_tokenizer_file(Path(name_or_path))
    if file is None:
        raise InputError(
            "There is no encoding {name}. Choose one of {known}, or the folder of a run or a checkpoint.",
            name=name_or_path,
            known=", ".join(PUBLISHED),
        )
    return read_tokenizer(file)


def load_published(name: str, folder: Path | None = None) -> BytePairTokenizer:
    """Build the encoding `name` from its rank file in `folder` (default: the one that travels along).

    Takes up to 0.3 s for the largest. Raises: DamagedFileError.
    """
    published = PUBLISHED[name]
    file = (folder or resources_dir() / "encodings") / f"{published.rank_file}.tiktoken"
    try:
        content = file.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != published.sha256:
        raise DamagedFileError(
            "The file {path} of the encoding {name} is missing or damaged. Install LLM Explorer again.",
            path=str(file),
            name=name,
        )
    return BytePairTokenizer(name, published.pattern, _ranks(content), published.special_tokens)


def _ranks(content: bytes) -> dict[bytes, int]:
    """Parse a rank file: a line is a token in base64, a blank, its rank."""
    words = content.split()
    return dict(zip(map(a2b_base64, words[::2]), map(int, words[1::2]), strict=True))
