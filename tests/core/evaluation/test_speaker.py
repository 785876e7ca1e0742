"""Real small models, asked many things at once."""

import math
from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest
import torch

from explorer.core.evaluation import Reply, Speaker
from explorer.core.evaluation.documents import held_out_texts
from explorer.core.evaluation.likelihood import bits_per_byte
from explorer.core.model import Transformer
from explorer.text.chatml import SPECIAL_TOKENS, TEMPLATE, THINK_LINE
from explorer.text.foreign import Speech
from explorer.text.specials import with_special_tokens
from explorer.text.templates import ChatMessage, TemplateRenderer
from tests.core.small import small_model, small_tokenizer

T = TypeVar("T")
WITHOUT_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
PROMPTS = [
    [ChatMessage("user", "the")],
    [ChatMessage("system", THINK_LINE), ChatMessage("user", "the bread, the")],
    [ChatMessage("user", "a")],
]


def done(working: Generator[object, None, T]) -> T:
    while True:
        try:
            next(working)
        except StopIteration as end:
            return end.value


@pytest.fixture
def renderer() -> Iterator[TemplateRenderer]:
    with TemplateRenderer() as renderer:
        yield renderer


def model_for(vocab_size: int) -> Transformer:
    return small_model(vocab_size, context=160)


def speaker(renderer: TemplateRenderer, template: str | None) -> Speaker:
    tokenizer = with_special_tokens(small_tokenizer(), SPECIAL_TOKENS)
    stop = (tokenizer.special_tokens["<|im_end|>"],)
    return Speaker(model_for(tokenizer.n_vocab), tokenizer, Speech(template, {}, stop), renderer)


def test_many_are_asked_as_one_would_be(renderer: TemplateRenderer) -> None:
    asked = speaker(renderer, TEMPLATE)
    together = done(asked(PROMPTS * 30, max_tokens=12))
    alone = [done(asked([prompt], max_tokens=12))[0] for prompt in PROMPTS]
    assert together == alone * 30 and asked.chats


def test_chance_falls_by_seed(renderer: TemplateRenderer) -> None:
    asked = speaker(renderer, TEMPLATE)

    def drawn(seed: int) -> list[Reply]:
        return done(asked(PROMPTS * 3, max_tokens=12, temperature=1.0, seed=seed))

    assert drawn(1) == drawn(1) != drawn(2)
    assert len({reply.text for reply in drawn(1)}) > 3


def test_a_template_without_a_system_hears_its_line_from_the_person(renderer: TemplateRenderer) -> None:
    assert len(done(speaker(renderer, WITHOUT_SYSTEM)(PROMPTS, max_tokens=4))) == 3


def test_a_model_without_conversations_is_asked_in_a_document(renderer: TemplateRenderer) -> None:
    asked = speaker(renderer, None)
    replies = done(asked(PROMPTS, max_tokens=20))
    assert not asked.chats and all("\n" not in reply.text for reply in replies)


def test_a_prompt_that_is_too_long_loses_its_beginning(renderer: TemplateRenderer) -> None:
    long = [ChatMessage("user", "the " * 500)]
    assert len(done(speaker(renderer, TEMPLATE)([long], max_tokens=500))) == 1


def test_bits_per_byte_are_those_of_each_token_by_itself() -> None:
    tokenizer, texts = small_tokenizer(), ["the bread", "in the end the the " * 20]
    model = model_for(tokenizer.n_vocab)
    found = done(bits_per_byte(model, tokenizer, texts))
    nats = 0.0
    for text in texts:
        ids = [tokenizer.end_of_text, *tokenizer.encode(text)]
        for start in range(0, len(ids) - 1, 160):
            row = torch.tensor([ids[start : start + 161]])
            logprobs = model(row[:, :-1]).detach().log_softmax(-1)
            nats -= float(logprobs.gather(2, row[:, 1:, None]).sum())
    size = sum(len(text.encode()) for text in texts)
    assert found.value == pytest.approx(nats / math.log(2) / size, rel=1e-4)
    assert found.n == 2


def test_held_out_documents_differ_by_seed() -> None:
    assert held_out_texts(1, 5) == held_out_texts(1, 5) != held_out_texts(2, 5)
    assert all(len(text) > 10 for text in held_out_texts(3, 20))
