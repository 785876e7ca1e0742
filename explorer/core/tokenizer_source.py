"""Any tokenizer that a person points at: a published one by name, a file, a model's folder, a trained run."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tokenizers

from explorer.core.installed import find_installed, find_shipped
from explorer.errors import DamagedFileError, InputError
from explorer.text.encodings import PUBLISHED, load_published
from explorer.text.foreign import ForeignTokenizer, load_library_tokenizer, read_speech
from explorer.text.gguf_vocabulary import vocabulary_files
from explorer.text.rank_files import read_rank_file
from explorer.text.tiktoken_files import find_rank_file
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import CONFIG_FILE, find_tokenizer_file, read_tokenizer

GGUF = ".gguf"
_RANKS = (".tiktoken", ".model")
_NAMED = ("bos_token", "eos_token", "unk_token", "pad_token")


@dataclass(frozen=True)
class OpenedTokenizer:
    """A tokenizer, and what its files say of conversations."""

    tokenizer: Tokenizer
    template: str | None = None
    """Jinja."""
    named_tokens: dict[str, str] = field(default_factory=dict[str, str])
    """bos_token, eos_token ...: what templates call them."""


def open_tokenizer(name_or_path: str) -> OpenedTokenizer:
    """Seconds for the largest. Raises: InputError (none there, or of a kind not known), DamagedFileError."""
    if name_or_path in PUBLISHED:
        return OpenedTokenizer(load_published(name_or_path))
    file = source_of(name_or_path)
    if file.suffix.lower() == GGUF:
        return _from_gguf(file)
    if file.suffix.lower() in _RANKS:
        return OpenedTokenizer(read_rank_file(file))
    return _from_json(file)


def source_of(name_or_path: str) -> Path:
    """The file that says how texts become tokens. Raises: InputError if there is none."""
    path = find_shipped(name_or_path) or Path(name_or_path).expanduser()
    if not path.exists():
        installed = find_installed(name_or_path)
        if installed is None:
            raise InputError(
                "There is no encoding {name}. Choose one of {known}, a tokenizer.json, a .gguf or .tiktoken "
                "file, or the folder of a model or a run.",
                name=name_or_path,
                known=", ".join(PUBLISHED),
            )
        return installed.files[0]
    if path.is_file() and path.suffix != ".safetensors":
        if path.suffix.lower() not in (".json", GGUF, *_RANKS):
            raise InputError(
                "{path} is no tokenizer. Choose a tokenizer.json, a .gguf or a .tiktoken file, "
                "or the folder of a model.",
                path=str(path),
            )
        return path
    folder = path if path.is_dir() else path.parent
    file = find_tokenizer_file(folder) or find_rank_file(folder)
    file = file or next(iter(sorted(folder.glob(f"*{GGUF}"))), None)
    if file is None:
        raise InputError(
            "There is no tokenizer in {path}. Choose a folder with a tokenizer.json, or the file itself.",
            path=str(folder),
        )
    return file


def _from_json(file: Path) -> OpenedTokenizer:
    """One that was trained here, or somebody else's."""
    try:
        tokenizer: Tokenizer = read_tokenizer(file)
    except InputError:
        tokenizer = ForeignTokenizer(_name_of(file), load_library_tokenizer(file))
    if not (file.parent / CONFIG_FILE).is_file():
        return OpenedTokenizer(tokenizer)
    speech = read_speech(file.parent, tokenizer)
    return OpenedTokenizer(tokenizer, speech.template, speech.named_tokens)


def _from_gguf(file: Path) -> OpenedTokenizer:
    from explorer.core.catalogue.reading import gguf_header  # a tenth of a second that most do not need

    # Of a file that came in parts the first one has the vocabulary; where its tensors end is not asked here.
    files = vocabulary_files(gguf_header(file, 1 << 62).metadata, str(file))
    if files is None:
        raise InputError("{path} has no tokenizer in it. Choose another file.", path=str(file))
    try:
        inner = tokenizers.Tokenizer.from_str(json.dumps(files.tokenizer))
    except Exception as error:  # the library raises bare Exception for what it cannot read
        raise DamagedFileError(
            "{path} has a damaged tokenizer. Use another copy of the model.", path=str(file)
        ) from error
    said: dict[str, Any] = files.config
    named = {name: str(said[name]) for name in _NAMED if said.get(name)}
    template = said.get("chat_template")
    return OpenedTokenizer(ForeignTokenizer(file.stem, inner), template, named)


def _name_of(file: Path) -> str:
    """A file that is called like all others bears its folder's name."""
    return file.parent.name if file.stem == "tokenizer" else file.stem
