"""The tokenizer inside a GGUF file, as the JSON files that a Hugging Face folder would have.

Two kinds of vocabulary: "gpt2" (byte pairs over the letters that stand for bytes, merges given, the way of
splitting given by name) and "llama" (SentencePiece: scores instead of merges, "▁" for a space, unknown
characters as bytes). Source for the names of splits and for the defaults: llama.cpp's vocabulary loader.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import DamagedFileError, InputError
from explorer.text.patterns import O200K, QWEN

_NORMAL, _UNKNOWN, _CONTROL, _USER_DEFINED, _UNUSED, _BYTE = 1, 2, 3, 4, 5, 6
SPACE = "▁"

LLAMA3 = QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_DEFAULT = (r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", r"[0-9][0-9][0-9]")
_FALCON = (r"[\p{P}\$\+<=>\^~\|`]+", GPT2, r"[0-9][0-9][0-9]")
_DIGITS = (r"\p{N}", GPT2)
BEFORE_OTHERS = frozenset(
    pattern for pattern in (*_DEFAULT, *_FALCON, *_DIGITS, r"\p{N}{1,3}", "[0-9]") if pattern != GPT2
)
"""Expressions that set runs of digits or of marks of punctuation apart and do nothing else."""


@dataclass(frozen=True)
class _Split:
    """How a "gpt2" vocabulary cuts a text before merging, one expression after the other."""

    patterns: tuple[str, ...]
    ignore_merges: bool = False
    """A piece that is a token is taken as it is."""
    add_bos: bool = False
    """Unless the file says otherwise."""


_SPLITS: dict[str, _Split] = {
    **dict.fromkeys(("", "default"), _Split(_DEFAULT)),
    **dict.fromkeys(("gpt-2", "phi-2", "mpt", "olmo", "jais", "gigachat", "mellum"), _Split((GPT2,))),
    **dict.fromkeys(
        ("llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"),
        _Split((LLAMA3,), ignore_merges=True, add_bos=True),
    ),
    **dict.fromkeys(("dbrx", "smaug-bpe", "glm4", "chatglm-bpe"), _Split((LLAMA3,))),
    **dict.fromkeys(
        ("qwen2", "deepseek-r1-qwen", "kormo", "stablelm2", "megrez", "hunyuan", "solar-open", "grok-2"),
        _Split((QWEN,)),
    ),
    **dict.fromkeys(
        ("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"), _Split(_DIGITS)
    ),
    **dict.fromkeys(("gpt-4o", "llama4", "kanana2"), _Split((O200K,))),
    "falcon": _Split(_FALCON),
    "tekken": _Split((TEKKEN,), ignore_merges=True, add_bos=True),
}  # fmt: skip


@dataclass(frozen=True)
class VocabularyFiles:
    """What a Hugging Face folder says of its tokenizer."""

    tokenizer: dict[str, Any]
    """tokenizer.json"""
    config: dict[str, Any]
    """tokenizer_config.json, with the chat template if there is one"""
    generation: dict[str, Any]
    """generation_config.json"""


_SAMPLING = {
    "temp": "temperature",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "penalty_repeat": "repetition_penalty",
}
"""`general.sampling`'s names, and generation_config.json's."""


def _suggested_sampling(metadata: dict[str, Any]) -> dict[str, float]:
    """What generation_config.json would say of it; as decimal as its makers wrote it."""
    found = {theirs: metadata.get(f"general.sampling.{name}") for name, theirs in _SAMPLING.items()}
    return {
        name: value if isinstance(value, int) else float(f"{value:.6g}")
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def vocabulary_files(metadata: dict[str, Any], path: str) -> VocabularyFiles | None:
    """The tokenizer that `metadata` describes; None if it has none. `path` is for sentences.

    Raises: InputError for a kind that is not known here, DamagedFileError if it contradicts itself.
    """
    kind = str(metadata.get("tokenizer.ggml.model", "none"))[:80]
    if kind in ("none", "no_vocab"):
        return None
    if kind not in ("gpt2", "llama"):
        raise InputError(
            "{path} has a tokenizer of the kind {kind}, which is not known here. Choose another model.",
            path=path,
            kind=kind,
        )
    try:
        return _Vocabulary(metadata, path, kind).files()
    except (ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
        raise DamagedFileError(
            "{path} has a damaged tokenizer. Use another copy of the model.", path=path
        ) from error


class _Vocabulary:
    def __init__(self, metadata: dict[str, Any], path: str, kind: str) -> None:
        self.metadata, self.path, self.kind = metadata, path, kind
        found = self._get("tokens")
        if not isinstance(found, list) or not found:
            raise ValueError("no tokens")
        self.tokens: list[str] = found
        types: NDArray[np.int32] | None = self._get("token_type")
        self.types: list[int] = [_NORMAL] * len(self.tokens) if types is None else types.tolist()
        if len(self.types) != len(self.tokens):
            raise ValueError("not a type for each token")

    def files(self) -> VocabularyFiles:
        """All three."""
        split = _Split(()) if self.kind == "llama" else self._split()
        bos, eos = self._special("bos"), self._special("eos")
        spaced = self.kind == "llama" and self._get("add_space_prefix") is not False
        add_bos = (
            self._flag("add_bos_token", default=self.kind == "llama" or split.add_bos) and bos is not None
        )
        add_eos = self._flag("add_eos_token", default=False) and eos is not None
        tokenizer: dict[str, Any] = {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": self._added(),
            **(self._sentence_pieces(spaced) if self.kind == "llama" else self._byte_pairs(split)),
            "post_processor": self._ends(bos if add_bos else None, eos if add_eos else None),
        }
        names = {"bos_token": bos, "eos_token": eos, "unk_token": self._special("unknown")}
        names["pad_token"] = self._special("padding")
        config: dict[str, Any] = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "clean_up_tokenization_spaces": False,
            **{name: self.tokens[token] for name, token in names.items() if token is not None},
        }
        template = self.metadata.get("tokenizer.chat_template")
        if isinstance(template, str):
            config["chat_template"] = template
        stops = [token for token in (eos, self._special("eot"), self._special("eom")) if token is not None]
        ends = {"bos_token_id": bos, "eos_token_id": sorted(set(stops)) or None}
        return VocabularyFiles(tokenizer, config, ends | _suggested_sampling(self.metadata))

    def _get(self, name: str) -> Any:
        return self.metadata.get("tokenizer.ggml." + name)

    def _flag(self, name: str, *, default: bool) -> bool:
        found = self._get(name)
        return default if found is None else bool(found)

    def _special(self, name: str) -> int | None:
        token = self._get(f"{name}_token_id")
        return token if isinstance(token, int) and 0 <= token < len(self.tokens) else None

    def _split(self) -> _Split:
        name = self.metadata.get("tokenizer.ggml.pre", "")
        if name not in _SPLITS:
            raise InputError(
                "{path} splits texts in a way called {name}, which is not known here. Choose another model.",
                path=self.path,
                name=str(name),
            )
        return _SPLITS[name]

    def _added(self) -> list[dict[str, Any]]:
        """Tokens that are found before anything else: control tokens, and those that the makers chose."""
        flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        found: dict[str, dict[str, Any]] = {}
        for token, (text, kind) in enumerate(zip(self.tokens, self.types, strict=True)):
            if kind in (_CONTROL, _UNKNOWN, _USER_DEFINED) and text and text not in found:
                found[text] = {"id": token, "content": text, **flags, "special": kind != _USER_DEFINED}
        return list(found.values())

    def _ids(self) -> dict[str, int]:
        ids: dict[str, int] = {}
        for token, text in enumerate(self.tokens):
            ids.setdefault(text, token)
        return ids

    def _byte_pairs(self, split: _Split) -> dict[str, Any]:
        # A merge is two tokens with a space between; no token of this kind holds one.
        merges = [merge.split(" ", 1) for merge in self._get("merges")]
        return byte_pair_parts(self._ids(), merges, split.patterns, ignore_merges=split.ignore_merges)

    def _sentence_pieces(self, spaced: bool) -> dict[str, Any]:
        replace = {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}
        back = {"type": "Replace", "pattern": {"String": SPACE}, "content": " "}
        prepend = {"type": "Prepend", "prepend": SPACE}
        strip = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
        unknown = self._special("unknown")
        return {
            "normalizer": {"type": "Sequence", "normalizers": [prepend, replace] if spaced else [replace]},
            "pre_tokenizer": None,
            "decoder": {
                "type": "Sequence",
                "decoders": [back, {"type": "ByteFallback"}, {"type": "Fuse"}, *([strip] if spaced else [])],
            },
            "model": _model(
                self._ids(),
                self._merges_of_scores(),
                unk_token=None if unknown is None else self.tokens[unknown],
                fuse_unk=True,
                byte_fallback=True,
            ),
        }

    def _merges_of_scores(self) -> list[list[str]]:
        """SentencePiece joins the two neighbours whose joint token scores highest: merges in that order."""
        scores: NDArray[np.float32] = self._get("scores")
        if len(scores) != len(self.tokens):
            raise ValueError("not a score for each token")
        normal = {text for text, kind in zip(self.tokens, self.types, strict=True) if kind == _NORMAL}
        merges: list[list[str]] = []
        for token in np.argsort(-scores, kind="stable").tolist():
            text = self.tokens[token]
            if self.types[token] == _NORMAL and len(text) > 1:
                merges += [
                    [text[:cut], text[cut:]]
                    for cut in range(1, len(text))
                    if text[:cut] in normal and text[cut:] in normal
                ]
        return merges

    def _ends(self, bos: int | None, eos: int | None) -> dict[str, Any] | None:
        """What is put around a text."""
        if bos is None and eos is None:
            return None

        def piece(token: int | None) -> list[dict[str, Any]]:
            return [] if token is None else [{"SpecialToken": {"id": self.tokens[token], "type_id": 0}}]

        def sequence(name: str) -> list[dict[str, Any]]:
            return [*piece(bos), {"Sequence": {"id": name, "type_id": 0}}, *piece(eos)]

        ends = {self.tokens[token]: token for token in (bos, eos) if token is not None}
        return {
            "type": "TemplateProcessing",
            "single": sequence("A"),
            "pair": sequence("A") + sequence("B"),
            "special_tokens": {
                text: {"id": text, "ids": [token], "tokens": [text]} for text, token in ends.items()
            },
        }


def byte_pair_parts(
    vocab: dict[str, int], merges: list[list[str]], patterns: tuple[str, ...], *, ignore_merges: bool
) -> dict[str, Any]:
    """The parts of tokenizer.json that cut a text by `patterns` and join bytes (as letters) by `merges`."""
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    splits = [
        {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
        for pattern in patterns
    ]
    return {
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [*splits, byte_level]},
        "decoder": byte_level,
        "model": _model(vocab, merges, ignore_merges=ignore_merges),
    }


def _model(vocab: dict[str, int], merges: list[list[str]], **options: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
    }
    return usual | options | {"vocab": vocab, "merges": merges}
