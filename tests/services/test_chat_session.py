"""A session that speaks: whose token is whose, tools that write into it, and a template that hangs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.errors import InputError
from explorer.protocol import (
    ChatTurn,
    Distribution,
    DropTokens,
    Generate,
    GenerationEnded,
    LoadModel,
    ModelLoaded,
    PromptSet,
    RemoveLast,
    SamplerSettings,
    SetChat,
    SetPrompt,
    StreamToken,
    TokensDropped,
    TokensWritten,
    WriteTokens,
    WrittenPart,
)
from tests.core.small import save_small_model
from tests.services.chat_model import (
    CONTEXT,
    SPECIAL,
    chat_tokenizer,
    save_chat_model,
    save_foreign_chat_model,
)
from tests.services.inference_engine import Engine, drawn, kinds

TOKENIZER = chat_tokenizer()
SAMPLER = SamplerSettings(seed=3)
GREETING = [ChatTurn(role="system", content="Be kind."), ChatTurn(role="user", content="Who is the king? 😀")]
ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_chat_model(tmp_path_factory.mktemp("models") / "chatty")


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    made = Engine()
    made.ask(LoadModel(job="a", path=str(folder), device="cpu"))
    yield made
    made.service.close()


def chat(messages: list[ChatTurn], **options: object) -> SetChat:
    return SetChat(job="a", messages=messages, sampler=SAMPLER, **options)  # type: ignore[arg-type]


def prompt_of(engine: Engine, command: SetChat) -> PromptSet:
    prompt, bars = engine.ask(command)
    assert isinstance(prompt, PromptSet)
    assert isinstance(bars, Distribution)
    return prompt


def said_by(tokens: list[StreamToken], role: str, turn: int | None = None) -> str:
    return TOKENIZER.decode([token.id for token in tokens if (token.role, token.turn) == (role, turn)])


def test_a_loaded_model_says_how_it_is_spoken_with(folder: Path, tmp_path: Path) -> None:
    engine = Engine()
    (loaded,) = engine.ask(LoadModel(job="a", path=str(folder), device="cpu"))
    (mute,) = engine.ask(LoadModel(job="b", path=str(save_small_model(tmp_path / "m")), device="cpu"))
    assert isinstance(loaded, ModelLoaded) and isinstance(mute, ModelLoaded)
    assert (loaded.has_template, loaded.template_name) == (True, "ChatML")
    assert (mute.has_template, mute.template_name) == (False, "")
    assert loaded.special_tokens == list(SPECIAL)


@pytest.mark.parametrize("temperature", [0.6, -1.0])
def test_a_suggestion_is_offered_if_it_makes_sense(temperature: float, tmp_path: Path) -> None:
    said = {"do_sample": True, "temperature": temperature, "top_p": 0.9}
    path = save_foreign_chat_model(tmp_path / "theirs", said)
    (loaded,) = Engine().ask(LoadModel(job="a", path=str(path), device="cpu"))
    assert isinstance(loaded, ModelLoaded)
    expected = SamplerSettings(temperature=0.6, top_p=0.9) if temperature > 0 else None
    assert loaded.suggested_sampler == expected


def test_every_token_of_a_conversation_has_its_author(engine: Engine) -> None:
    tokens = prompt_of(engine, chat(GREETING)).tokens
    assert said_by(tokens, "system", 0) == "Be kind."
    assert said_by(tokens, "user", 1) == "Who is the king? 😀"
    frame = said_by(tokens, "template")
    assert frame == ("<|im_start|>system\n<|im_end|>\n<|im_start|>user\n<|im_end|>\n<|im_start|>assistant\n")
    assert {token.text for token in tokens if token.special} == {"<|im_start|>", "<|im_end|>"}
    assert all(token.logprob is not None for token in tokens[1:])


def test_what_the_model_draws_is_the_assistants_in_the_next_turn(engine: Engine) -> None:
    prompt_of(engine, chat(GREETING))
    events = engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=4))
    assert len(drawn(events)) == 4
    session = engine.service._talks["a"].session
    assert session is not None
    assert [tuple(author) for author in session.authors[-4:]] == [("assistant", 2)] * 4


def test_a_texts_tokens_are_nobodys(engine: Engine) -> None:
    prompt_of(engine, chat(GREETING))
    prompt, _ = engine.ask(SetPrompt(job="a", text="<|im_start|>system\nBe", sampler=SAMPLER))
    assert isinstance(prompt, PromptSet)
    assert {(token.role, token.turn) for token in prompt.tokens} == {("", None)}


def test_a_special_tokens_name_in_a_message_is_text(engine: Engine) -> None:
    tokens = prompt_of(engine, chat([ChatTurn(role="user", content="<|im_end|><|endoftext|>")])).tokens
    assert said_by(tokens, "user", 0) == "<|im_end|><|endoftext|>"
    assert not any(token.special for token in tokens if token.role == "user")


def test_a_growing_conversation_is_read_on_from_where_it_was(engine: Engine) -> None:
    before = prompt_of(engine, chat(GREETING, add_generation_prompt=False))
    session = engine.service._talks["a"].session
    assert session is not None
    read: list[int] = []
    original = session._read
    session._read = lambda ids: (read.extend(ids), original(ids))[1]  # type: ignore[method-assign]
    longer = [*GREETING, ChatTurn(role="assistant", content="You."), ChatTurn(role="user", content="Why?")]
    after = prompt_of(engine, chat(longer))
    assert len(read) == len(after.tokens) - len(before.tokens)
    assert said_by(after.tokens, "assistant", 2) == "You."


def test_options_and_other_templates_reach_the_renderer(engine: Engine) -> None:
    quick = prompt_of(engine, chat(GREETING, options={"quick": True}))
    assert said_by(quick.tokens, "template").endswith("assistant\nQuick:")
    other = prompt_of(engine, chat(GREETING, template="{{ messages[1].content }}!"))
    assert TOKENIZER.decode([token.id for token in other.tokens]) == "Who is the king? 😀!"
    nothing = prompt_of(engine, chat(GREETING, template="{# nothing #}"))
    assert [token.id for token in nothing.tokens] == [TOKENIZER.end_of_text]


def test_a_long_conversation_is_cut_and_keeps_its_authors(engine: Engine) -> None:
    long = [*GREETING, ChatTurn(role="user", content="x" * CONTEXT)]
    prompt = prompt_of(engine, chat(long))
    assert prompt.truncated > 0
    tokens = prompt.tokens
    assert len(tokens) < CONTEXT
    assert TOKENIZER.decode([token.id for token in tokens if token.turn == 2]).strip("x") == ""
    assert [token.role for token in tokens[-11:]] == ["template"] * 11


def test_a_conversation_whose_engine_died_comes_back(engine: Engine) -> None:
    prompt = prompt_of(engine, chat(GREETING, continuation=TOKENIZER.encode("the king")))
    assert [(token.role, token.turn) for token in prompt.continuation] == [("assistant", 2)] * len(
        TOKENIZER.encode("the king")
    )


def test_a_model_without_a_template_says_so(engine: Engine, tmp_path: Path) -> None:
    engine.ask(LoadModel(job="a", path=str(save_small_model(tmp_path / "mute")), device="cpu"))
    assert engine.ask(chat(GREETING)) == []
    assert "no chat template" in str(engine.errors[0])


@pytest.mark.parametrize("template", ["{{ raise_exception('no system') }}", "{% if %}"])
def test_a_template_that_refuses_leaves_the_session_as_it_was(engine: Engine, template: str) -> None:
    before = prompt_of(engine, chat(GREETING))
    assert engine.ask(chat([], template=template)) == []
    assert isinstance(engine.errors[0], InputError)
    assert prompt_of(engine, chat(GREETING)) == before


# ---------------------------------------------------------------- tools


def test_a_run_stops_after_the_token_that_completes_a_text(engine: Engine) -> None:
    end = TOKENIZER.special_tokens["<|search_end|>"]
    wish = SamplerSettings(temperature=0.0, logit_bias={ord("k"): 300.0})
    prompt_of(engine, chat(GREETING))
    stopped = engine.ask(Generate(job="a", sampler=wish, stop_texts=["q", "kkk"], max_tokens=9))
    assert stopped[-1] == GenerationEnded(job="a", stop_reason="stop_text", tokens=3, stop_text="kkk")
    again = engine.ask(Generate(job="a", sampler=wish, stop_texts=["kkk"], max_tokens=9))[-1]
    assert isinstance(again, GenerationEnded)
    assert again.tokens == 1, "what stood there before counts too"
    special = SamplerSettings(temperature=0.0, logit_bias={end: 300.0})
    last = engine.ask(Generate(job="a", sampler=special, stop_texts=["<|search_end|>"]))[-1]
    assert isinstance(last, GenerationEnded)
    assert (last.stop_reason, last.tokens) == ("stop_text", 1)


def test_a_tool_writes_into_the_stream_and_the_model_goes_on(engine: Engine) -> None:
    prompt = prompt_of(engine, chat(GREETING))
    engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=3))
    parts = [
        WrittenPart(text="<|search_start|>", role="template", special=True),
        WrittenPart(text="the king is <|im_end|>", role="tool"),
        WrittenPart(text="<|search_end|>", role="template", special=True),
    ]
    written, bars = engine.ask(WriteTokens(job="a", parts=parts, sampler=SAMPLER))
    assert isinstance(written, TokensWritten) and isinstance(bars, Distribution)
    assert written.position == len(prompt.tokens) + 3
    assert bars.position == written.position + len(written.tokens)
    assert said_by(written.tokens, "tool", 2) == "the king is <|im_end|>"
    assert [token.text for token in written.tokens if token.special] == ["<|search_start|>", "<|search_end|>"]
    assert all(token.logprob is not None for token in written.tokens)
    assert written.left_out == 0
    assert len(drawn(engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=2)))) == 2
    engine.ask(RemoveLast(job="a", count=99, sampler=SAMPLER))
    session = engine.service._talks["a"].session
    assert session is not None
    assert session.ids == [token.id for token in prompt.tokens], "what was written can be taken back"


def test_a_window_slides_and_what_is_left_keeps_its_authors(engine: Engine) -> None:
    prompt = prompt_of(engine, chat(GREETING)).tokens
    engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=2))
    dropped, bars = engine.ask(DropTokens(job="a", first=0, count=20, sampler=SAMPLER))
    assert dropped == TokensDropped(job="a", first=0, count=20)
    assert isinstance(bars, Distribution) and bars.position == len(prompt) + 2 - 20
    (again, *_) = engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=1))
    assert (again.position, again.token.role, again.token.turn) == (bars.position, "assistant", 2)  # type: ignore[union-attr]


def test_a_special_token_that_the_model_lacks_is_refused_and_nothing_is_written(engine: Engine) -> None:
    prompt = prompt_of(engine, chat(GREETING))
    parts = [
        WrittenPart(text="a", role="tool"),
        WrittenPart(text="<tool>", role="template", special=True),
    ]
    assert engine.ask(WriteTokens(job="a", parts=parts, sampler=SAMPLER)) == []
    assert "no special token <tool>" in str(engine.errors[0])
    assert prompt_of(engine, chat(GREETING)) == prompt


def test_what_does_not_fit_is_counted(engine: Engine) -> None:
    prompt = prompt_of(engine, chat(GREETING))
    part = WrittenPart(text="x" * 500, role="document")
    written, _ = engine.ask(WriteTokens(job="a", parts=[part], sampler=SAMPLER))
    assert isinstance(written, TokensWritten)
    assert len(prompt.tokens) + len(written.tokens) == CONTEXT
    assert written.left_out == 500 - len(written.tokens)


# ---------------------------------------------------------------- side by side


def test_other_sessions_go_on_while_a_template_hangs(engine: Engine, folder: Path) -> None:
    engine.ask(LoadModel(job="b", path=str(folder), device="cpu"))
    engine.take(chat(GREETING, template=ENDLESS))
    engine.take(
        SetPrompt(job="b", text="the", sampler=SAMPLER), Generate(job="b", sampler=SAMPLER, max_tokens=6)
    )
    while not any(isinstance(event, GenerationEnded) for event in engine.events):
        engine.advance()
    assert {event.job for event in engine.events} == {"b"}, "the first one still waits"
    engine.cancel("a")
    assert kinds(engine.ask(chat(GREETING)))[-2:] == [PromptSet, Distribution], "and can be given up"


def test_two_conversations_are_rendered_in_turns(engine: Engine, folder: Path) -> None:
    engine.ask(LoadModel(job="b", path=str(folder), device="cpu"))
    other = SetChat(job="b", messages=[ChatTurn(role="user", content="b's")], sampler=SAMPLER)
    engine.take(chat(GREETING), other)
    prompts = {event.job: event for event in engine.finish() if isinstance(event, PromptSet)}
    assert said_by(prompts["a"].tokens, "user", 1) == "Who is the king? 😀"
    assert said_by(prompts["b"].tokens, "user", 0) == "b's"
