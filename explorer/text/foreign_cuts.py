r"""Where a text can be cut for somebody else's tokenizer, as far as its tokenizer.json proves it.

Two proofs, both about byte pairs without chance (dropout) and without marks for the ends of words:

- *pieces*: the text is split by one of the expressions that `explorer.text.cuts` is about (Llama 3's,
  GPT-2's and Tekken's are of the same build), perhaps after digits or marks of punctuation were set apart.
  The cuts are those of `explorer.text.cuts`.
- *pairs*: the text is not split at all (Gemma's only expression looks for spaces that have become "▁" by
  then). Joining makes tokens of the vocabulary and nothing else; so if no token has the characters x and y
  side by side, nothing ever joins across x|y, and what joins on one side does not depend on the other.
  Looked for before a space and a line feed.

Tokens that are looked for in the text before anything else (`added_tokens` that are not special) must not
reach across a cut either: cuts between two neighbours that occur in one of them are left out. NFC does not
change what stands on either side of a cut, for it never joins a blank, a line feed or a mark of punctuation
to what is before it. Of all other tokenizers nothing is proven.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from explorer.text.cuts import CUT, WHOLE, Cutter
from explorer.text.gguf_vocabulary import BEFORE_OTHERS, GPT2, LLAMA3, SPACE, TEKKEN
from explorer.text.patterns import CL100K, O200K, QWEN, R50K

_SPLITTERS = frozenset((R50K, CL100K, O200K, QWEN, LLAMA3, GPT2, TEKKEN))
_BYTE_TOKEN = re.compile("<0x[0-9A-Fa-f]{2}>")
_PAIRS_BEFORE = re.compile(f"(.)(?=[{SPACE} \n])", re.DOTALL)


class _Model(msgspec.Struct):
    vocab: Any
    type: str = ""
    dropout: float | None = None
    continuing_subword_prefix: str | None = None
    end_of_word_suffix: str | None = None
    unk_token: str | None = None
    byte_fallback: bool = False
    ignore_merges: bool = False


class _Added(msgspec.Struct):
    id: int
    content: str
    special: bool
    single_word: bool = False
    lstrip: bool = False
    rstrip: bool = False


class TokenizerContent(msgspec.Struct):
    """What is needed of a tokenizer.json: half a million merges of a large one are passed over."""

    model: _Model
    normalizer: Any = None
    pre_tokenizer: Any = None
    decoder: Any = None
    added_tokens: list[_Added] | None = None


def is_byte_level(content: TokenizerContent) -> bool:
    """Whether the vocabulary is spelt in the letters that stand for bytes."""
    return any(
        step.get("type") == "ByteLevel"
        for part in (content.decoder, content.pre_tokenizer)
        for step in _steps(part)
    )


def proven_cuts(content: TokenizerContent) -> Cutter:
    """Cuts that leave the tokens as they are; `WHOLE` if nothing is proven."""
    model = content.model
    plain = [token for token in content.added_tokens or () if not token.special]
    ends = model.continuing_subword_prefix or model.end_of_word_suffix
    if model.type != "BPE" or not isinstance(model.vocab, dict) or model.dropout or ends:
        return WHOLE
    if any(token.single_word or token.lstrip or token.rstrip for token in plain):
        return WHOLE
    if content.normalizer and not all(token.content.replace(SPACE, "").isascii() for token in plain):
        return WHOLE  # what is looked for may be spelt in several ways
    together = {pair for token in plain for pair in pairwise(token.content.replace(SPACE, " "))}
    if _split_into_pieces(content):
        return Cutter(_without(CUT.pattern, together))
    if _never_split(content):
        return _cuts_between_pairs(model, together)
    return WHOLE


# ---------------------------------------------------------------- pieces


def _split_into_pieces(content: TokenizerContent) -> bool:
    """Whether the steps before joining are known to keep to the cuts."""
    if any(step.get("type") != "NFC" for step in _steps(content.normalizer)):
        return False
    steps = list(_steps(content.pre_tokenizer))
    if not steps or not _is_byte_step(steps[-1]):
        return False
    patterns = [_split_pattern(step) for step in steps[:-1]]
    if any(pattern not in _SPLITTERS | BEFORE_OTHERS for pattern in patterns):
        return False
    return bool(steps[-1].get("use_regex", True)) or any(pattern in _SPLITTERS for pattern in patterns)


def _is_byte_step(step: dict[str, Any]) -> bool:
    return step.get("type") == "ByteLevel" and step.get("add_prefix_space") is False


def _split_pattern(step: dict[str, Any]) -> str:
    """The expression of a step that sets its matches apart; empty for any other step."""
    if step.get("type") == "Digits":
        return r"\p{N}+"
    pattern = step.get("pattern")
    apart = step.get("behavior") == "Isolated" and not step.get("invert")
    if step.get("type") == "Split" and apart and isinstance(pattern, dict):
        return str(pattern.get("Regex", ""))
    return ""


def _without(pattern: str, together: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """The pattern, but for cuts between neighbours that occur in one token."""
    cuts = {left + right for left, right in together if re.match(pattern, left + right)}
    pairs = "|".join(map(re.escape, sorted(cuts)))
    return re.compile(f"(?!{pairs})(?:{pattern})" if pairs else pattern)


# ---------------------------------------------------------------- pairs


def _never_split(content: TokenizerContent) -> bool:
    """Spaces become "▁", and no step before joining finds anything to split at."""
    for step in _steps(content.normalizer):
        if step.get("type") != "Replace" or step.get("content") != SPACE:
            return False
        if step.get("pattern") != {"String": " "}:
            return False
    replaced = bool(list(_steps(content.normalizer)))
    return not content.model.ignore_merges and all(
        replaced and step.get("type") == "Split" and step.get("pattern") == {"String": " "}
        for step in _steps(content.pre_tokenizer)
    )


def _cuts_between_pairs(model: _Model, together: set[tuple[str, str]]) -> Cutter:
    vocabulary = "\0".join(model.vocab)
    bytes_ = {token for token in model.vocab if _BYTE_TOKEN.fullmatch(token)}
    if len(_BYTE_TOKEN.findall(vocabulary)) != len(bytes_):
        return WHOLE  # bytes may join with something
    known = model.byte_fallback and len(bytes_) == 256
    before: dict[str, set[str]] = {" ": {SPACE}, "\n": set()}
    for match in _PAIRS_BEFORE.finditer(vocabulary):
        right = vocabulary[match.end()]
        before["\n" if right == "\n" else " "].add(match[1])
    for left, right in together:
        if right in before:
            before[right].add(left)
    found: list[str] = []
    for right, lefts in before.items():
        # Unknown characters side by side may become one token; of these two one is known.
        if known or model.unk_token is None or (SPACE if right == " " else right) in model.vocab:
            excluded = "".join(map(re.escape, sorted(lefts)))
            found.append(rf"[^\s{excluded}](?={re.escape(right)})")
    return Cutter(re.compile("|".join(found))) if found else WHOLE


def _steps(part: Any) -> Iterator[dict[str, Any]]:
    """A normalizer's, pre-tokenizer's or decoder's steps, one after the other."""
    if not isinstance(part, dict):
        return
    inside: Sequence[Any] | None = (
        part.get("pretokenizers") or part.get("normalizers") or part.get("decoders")
    )
    if part.get("type") != "Sequence" or inside is None:
        yield part
        return
    for step in inside:
        yield from _steps(step)
