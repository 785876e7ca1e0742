"""Pretraining that goes on from a model with another text: mid-training, or a text of one's own.

The vocabulary stays the model's; nothing but the text, and how fast it is learned, is new.
"""

from collections.abc import Generator
from pathlib import Path

from explorer.core.data.texts import find_text
from explorer.core.data.tokens import TokenData
from explorer.core.runs import TOKENS_FILE, RunFolder, RunRecord
from explorer.core.storage import storage_errors
from explorer.core.training.parent import Material, Parent, child_record, open_parent, rate_for, write_start
from explorer.core.training.prepare import (
    Plan,
    check_free,
    checked_recipe,
    new_folder,
    prepare_pretraining,
    text_read,
    write_tokens,
)
from explorer.core.training.presets import Recipe
from explorer.errors import InputError
from explorer.protocol import TextRead, TrainingStage

_RATE = 3e-3
"""At width 128: what was learned shall be built on, not washed away."""
_STEPS, _BATCH = 1000, 8


def prepare_from_text(plan: Plan, folder: Path) -> Generator[TrainingStage | TextRead | RunRecord | None]:
    """From nothing, or, where the plan names a parent, from that. As `prepare_pretraining` says."""
    return prepare_continued(plan, folder) if plan.parent else prepare_pretraining(plan, folder)


def prepare_continued(plan: Plan, folder: Path) -> Generator[TrainingStage | TextRead | RunRecord | None]:
    """As `prepare_pretraining`, with the vocabulary and the weights of the plan's parent.

    Raises: as `prepare_pretraining`, and DamagedFileError.
    """
    if plan.tokenizer != "bpe" or plan.vocab_size is not None:
        raise InputError(
            "A model that goes on learning keeps its vocabulary. Leave --tokenizer and --vocab-size out."
        )
    checked_recipe(plan, Recipe(context=8, batch=1, steps=1, learning_rate=1.0))
    with storage_errors(folder):
        check_free(folder.absolute())
    yield TrainingStage(stage="reading", share=0.0)
    source = yield from find_text(plan.text)
    parent = open_parent(plan, chats=False)
    recipe = _recipe(plan, parent)
    with new_folder(folder) as partial:
        write_start(parent, partial)
        encoded = yield from write_tokens(source, parent.tokenizer, partial / TOKENS_FILE)
        size = parent.tokenizer.n_vocab
        yield text_read(source, encoded, size, size)
        TokenData(partial / TOKENS_FILE, encoded.token_bytes, recipe.context)  # long enough, or said why not
        yield TrainingStage(stage="model", share=0.0)
        material = Material(
            source.label,
            source.path,
            encoded.tokens,
            encoded.token_bytes,
            encoded.fingerprint,
            source.skipped,
        )
        record = child_record(plan, parent, recipe, material, {})
        RunFolder(partial).write_record(record)
    yield record


def _recipe(plan: Plan, parent: Parent) -> Recipe:
    own = Recipe(
        context=parent.model.config.max_position_embeddings,
        batch=_BATCH,
        steps=_STEPS,
        learning_rate=rate_for(parent.model, _RATE),
        cooldown=0.6,
    )
    recipe = checked_recipe(plan, own)
    if recipe.context > own.context:
        raise InputError(
            "The model that it begins from has room for {room} tokens. Choose no longer context.",
            room=own.context,
        )
    return recipe
