"""Which files of a repository are fetched: weights without programs in them, and what belongs to them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import escape
from pathlib import PurePosixPath

from explorer.errors import DamagedFileError, InputError

_WEIGHTS = (".safetensors", ".gguf")
_SMALL = (".json", ".txt", ".model", ".jinja", ".tiktoken", ".md")
_PAPERS = ("license", "licence", "notice", "use_policy")
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
_SHARD = re.compile(r"-\d{5}-of-\d{5}(?=\.\w+$)")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
_COMPANIONS = ("README.md", "LICENSE*", "LICENCE*", "NOTICE*")
_NAMED = 12
"""So many names in a sentence."""


def choose_files(repo: str, names: Sequence[str], include: Sequence[str]) -> list[str]:
    """The names to fetch, in the repository's order.

    With patterns, every safe file that fits one. Without: those at the top that make one model; of weights in
    several formats, safetensors. Raises: InputError, DamagedFileError.
    """
    for name in names:
        _check_name(repo, name)
    safe = [name for name in names if _is_safe(name)]
    if include:
        chosen = [name for name in safe if any(fnmatchcase(name, pattern) for pattern in include)]
        if not chosen:
            _nothing_fits(repo, names, safe, include)
        return chosen
    top = [name for name in safe if "/" not in name]
    weights = _one_model(repo, [name for name in top if name.endswith(_WEIGHTS)])
    if not weights and (pickles := [name for name in names if name.endswith(_PICKLES)]):
        raise InputError(
            "{repo} has its weights only in files that can hold programs ({names}): those are never opened "
            "here. Choose a repository with safetensors or GGUF files.",
            repo=repo,
            names=_listed(pickles),
        )
    if not weights:
        raise InputError(
            "{repo} has no safetensors or GGUF files at its top. It has: {names}. Choose with --include.",
            repo=repo,
            names=_listed(names) or "–",
        )
    return [name for name in top if name in weights or not name.endswith(_WEIGHTS)]


@dataclass(frozen=True, slots=True)
class Offer:
    """One model of a repository."""

    name: str
    """What tells it from the others: "safetensors", or a GGUF file's name."""
    include: tuple[str, ...]
    """Patterns for `choose_files`; none: the usual files."""


def offers_of(repo: str, names: Sequence[str]) -> list[Offer]:
    """The models to choose from, the usual one first. Raises: InputError, DamagedFileError."""
    top = [name for name in names if "/" not in name and _is_safe(name)]
    whole = [name for name in top if name.endswith(".gguf") and not _SHARD.search(name)]
    one_by_one = [Offer(name, (escape(name), *_COMPANIONS)) for name in whole]
    if any(name.endswith(".safetensors") for name in top):
        return [Offer("safetensors", ()), *one_by_one]
    if not one_by_one:
        choose_files(repo, names, ())  # it knows what is wrong, if it is not the pieces
        raise InputError(
            "{repo} has its model in several pieces of GGUF, which cannot be opened here. "
            "Choose another repository.",
            repo=repo,
        )
    return one_by_one if len(one_by_one) > 1 else [Offer(whole[0], ())]


def _one_model(repo: str, weights: list[str]) -> set[str]:
    tensors = [name for name in weights if name.endswith(".safetensors")]
    if tensors:
        # Some makers add the same weights in their own layout.
        return {name for name in tensors if not name.startswith("consolidated")} or set(tensors)
    models = {_SHARD.sub("", name) for name in weights}
    if len(models) > 1:
        raise InputError(
            "{repo} has {count} models in GGUF: {names}. Choose one with --include NAME.",
            repo=repo,
            count=len(models),
            names=_listed(sorted(models)),
        )
    return set(weights)


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    if path.name.startswith("."):
        return False
    return path.suffix.lower() in (*_WEIGHTS, *_SMALL) or path.name.lower().startswith(_PAPERS)


def _check_name(repo: str, name: str) -> None:
    """A name must stay inside the folder, on every system. Raises: DamagedFileError."""
    parts = name.split("/")
    good = all(
        part not in ("", ".", "..")
        and part.isprintable()
        and not set(part) & set('\\:*?"<>|')
        # Windows would drop a dot or space at the end, and open a device for a reserved name.
        and part.rstrip(". ") == part
        and not _RESERVED.match(part)
        for part in parts
    )
    if not good or len(name.encode("utf-8", "surrogatepass")) > 512:
        raise DamagedFileError(
            "{repo} has a file whose name leads elsewhere ({name}). Do not use this repository.",
            repo=repo,
            name=ascii(name)[:200],
        )


def _nothing_fits(repo: str, names: Sequence[str], safe: list[str], include: Sequence[str]) -> None:
    pickles = [name for name in names if any(fnmatchcase(name, p) for p in include)]
    if pickles:
        raise InputError(
            "{names} may hold programs or are of no use here. Choose safetensors, GGUF, JSON or tokenizer "
            "files.",
            names=_listed(pickles),
        )
    raise InputError(
        "Nothing in {repo} fits {patterns}. It has: {names}.",
        repo=repo,
        patterns=", ".join(include),
        names=_listed(safe) or "–",
    )


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:_NAMED]) + (", …" if len(every) > _NAMED else "")
