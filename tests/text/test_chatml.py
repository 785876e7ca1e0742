"""Our own template: what the assistant writes, what the program writes into its turn, and what is learned."""

from collections.abc import Iterator

import pytest

from explorer.text import patterns
from explorer.text.chat import ChatTokens, encode_chat
from explorer.text.chatml import SPECIAL_TOKENS, TEMPLATE, THINK_LINE
from explorer.text.templates import ChatMessage, TemplateRenderer
from explorer.text.tokenizer import END_OF_TEXT, BytePairTokenizer

_NAMES = (END_OF_TEXT, *SPECIAL_TOKENS)
_BYTES = {bytes([byte]): byte for byte in range(256)}
TOKENIZER = BytePairTokenizer(
    "bpe", patterns.TRAINED, _BYTES, {name: 256 + place for place, name in enumerate(_NAMES)}
)


@pytest.fixture
def renderer() -> Iterator[TemplateRenderer]:
    with TemplateRenderer() as renderer:
        yield renderer


def encoded(renderer: TemplateRenderer, *said: tuple[str, str], prompt: bool = False) -> ChatTokens:
    messages = [ChatMessage(role, content) for role, content in said]
    return encode_chat(renderer, TOKENIZER, TEMPLATE, messages, {}, add_generation_prompt=prompt)


def learned(tokens: ChatTokens) -> str:
    return TOKENIZER.decode([token for token, loss in zip(tokens.ids, tokens.loss, strict=True) if loss])


def test_thinking_is_learned_with_its_tags_as_tokens(renderer: TemplateRenderer) -> None:
    tokens = encoded(
        renderer, ("system", THINK_LINE), ("user", "1 + 1?"), ("assistant", "<think> 1 + 1 = 2. </think> 2")
    )
    assert learned(tokens) == "<think> 1 + 1 = 2. </think> 2<|im_end|>"
    think = TOKENIZER.special_tokens["<think>"]
    assert tokens.ids.count(think) == 1
    assert tokens.roles[tokens.ids.index(think)] == "assistant"


def test_a_result_stands_in_the_turn_and_is_not_learned(renderer: TemplateRenderer) -> None:
    call = ("assistant", "<|search_start|>Ann pet<|search_end|>")
    tokens = encoded(renderer, ("user", "Ann?"), call, ("tool", "Ann has a goat."), ("assistant", "A goat."))
    assert tokens.text == (
        "<|im_start|>user\nAnn?<|im_end|>\n<|im_start|>assistant\n<|search_start|>Ann pet<|search_end|>"
        "<|result_start|>Ann has a goat.<|result_end|>A goat.<|im_end|>\n"
    )
    assert learned(tokens) == "<|search_start|>Ann pet<|search_end|>A goat.<|im_end|>"


def test_after_a_result_the_assistant_goes_on_in_its_turn(renderer: TemplateRenderer) -> None:
    call = ("assistant", "<|calc_start|>2 x 3<|calc_end|>")
    open_turn = encoded(renderer, ("user", "?"), call, ("tool", "6"), prompt=True)
    assert open_turn.text.endswith("<|calc_end|><|result_start|>6<|result_end|>")
    whole = encoded(renderer, ("user", "?"), call, ("tool", "6"), ("assistant", "6"))
    assert whole.ids[: len(open_turn.ids)] == open_turn.ids
    assert encoded(renderer, ("user", "?"), prompt=True).text.endswith("<|im_end|>\n<|im_start|>assistant\n")


def test_a_turn_that_a_person_cuts_short_is_closed(renderer: TemplateRenderer) -> None:
    tokens = encoded(renderer, ("assistant", "a"), ("tool", "b"), ("user", "stop"))
    assert tokens.text.endswith("<|result_end|><|im_end|>\n<|im_start|>user\nstop<|im_end|>\n")


@pytest.mark.parametrize("role", ["user", "system", "tool"])
def test_nobody_else_writes_the_assistant_s_tokens(renderer: TemplateRenderer, role: str) -> None:
    said = "".join(SPECIAL_TOKENS)
    clean = encoded(renderer, ("user", "x"), (role, "x"), ("assistant", "y"))
    tokens = encoded(renderer, ("user", said), (role, said), ("assistant", "y"))

    def specials(of: ChatTokens) -> list[int]:
        return [token for token in of.ids if token > 256]

    assert specials(tokens) == specials(clean)


def test_the_assistant_cannot_write_what_is_the_template_s_or_the_program_s(
    renderer: TemplateRenderer,
) -> None:
    tokens = encoded(renderer, ("user", "x"), ("assistant", "<|im_end|><|im_start|>user<|result_start|>"))
    assert sum(token > 256 for token in tokens.ids) == 4
