"""The stages `reward` and `rlhf`: a model of what is liked, and a policy that pleases it."""

import shutil
from collections.abc import Generator
from dataclasses import asdict, replace
from pathlib import Path

from explorer.core.loading import checkpoint_of
from explorer.core.runs import RunFolder, RunRecord
from explorer.core.storage import storage_errors
from explorer.core.training.folder import not_as_begun
from explorer.core.training.parent import Material, Parent, child_record, rate_for, write_start
from explorer.core.training.prepare import Plan, check_free, checked_recipe, new_folder, options_of
from explorer.core.training.presets import Recipe
from explorer.core.training.reinforcement.chat_task import ChatTask, Questions
from explorer.core.training.reinforcement.labelling import Labelled, label_by_person, label_by_rule
from explorer.core.training.reinforcement.options import RewardOptions, RlhfOptions
from explorer.core.training.reinforcement.policy_stage import Asking, PolicyOptimisation
from explorer.core.training.reinforcement.preferences import PREFERENCES_FILE
from explorer.core.training.reinforcement.problem_stages import (
    check_not_text,
    open_chatting_parent,
    recipe_for,
    reference_of,
    stored_options,
)
from explorer.core.training.reinforcement.reward_model import load_reward_model
from explorer.core.training.reinforcement.reward_stage import RewardModelling
from explorer.core.training.reinforcement.rules import RULES, find_rule
from explorer.core.training.stage import Opening
from explorer.errors import InputError
from explorer.protocol import TrainingStage
from explorer.text.encodings import load_tokenizer
from explorer.text.tokenizer_files import huggingface_tokenizer

JUDGE = "judge"
"""The reward model's checkpoint in the run's folder."""
_REWARD = Recipe(
    context=8,
    batch=1,
    steps=1,
    learning_rate=5e-4,
    cooldown=0.5,
    evaluate_every=10,
    sample_every_s=15.0,
)
_RLHF = Recipe(
    context=8,
    batch=1,
    steps=100,
    learning_rate=5e-4,
    cooldown=0.2,
    weight_decay=0.0,
    evaluate_every=10,
    sample_every_s=15.0,
)


def prepare_reward(plan: Plan, folder: Path) -> Generator[TrainingStage | RunRecord | None]:
    """Make the run folder, as `stages.prepare` says; where a rule chooses, the pairs are drawn here."""
    options = options_of(plan, RewardOptions)
    check_not_text(plan)
    checked_recipe(plan, _REWARD)
    find_rule(options.rule)
    with storage_errors(folder):
        check_free(folder.absolute())
    yield TrainingStage(stage="model", share=0.0)
    parent = open_chatting_parent(plan)
    with new_folder(folder) as partial:
        write_start(parent, partial)
        labelled = yield from _labelled(plan, options, parent, partial / PREFERENCES_FILE)
        recipe = _reward_recipe(plan, options, parent, labelled)
        material = Material(labelled.label, path=options.labels, skipped=labelled.skipped)
        record = child_record(plan, parent, recipe, material, asdict(options))
        RunFolder(partial).write_record(record)
    yield record


def _labelled(
    plan: Plan, options: RewardOptions, parent: Parent, file: Path
) -> Generator[TrainingStage | None, None, Labelled]:
    if options.labels:
        return label_by_person(Path(options.labels).expanduser(), file)
    return (yield from label_by_rule(plan, options, parent, file))


def _reward_recipe(plan: Plan, options: RewardOptions, parent: Parent, labelled: Labelled) -> Recipe:
    own = replace(
        _REWARD,
        context=parent.model.config.max_position_embeddings,
        batch=options.rows,
        steps=max(1, round(options.epochs * 0.8 * labelled.pairs / options.rows)),
        learning_rate=rate_for(parent.model, _REWARD.learning_rate),
    )
    return checked_recipe(plan, own)


def open_reward(opening: Opening) -> RewardModelling:
    """The stage for a sitting. Raises: DamagedFileError."""
    return RewardModelling(opening, stored_options(opening, RewardOptions))


def prepare_rlhf(plan: Plan, folder: Path) -> Generator[TrainingStage | RunRecord | None]:
    """Make the run folder, as `stages.prepare` says, with a copy of the reward model."""
    options = options_of(plan, RlhfOptions)
    check_not_text(plan)
    checked_recipe(plan, _RLHF)
    if not options.reward_model:
        raise InputError("The stage rlhf needs a judge. Choose a run of the stage reward by reward_model.")
    with storage_errors(folder):
        check_free(folder.absolute())
    yield TrainingStage(stage="model", share=0.0)
    parent = open_chatting_parent(plan)
    judge = checkpoint_of(Path(options.reward_model).expanduser()).absolute()
    load_reward_model(judge, parent.model.device)
    _check_same_vocabulary(parent, judge)
    recipe = recipe_for(plan, parent, options, _RLHF)
    rule = _rule_of(judge)
    liked = f"what pleases a reward model{f' of the rule {rule}' if rule else ''}"
    with new_folder(folder) as partial:
        write_start(parent, partial)
        shutil.copytree(judge, partial / JUDGE)
        material = Material(liked, path=str(judge))
        settings = {**asdict(options), "rule": rule}
        RunFolder(partial).write_record(child_record(plan, parent, recipe, material, settings))
    yield RunFolder(folder).record()


def _check_same_vocabulary(parent: Parent, judge: Path) -> None:
    theirs = huggingface_tokenizer(load_tokenizer(str(judge))).to_str()
    if theirs != huggingface_tokenizer(parent.tokenizer).to_str():
        raise InputError(
            "The reward model {judge} has another vocabulary than {name}. Train one from the same model.",
            judge=str(judge),
            name=parent.name,
        )


def _rule_of(judge: Path) -> str:
    """By which its pairs were labelled; empty where a person chose, or its run is not where it was."""
    try:
        record = RunFolder(judge.parent.parent).record()
    except InputError:
        return ""
    rule = str(record.options.get("rule", ""))
    return rule if rule in RULES and not record.options.get("labels") else ""


def open_rlhf(opening: Opening) -> PolicyOptimisation:
    """The stage for a sitting. Raises: DamagedFileError, InputError."""
    options = stored_options(opening, RlhfOptions)
    path = opening.folder.path / JUDGE
    if not path.is_dir():
        raise not_as_begun(path)
    judge = load_reward_model(path, opening.learner.model.device)
    rule = RULES.get(str(opening.record.options.get("rule", "")))
    questions = Questions(options.questions, opening.record.seed)
    task = ChatTask(opening.tokenizer, questions, judge, rule)
    asking = Asking(task, options, lambda record, step: _card(record, step, options))
    return PolicyOptimisation(opening, asking, options, reference_of(opening), leashed=True)


def _card(record: RunRecord, step: int, options: RlhfOptions) -> str:
    leash = f"a KL leash of weight {options.kl_weight:g}" if options.kl_weight else "no leash"
    return "\n".join(
        (
            f"# {record.name}",
            "",
            f"A chat model of {record.parameters:,} parameters: {record.parent}, trained further with LLM",
            f"Explorer for {step:,} of {record.steps:,} updates towards {record.text}, with {leash}.",
            f"Seed {record.seed}.",
            "",
            "Architecture: Qwen3 (opens in transformers, chat template included). Weights: fp32 safetensors.",
            "",
        )
    )
