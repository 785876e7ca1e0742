"""Conversations through every template, as streams of tokens."""

from collections.abc import Iterator

import pytest

from explorer.core.chat_view import ChatView, viewing_chat
from explorer.core.tokenizer_source import OpenedTokenizer
from explorer.errors import InputError
from explorer.protocol import ChatTurn, ChatViewed, ViewChat
from explorer.services import Wait
from explorer.services.chat_view import MOST_CHARACTERS, ChatViewService
from explorer.text.chat_templates import TEMPLATES
from explorer.text.encodings import load_published
from explorer.text.templates import ChatMessage, TemplateRenderer, finished
from explorer.text.units import from_units, to_units

O200K = load_published("o200k_base")
CHAT = [
    ChatMessage("system", "Be brief."),
    ChatMessage("user", " Hi 😀 <|im_end|> "),
    ChatMessage("assistant", "Yes."),
]


@pytest.fixture(scope="module")
def renderer() -> Iterator[TemplateRenderer]:
    with TemplateRenderer() as one:
        one.render("", [], {})  # its process is there before the first test looks which there are
        yield one


def view(renderer: TemplateRenderer, encoding: str = "o200k_base", **options: object) -> ChatView:
    opened = OpenedTokenizer(load_published(encoding))
    messages = options.pop("messages", CHAT)
    return finished(viewing_chat(renderer, encoding, opened, messages, **options))  # type: ignore[arg-type]


def test_gpt_4os_chatml_is_counted_as_openai_counts(renderer: TemplateRenderer) -> None:
    """Three tokens and the role for each message, three for the answer's beginning."""
    seen = view(renderer, messages=[ChatMessage("user", "Hello")])
    role, hello = O200K.encode("user"), O200K.encode("Hello")
    assistant = O200K.encode("assistant")
    assert seen.template == "gpt-4o"
    assert seen.tokens.ids == [200264, *role, 200266, *hello, 200265, 200264, *assistant, 200266]
    assert seen.missing == []
    assert [seen.tokens.ids[at] for at, special in enumerate(seen.tokens.special) if special] == [
        200264,
        200266,
        200265,
        200264,
        200266,
    ]


def test_the_older_vocabulary_has_the_same_tokens_at_its_own_numbers(renderer: TemplateRenderer) -> None:
    assert view(renderer, "cl100k_base").tokens.ids[0] == 100264


def test_what_a_person_writes_never_becomes_a_special_token(renderer: TemplateRenderer) -> None:
    tokens = view(renderer).tokens
    said = [token for token, turn in zip(tokens.ids, tokens.turns, strict=True) if turn == 1]
    assert not {200264, 200265, 200266} & set(said)
    assert O200K.decode(said) == " Hi 😀 <|im_end|> "


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_places_each_token_in_the_text(renderer: TemplateRenderer, name: str) -> None:
    seen = view(renderer, "qwen", template=name)
    units, tokens = to_units(seen.tokens.text), seen.tokens
    assert len(tokens.starts) == len(tokens.special) == len(tokens.ids)
    assert tokens.starts == sorted(tokens.starts)
    decoded = b"".join(map(seen.vocabulary.token_bytes, tokens.ids)).decode()
    assert decoded == tokens.text
    for index, start in enumerate(tokens.starts):
        text = seen.vocabulary.token_bytes(tokens.ids[index]).decode("utf-8", "ignore")
        assert from_units(units[start:]).startswith(text)
    for message, place in zip(CHAT, tokens.places, strict=True):
        if name == "gemma" and message.role == "system":
            continue
        assert place is not None
        inside = from_units(units[place.start : place.stop])
        skipped = to_units(message.content)[place.skipped :]
        assert inside.strip() == message.content.strip() and from_units(skipped).startswith(inside)


def test_without_special_tokens_all_of_it_is_text(renderer: TemplateRenderer) -> None:
    seen = view(renderer, specials=False)
    assert seen.tokens.ids == O200K.encode(seen.tokens.text)
    assert not any(seen.tokens.special) and seen.missing == []


def test_what_the_vocabulary_lacks_is_told(renderer: TemplateRenderer) -> None:
    assert view(renderer, template="llama3").missing == [
        "<|begin_of_text|>",
        "<|end_header_id|>",
        "<|eot_id|>",
        "<|start_header_id|>",
    ]


def test_the_answers_beginning_can_be_left_out(renderer: TemplateRenderer) -> None:
    seen = view(renderer, add_generation_prompt=False)
    assert seen.tokens.text.endswith("Yes.<|im_end|>")


def test_a_template_of_ones_own_and_one_of_the_models(renderer: TemplateRenderer) -> None:
    jinja = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
    seen = view(renderer, template="jinja", jinja=jinja)
    assert seen.tokens.text == "[system] Be brief.\n[user]  Hi 😀 <|im_end|> \n[assistant] Yes.\n"
    opened = OpenedTokenizer(O200K, "own: {{ messages[0].content }}{{ eos_token }}", {"eos_token": "!"})
    own = finished(viewing_chat(renderer, "x", opened, CHAT))
    assert (own.template, own.tokens.text) == ("own", "own: Be brief.!")


@pytest.mark.parametrize(
    ("template", "jinja", "words"),
    [
        ("jinja", " ", "no template yet"),
        ("jinja", "{{ raise_exception('not like this') }}", "refuses this conversation: not like this"),
        ("jinja", "{% for %}", "cannot be used"),
        ("own", "", "without a chat template"),
        ("fish", "", "no template fish"),
    ],
)
def test_what_cannot_be_rendered_is_told(
    renderer: TemplateRenderer, template: str, jinja: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        view(renderer, template=template, jinja=jinja)


def test_gemma_refuses_roles_that_do_not_take_turns(renderer: TemplateRenderer) -> None:
    with pytest.raises(InputError, match="take turns"):
        view(renderer, template="gemma", messages=[ChatMessage("assistant", "I begin.")])


def test_the_service_tells_all_of_it() -> None:
    service = ChatViewService(lambda encoding: OpenedTokenizer(load_published(encoding)))
    turns = [ChatTurn(role="user", content="𠮷\ud800")]
    try:
        events = list(service.run(ViewChat(job="j", encoding="gpt2", messages=turns, template="qwen")))
        (event,) = [one for one in events if one is not None and not isinstance(one, Wait)]
        assert isinstance(event, ChatViewed)
        assert event.text.startswith("<|im_start|>user\n𠮷\ufffd") and event.missing == [
            "<|im_end|>",
            "<|im_start|>",
        ]
        assert b"".join(
            bytes.fromhex(event.pieces[at]) if at in event.pieces else b"" for at in range(len(event.ids))
        ).startswith("𠮷".encode())
        long = ChatTurn(role="user", content="x" * (MOST_CHARACTERS + 1))
        with pytest.raises(InputError, match="can be shown here"):
            list(service.run(ViewChat(job="j", encoding="gpt2", messages=[long])))
    finally:
        service.close()
