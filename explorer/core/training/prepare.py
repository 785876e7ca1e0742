"""From a text to a run that can begin: vocabulary, token ids, run.json. All of it or nothing is left."""

import os
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import torch

from explorer import __version__
from explorer.core.data.texts import TextSource, beginning, characters_of, find_text
from explorer.core.data.tokens import Encoded, TokenData, encode_to_file
from explorer.core.families import qwen3
from explorer.core.model import ModelConfig, Transformer
from explorer.core.runs import CHECKPOINTS, TOKENS_FILE, RunFolder, RunRecord
from explorer.core.storage import atomic_folder, storage_errors
from explorer.core.training.learner import uneven_batch
from explorer.core.training.presets import Preset, Recipe, find_preset
from explorer.errors import InputError
from explorer.protocol import TextRead, TrainingStage
from explorer.text.bpe import Merged, PiecesCounted, Trained, train_bpe
from explorer.text.characters import build_characters
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import find_tokenizer_file, read_tokenizer, save_tokenizer

_LEARNED_FROM = 8_000_000
"""Characters of the text that a vocabulary is learned from: more changes no merge that matters."""
_STEPS_AT_MOST = 10_000_000
_LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Plan:
    """What a person asked for; None leaves it to the preset."""

    text: str
    preset: str = "nano"
    tokenizer: str = "bpe"
    """As `StartTraining.tokenizer`."""
    vocab_size: int | None = None
    steps: int | None = None
    seed: int = 1
    name: str = ""
    context: int | None = None
    batch: int | None = None
    learning_rate: float | None = None
    milestones: int | None = None
    """Checkpoints of the way that are kept for good."""
    optimizer: Literal["adamw", "muon"] | None = None
    stage: str = "pretrain"
    parent: str = ""
    """The checkpoint (or run) to begin from; without one, pretraining begins from nothing."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    """What only this stage knows, as typed."""
    processes: int = 1
    """That share each batch."""


def checked_recipe(plan: Plan, recipe: Recipe) -> Recipe:
    """`recipe` with the person's numbers. Raises: InputError."""
    wishes = {
        "context": (plan.context, 8, 65_536),
        "batch": (plan.batch, 1, 65_536),
        "steps": (plan.steps, 1, _STEPS_AT_MOST),
        "learning_rate": (plan.learning_rate, 1e-9, 1.0),
        "milestones": (plan.milestones, 0, 1000),
    }
    for name, (value, lowest, highest) in {**wishes, "seed": (plan.seed, 0, _LARGEST_SEED)}.items():
        if value is not None and not lowest <= value <= highest:
            raise InputError(
                "{name} cannot be {value}. Choose a number from {lowest} to {highest}.",
                name=name,
                value=value,
                lowest=lowest,
                highest=highest,
            )
    chosen = {name: value for name, (value, _, _) in wishes.items() if value is not None}
    recipe = replace(recipe, **chosen, optimizer=plan.optimizer or recipe.optimizer)
    if recipe.batch % plan.processes:
        raise uneven_batch(recipe.batch, plan.processes)
    return recipe


def prepare_pretraining(plan: Plan, folder: Path) -> Generator[TrainingStage | TextRead | RunRecord | None]:
    """Make the run folder. Yields progress (None: nothing new to tell), at last the record.

    Raises: InputError (text, preset or numbers that cannot be used), StorageError. Closed or failed, it
    leaves nothing behind.
    """
    preset = find_preset(plan.preset)
    recipe = checked_recipe(plan, preset.recipe)
    with storage_errors(folder):
        check_free(folder.absolute())  # before a text is read for a folder that cannot be
    yield TrainingStage(stage="reading", share=0.0)
    source = yield from find_text(plan.text)
    with new_folder(folder) as partial:
        tokenizer = yield from _learn_tokenizer(plan, preset, source)
        save_tokenizer(tokenizer, partial)
        encoded = yield from write_tokens(source, tokenizer, partial / TOKENS_FILE)
        yield text_read(source, encoded, tokenizer.n_vocab, _vocab_wanted(plan, preset, tokenizer))
        TokenData(partial / TOKENS_FILE, encoded.token_bytes, recipe.context)  # long enough, or said why not
        yield TrainingStage(stage="model", share=0.0)
        record = _record(plan, preset, recipe, source, tokenizer, encoded)
        RunFolder(partial).write_record(record)
    yield record


_Options = TypeVar("_Options", bound=Any)


def options_of(plan: Plan, kind: type[_Options]) -> _Options:
    """The stage's own settings, of the dataclass `kind`, from what was typed. Raises: InputError."""
    known = [each.name for each in fields(kind)]
    for name in plan.options:
        if name not in known:
            raise InputError(
                "The stage {stage} has no setting {name}. Choose one of: {known}.",
                stage=plan.stage,
                name=name,
                known=", ".join(known),
            )
    try:
        return msgspec.convert(plan.options, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InputError(
            "A setting of the stage {stage} has a value that it cannot have ({reason}). Write it again.",
            stage=plan.stage,
            reason=str(error),
        ) from error


@contextmanager
def new_folder(folder: Path) -> Generator[Path]:
    """A folder to fill, which takes its name when what is inside has gone well; else nothing is left.

    Raises: InputError if a run cannot be made there; StorageError.
    """
    with storage_errors(folder):
        folder = folder.absolute()
        check_free(folder)
    with _no_parents_left(folder), atomic_folder(folder) as partial:
        yield partial
        (partial / CHECKPOINTS).mkdir()
        check_free(folder)  # somebody else may have been quicker


def check_free(folder: Path) -> None:
    """Raises: InputError if a run cannot be made here."""
    if RunFolder(folder).exists:
        raise InputError(
            "{folder} holds a run already. Go on with it by --resume, or choose another folder.",
            folder=str(folder),
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("{folder} is there already. Choose a new folder.", folder=str(folder))
    if folder == Path.cwd() or folder in Path.cwd().parents or not folder.name.strip("."):
        raise InputError("{folder} is where you are now. Choose a new folder inside it.", folder=str(folder))


@contextmanager
def _no_parents_left(folder: Path) -> Generator[None]:
    """If what is inside fails, folders above `folder` that it made go again."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for parent in missing:
                parent.rmdir()
        raise


class Announced:
    """Tells of a stage's progress when it has come a percent further."""

    def __init__(self, stage: Literal["tokenizer", "tokens", "pairs"]) -> None:
        self._stage: Literal["tokenizer", "tokens", "pairs"] = stage
        self._said = -1.0

    def __call__(self, share: float) -> TrainingStage | None:
        """The news, if there is any."""
        if share < self._said + 0.01:
            return None
        self._said = share
        return TrainingStage(stage=self._stage, share=share)


def _learn_tokenizer(
    plan: Plan, preset: Preset, source: TextSource
) -> Generator[TrainingStage | None, None, Tokenizer]:
    """Yields progress; returns the tokenizer."""
    text = beginning(source, _LEARNED_FROM)
    if not text.strip():
        raise InputError("The text is empty. Choose one with something to learn from.")
    if plan.tokenizer == "characters":
        return build_characters((yield from characters_of(source)))
    if plan.tokenizer != "bpe":
        return _ready_tokenizer(plan)
    announce = Announced("tokenizer")
    for fact in train_bpe(text, preset.vocab_size if plan.vocab_size is None else plan.vocab_size):
        match fact:
            case Trained(tokenizer=tokenizer):
                return tokenizer
            case PiecesCounted(share=share):
                yield announce(share / 2)
            case Merged(share=share):
                yield announce((1 + share) / 2)
    raise AssertionError("training ends with Trained")


def _ready_tokenizer(plan: Plan) -> Tokenizer:
    """One that was learned before. Raises: InputError, DamagedFileError."""
    file = find_tokenizer_file(Path(os.path.expanduser(plan.tokenizer)))  # noqa: PTH111
    if file is None:
        raise InputError(
            "There is no tokenizer in {path}. Choose bpe, characters, or the folder of a tokenizer.",
            path=plan.tokenizer,
        )
    if plan.vocab_size is not None:
        raise InputError(
            "The tokenizer in {path} has its size already. Leave the size of the vocabulary out.",
            path=plan.tokenizer,
        )
    return read_tokenizer(file)


def write_tokens(
    source: TextSource, tokenizer: Tokenizer, path: Path
) -> Generator[TrainingStage | None, None, Encoded]:
    """The text's ids as a file. Yields progress (None: nothing new to tell); returns what there was."""
    announce = Announced("tokens")
    for fact in encode_to_file(source, tokenizer, path):
        if isinstance(fact, Encoded):
            return fact
        yield announce(fact)
    raise AssertionError("encoding ends with Encoded")


def text_read(source: TextSource, encoded: Encoded, vocab_size: int, vocab_wanted: int) -> TextRead:
    """What was read."""
    return TextRead(
        documents=encoded.report.documents,
        files_skipped=source.skipped,
        lines_skipped=encoded.report.skipped,
        examples=tuple(encoded.report.examples),
        vocab_size=vocab_size,
        vocab_wanted=vocab_wanted,
    )


def _vocab_wanted(plan: Plan, preset: Preset, tokenizer: Tokenizer) -> int:
    """Characters are as many as there are, so a vocabulary of them is never too large."""
    wanted = preset.vocab_size if plan.vocab_size is None else plan.vocab_size
    return wanted if plan.tokenizer == "bpe" else tokenizer.n_vocab


def model_config(preset: Preset, vocab_size: int, context: int) -> ModelConfig:
    """The preset's shape for a vocabulary and a context."""
    return ModelConfig(
        vocab_size=vocab_size,
        hidden_size=preset.width,
        intermediate_size=preset.inner,
        num_hidden_layers=preset.layers,
        num_attention_heads=preset.heads,
        num_key_value_heads=preset.key_value_heads,
        head_dim=preset.width // preset.heads,
        max_position_embeddings=context,
    )


def _record(
    plan: Plan, preset: Preset, recipe: Recipe, source: TextSource, tokenizer: Tokenizer, encoded: Encoded
) -> RunRecord:
    config = model_config(preset, tokenizer.n_vocab, recipe.context)
    with torch.device("meta"):
        parameters = Transformer(config).parameter_count()
    return RunRecord(
        name=plan.name or f"{source.label} · {preset.name}",
        preset=preset.name,
        text=source.label,
        text_path=source.path,
        files_skipped=source.skipped,
        created_s=time.time(),
        seed=plan.seed,
        steps=recipe.steps,
        tokenizer=tokenizer.name,
        vocab_size=tokenizer.n_vocab,
        parameters=parameters,
        model=qwen3.config_to_json(config),
        recipe=asdict(recipe),
        tokens=encoded.tokens,
        token_bytes=encoded.token_bytes,
        fingerprint=encoded.fingerprint,
        versions={"llm-explorer": __version__, "torch": version("torch")},
    )
