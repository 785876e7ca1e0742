"""A model that a stage begins from: found, grown, and open elsewhere with its chat template."""

from pathlib import Path

import pytest
import torch

from explorer.core import checkpoints
from explorer.core.training.parent import grown, open_parent, padded
from explorer.core.training.prepare import Plan
from explorer.errors import InputError
from explorer.text.chat import encode_chat
from explorer.text.chatml import SPECIAL_TOKENS, TEMPLATE
from explorer.text.templates import ChatMessage, TemplateRenderer
from explorer.text.tokenizer_files import huggingface_tokenizer
from tests.core.small import save_small_model, small_model
from tests.core.training.small_runs import make_run, train


@torch.no_grad()
def test_a_grown_model_says_what_it_said(tmp_path: Path) -> None:
    small = small_model()
    larger = grown(small, small.config.vocab_size + 3, seed=1)
    ids = torch.tensor([[5, 9, 2, 77]])
    count = small.config.vocab_size
    torch.testing.assert_close(larger(ids)[..., :count], small(ids), rtol=0, atol=1e-6)
    new = larger.embedding.weight[count:]
    assert len({tuple(row.tolist()) for row in new}) == 3  # each its own
    mean = small.embedding.weight.mean(0)
    assert float((new - mean).abs().max()) < 0.2 * float(small.embedding.weight.std())
    again = grown(small, count + 3, seed=1)
    assert torch.equal(again.embedding.weight, larger.embedding.weight)
    assert grown(small, count, seed=1) is small


def test_a_run_or_a_checkpoint_may_be_the_parent(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    with pytest.raises(InputError, match="has not saved a checkpoint yet"):
        open_parent(Plan(text="", stage="sft", parent=str(run.path)))
    train(run)
    checkpoint = run.newest_checkpoint()
    assert checkpoint is not None
    for path in (run.path, checkpoint):
        parent = open_parent(Plan(text="", stage="sft", parent=str(path)))
        assert parent.path == checkpoint and parent.tokenizer.special_tokens.keys() >= set(SPECIAL_TOKENS)
        assert parent.model.config.vocab_size == parent.tokenizer.n_vocab
    with pytest.raises(InputError, match="Choose a run or a checkpoint by --from"):
        open_parent(Plan(text="", stage="sft"))
    with pytest.raises(InputError, match="There is no model"):
        open_parent(Plan(text="", stage="sft", parent=str(tmp_path / "gone")))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_transformers_renders_a_chat_to_the_same_ids(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    parent = open_parent(Plan(text="", stage="sft", parent=str(save_small_model(tmp_path / "base"))))
    path = tmp_path / "chat"
    checkpoints.save(
        path, parent.model, huggingface_tokenizer(parent.tokenizer), name="x", step=1, card="# x"
    )
    messages = [
        ChatMessage("system", "Think before you answer."),
        ChatMessage("user", "Where does 中文 Ann live?"),
        ChatMessage("assistant", "<think> Ann. </think> In Oslo."),
        ChatMessage("user", "Sure?"),
    ]
    with TemplateRenderer() as renderer:
        ours = encode_chat(renderer, parent.tokenizer, TEMPLATE, messages, {})
    theirs = AutoTokenizer.from_pretrained(path)
    said = [{"role": message.role, "content": message.content} for message in messages]
    found = theirs.apply_chat_template(said, add_generation_prompt=True, return_dict=True)["input_ids"]
    assert found == ours.ids
    assert theirs.eos_token_id == parent.tokenizer.special_tokens["<|im_end|>"]
    model = AutoModelForCausalLM.from_pretrained(path)
    ends = model.generation_config.eos_token_id
    assert ends == [parent.tokenizer.special_tokens["<|im_end|>"], parent.tokenizer.end_of_text]


def test_rows_are_padded_at_their_ends() -> None:
    inputs, targets, weights = padded([[1, 2, 3], [4, 5]], [[0.0, 0.0, 1.0], [1.0, -2.0]], multiple=4)
    assert inputs.tolist() == [[1, 2, 0, 0], [4, 0, 0, 0]]
    assert targets.tolist() == [[2, 3, 0, 0], [5, 0, 0, 0]]
    assert weights.tolist() == [[0.0, 1.0, 0.0, 0.0], [-2.0, 0.0, 0.0, 0.0]]
