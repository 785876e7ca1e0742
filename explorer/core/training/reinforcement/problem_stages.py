"""The stages `grpo` and `rejection`: from a model that chats to one that solves more problems than before."""

import shutil
from collections.abc import Generator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from explorer.core import checkpoints
from explorer.core.model import Transformer
from explorer.core.runs import RUN_FILE, START, RunFolder, RunRecord
from explorer.core.storage import storage_errors
from explorer.core.training.folder import not_as_begun
from explorer.core.training.parent import Material, Parent, child_record, open_parent, rate_for, write_start
from explorer.core.training.prepare import Plan, check_free, checked_recipe, new_folder, options_of
from explorer.core.training.presets import Recipe
from explorer.core.training.reinforcement.options import Drawing, GrpoOptions, ProblemChoice, RejectionOptions
from explorer.core.training.reinforcement.person_verifier import check_verifier
from explorer.core.training.reinforcement.policy_stage import Asking, PolicyOptimisation
from explorer.core.training.reinforcement.problem_task import ProblemTask
from explorer.core.training.reinforcement.prompts import check_chats
from explorer.core.training.reinforcement.rejection import RejectionSampling
from explorer.core.training.stage import Opening
from explorer.errors import InputError
from explorer.protocol import BUILT_IN_TEXT, TrainingStage
from explorer.text.encodings import load_tokenizer

VERIFIER_FILE = "verifier.py"
_GRPO_RATE, _REJECTION_RATE = 1e-4, 1e-3
"""At width 128. GRPO at 5e-4 fell from 47 % right to 17 % within 140 updates of the shipped chat model."""
_Kind = TypeVar("_Kind")


def prepare_grpo(plan: Plan, folder: Path) -> Generator[TrainingStage | RunRecord | None]:
    """Make the run folder, as `stages.prepare` says."""
    options = options_of(plan, GrpoOptions)
    return _prepared(plan, folder, options, replace(_RECIPE, learning_rate=_GRPO_RATE))


def prepare_rejection(plan: Plan, folder: Path) -> Generator[TrainingStage | RunRecord | None]:
    """Make the run folder, as `stages.prepare` says."""
    options = options_of(plan, RejectionOptions)
    return _prepared(plan, folder, options, replace(_RECIPE, steps=60, learning_rate=_REJECTION_RATE))


_RECIPE = Recipe(
    context=8,
    batch=1,
    steps=200,
    learning_rate=_GRPO_RATE,
    cooldown=0.2,
    weight_decay=0.0,
    evaluate_every=20,
    sample_every_s=15.0,
)
"""Context and batch are the model's and the options'."""


def _prepared(
    plan: Plan, folder: Path, options: GrpoOptions | RejectionOptions, recipe: Recipe
) -> Generator[TrainingStage | RunRecord | None]:
    check_not_text(plan)
    checked_recipe(plan, recipe)
    verifier = Path(options.verifier).expanduser() if options.verifier else None
    if verifier is not None:
        check_verifier(verifier)
    with storage_errors(folder):
        check_free(folder.absolute())
    yield TrainingStage(stage="model", share=0.0)
    parent = open_chatting_parent(plan)
    ProblemTask(parent.tokenizer, options, plan.seed)  # or said which problems there are
    recipe = recipe_for(plan, parent, options, recipe)
    label = f"problems: {options.kinds}, {options.lengths} steps"
    with new_folder(folder) as partial:
        write_start(parent, partial)
        if verifier is not None:
            shutil.copyfile(verifier, partial / VERIFIER_FILE)  # going on, the run is judged as before
        record = child_record(plan, parent, recipe, Material(label), asdict(options))
        RunFolder(partial).write_record(record)
    yield record


def check_not_text(plan: Plan) -> None:
    """Raises: InputError for what a stage that asks its own questions has no use for."""
    text = "" if plan.text == BUILT_IN_TEXT else plan.text
    for name, given in {"--text": text, "--batch": plan.batch, "--context": plan.context}.items():
        if given:
            raise InputError(
                "The stage {stage} draws its own questions and answers, so {name} means nothing to it. "
                "Leave it out, or choose by --set.",
                stage=plan.stage,
                name=name,
            )


def open_chatting_parent(plan: Plan) -> Parent:
    """The model to begin from. Raises: InputError if it has not learned to chat; DamagedFileError."""
    parent = open_parent(plan)
    check_chats(load_tokenizer(str(parent.path)), parent.name)
    return parent


def recipe_for(plan: Plan, parent: Parent, drawing: Drawing, recipe: Recipe) -> Recipe:
    """The stage's recipe for this model, with the person's numbers."""
    context = parent.model.config.max_position_embeddings
    if drawing.max_tokens >= context:
        raise InputError(
            "Answers of {tokens} tokens do not fit into the model's context of {context}. Choose a smaller "
            "max_tokens.",
            tokens=drawing.max_tokens,
            context=context,
        )
    own = replace(
        recipe,
        context=context,
        batch=drawing.problems * drawing.group,
        learning_rate=rate_for(parent.model, recipe.learning_rate),
        sample_tokens=drawing.max_tokens,
    )
    return checked_recipe(plan, own)


# ---------------------------------------------------------------- opening


def open_grpo(opening: Opening) -> PolicyOptimisation:
    """The stage for a sitting. Raises: DamagedFileError."""
    options = stored_options(opening, GrpoOptions)
    leashed = options.kl_weight > 0
    return PolicyOptimisation(
        opening, _asking(opening, options), options, reference_of(opening), leashed=leashed
    )


def open_rejection(opening: Opening) -> RejectionSampling:
    """The stage for a sitting. Raises: DamagedFileError."""
    options = stored_options(opening, RejectionOptions)
    return RejectionSampling(opening, _asking(opening, options), options)


def stored_options(opening: Opening, kind: type[_Kind]) -> _Kind:
    """As run.json has them. Raises: DamagedFileError."""
    try:
        return msgspec.convert(opening.record.options, kind)
    except msgspec.ValidationError as error:
        raise not_as_begun(opening.folder.path / RUN_FILE) from error


def reference_of(opening: Opening) -> Transformer:
    """The model as it was at the run's beginning. Raises: DamagedFileError, InputError."""
    return checkpoints.load(opening.folder.path / START, opening.learner.model.device)[0]


def _asking(opening: Opening, options: GrpoOptions | RejectionOptions) -> Asking:
    verifier = None
    if options.verifier:
        verifier = opening.folder.path / VERIFIER_FILE
        if not verifier.is_file():
            raise not_as_begun(verifier)
    task = ProblemTask(opening.tokenizer, options, opening.record.seed, verifier)
    return Asking(task, options, lambda record, step: _card(record, step, options))


def _card(record: RunRecord, step: int, options: ProblemChoice) -> str:
    ways = {"grpo": "group relative policy optimisation", "rejection": "rejection sampling"}
    judge = "a verifier of its user's" if options.verifier else "the built-in verifier"
    settings = ", ".join(f"{name} {value}" for name, value in record.options.items() if value != "")
    return "\n".join(
        (
            f"# {record.name}",
            "",
            f"A chat model of {record.parameters:,} parameters: {record.parent}, trained further with LLM",
            f"Explorer for {step:,} of {record.steps:,} updates by {ways[record.stage]} on {record.text},",
            f"its answers judged by {judge}. Seed {record.seed}.",
            f"Settings: {settings}.",
            "",
            "Architecture: Qwen3 (opens in transformers, chat template included). Weights: fp32 safetensors.",
            "",
        )
    )
