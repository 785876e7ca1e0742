"""Stages that go on from a model: what is taken over from it, and what their run folders begin with.

Special tokens are added here, at post-training, not reserved at the beginning: the ids of the text stay what
they were, so whatever was known of the base holds for its children, and a vocabulary of characters or one
that somebody else began can be made to chat too. The embedding grows by a row for each.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from explorer import __version__
from explorer.core import checkpoints
from explorer.core.families import qwen3
from explorer.core.loading import checkpoint_of
from explorer.core.model import Transformer
from explorer.core.runs import START, RunFolder, RunRecord
from explorer.core.training.prepare import Plan
from explorer.core.training.presets import Recipe
from explorer.errors import InputError
from explorer.text.chatml import SPECIAL_TOKENS
from explorer.text.encodings import load_tokenizer
from explorer.text.specials import with_special_tokens
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import huggingface_tokenizer, save_tokenizer

_APART = 0.02
"""How far, as a share of an embedding's size, new rows lie from the mean of the old ones."""


@dataclass(frozen=True)
class Parent:
    """The model that a stage begins from, with the tokens of a chat if the stage wants them."""

    path: Path
    """Of the checkpoint."""
    name: str
    model: Transformer
    tokenizer: Tokenizer


@dataclass(frozen=True)
class Material:
    """What a stage learns from, for run.json."""

    label: str
    """In words for a person."""
    path: str = ""
    tokens: int = 0
    token_bytes: int = 2
    fingerprint: str = ""
    skipped: int = 0


def open_parent(plan: Plan, *, chats: bool = True) -> Parent:
    """Load what `plan.parent` (a checkpoint, or a run) says; with `chats`, make it ready to chat.

    Raises: InputError (none was said, or it cannot be trained on), DamagedFileError.
    """
    if not plan.parent:
        raise InputError(
            "The stage {stage} begins from a model. Choose a run or a checkpoint by --from.", stage=plan.stage
        )
    path = checkpoint_of(Path(plan.parent).expanduser()).absolute()
    model, _, info = checkpoints.load(path)
    tokenizer = load_tokenizer(str(path))
    if chats:
        tokenizer = with_special_tokens(tokenizer, SPECIAL_TOKENS)
    return Parent(path, info.name, grown(model, tokenizer.n_vocab, plan.seed), tokenizer)


def grown(model: Transformer, vocab_size: int, seed: int) -> Transformer:
    """The same model with an embedding (and head) of `vocab_size` rows, if it has fewer.

    A new row is the mean of the others, with a little noise to tell it from its like: the model holds the
    new token for as likely as an average one. Source: Hewitt (2021), "Initializing new word embeddings".
    """
    missing = vocab_size - model.config.vocab_size
    if missing <= 0:
        return model
    larger = Transformer(replace(model.config, vocab_size=vocab_size))
    generator = torch.Generator().manual_seed(seed)
    state = model.state_dict()
    for name in ("embedding.weight", "head.weight"):
        if name in state:
            old = state[name]
            mean = old.mean(dim=0, keepdim=True)
            size = float((old - mean).pow(2).mean().sqrt())
            noise = torch.randn(missing, old.shape[1], generator=generator) * size * _APART
            state[name] = torch.cat([old, mean + noise])
    larger.load_state_dict(state)
    return larger


def write_start(parent: Parent, partial: Path) -> None:
    """Put the model that the run begins from, and its vocabulary, into the run's folder."""
    save_tokenizer(parent.tokenizer, partial)
    checkpoints.save(
        partial / START,
        parent.model,
        huggingface_tokenizer(parent.tokenizer),
        name=parent.name,
        step=0,
        card=f"# {parent.name}\n\nWhere a run of LLM Explorer began: {parent.path}\n",
    )


def child_record(
    plan: Plan, parent: Parent, recipe: Recipe, material: Material, options: Mapping[str, Any]
) -> RunRecord:
    """run.json of a stage that begins from `parent`."""
    return RunRecord(
        name=plan.name or f"{parent.name} · {plan.stage}",
        stage=plan.stage,
        preset=_preset_of(parent.path),
        text=material.label,
        text_path=material.path,
        files_skipped=material.skipped,
        created_s=time.time(),
        seed=plan.seed,
        steps=recipe.steps,
        tokenizer=parent.tokenizer.name,
        vocab_size=parent.tokenizer.n_vocab,
        parameters=parent.model.parameter_count(),
        model=qwen3.config_to_json(parent.model.config),
        recipe=asdict(recipe),
        tokens=material.tokens,
        token_bytes=material.token_bytes,
        fingerprint=material.fingerprint,
        versions={"llm-explorer": __version__, "torch": version("torch")},
        parent=str(parent.path),
        options=dict(options),
    )


def rate_for(model: Transformer, at_width_128: float) -> float:
    """A learning rate for later stages: the wider the model, the lower, as its first training had it."""
    return at_width_128 * 128 / model.config.hidden_size


def _preset_of(checkpoint: Path) -> str:
    """The preset of the run that the checkpoint is in, if it is in one."""
    run = RunFolder(checkpoint.parent.parent)
    try:
        return run.record().preset
    except InputError:
        return ""


def padded(
    rows: Sequence[Sequence[int]], weights: Sequence[Sequence[float]], multiple: int = 16
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Streams of ids and a weight for each id, as inputs, targets and targets' weights (B, T).

    Rows end in padding without weight; T is the longest row's, rounded up so that few shapes occur.
    """
    longest = max(map(len, rows)) - 1
    T = -(-longest // multiple) * multiple
    inputs = torch.zeros(len(rows), T, dtype=torch.long)
    targets = torch.zeros_like(inputs)
    chosen = torch.zeros(len(rows), T)
    for row, (ids, weight) in enumerate(zip(rows, weights, strict=True)):
        count = len(ids) - 1
        inputs[row, :count] = torch.tensor(ids[:-1])
        targets[row, :count] = torch.tensor(ids[1:])
        chosen[row, :count] = torch.tensor(weight[1:])
    return inputs, targets, chosen
