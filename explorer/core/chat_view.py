"""A conversation through any template, as the tokens of any tokenizer."""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from explorer.core.tokenizer_source import OpenedTokenizer
from explorer.errors import InputError
from explorer.text.chat import ChatTokens, encoding_chat
from explorer.text.chat_templates import JINJA, OWN, TEMPLATES, chat_vocabulary, fitting_template
from explorer.text.templates import ChatMessage, TemplateRenderer
from explorer.text.tokenizer import Tokenizer
from explorer.text.units import from_units, to_units

_LIKE_SPECIAL = re.compile(r"<\|[^\s<>|]{1,40}\|>|<(?:bos|eos|start_of_turn|end_of_turn)>")


@dataclass(frozen=True)
class ChatView:
    """What came of it."""

    template: str
    """Its name in `TEMPLATES`, `OWN` or `JINJA`."""
    vocabulary: Tokenizer
    tokens: ChatTokens
    missing: list[str]
    """What the template means as special tokens and the vocabulary does not have: it was read as text."""


def viewing_chat(
    renderer: TemplateRenderer,
    encoding: str,
    opened: OpenedTokenizer,
    messages: Sequence[ChatMessage],
    *,
    template: str = "",
    jinja: str = "",
    specials: bool = True,
    add_generation_prompt: bool = True,
) -> Generator[None, None, ChatView]:
    """Returns the view; yields while the template is being rendered.

    `template`: a name of `TEMPLATES`, `OWN`, `JINJA` (then `jinja` is the text), or empty for the one that
    fits the tokenizer. Raises: InputError.
    """
    with_specials = chat_vocabulary(encoding, opened.tokenizer)
    name = template or fitting_template(with_specials.special_tokens, opened.template is not None)
    vocabulary = chat_vocabulary(encoding, opened.tokenizer, specials)
    tokens = yield from encoding_chat(
        renderer,
        vocabulary,
        _source(name, jinja, opened),
        messages,
        opened.named_tokens,
        add_generation_prompt=add_generation_prompt,
    )
    missing = _like_special(tokens) - vocabulary.special_tokens.keys() if specials else set[str]()
    return ChatView(name, vocabulary, tokens, sorted(missing))


def _source(name: str, jinja: str, opened: OpenedTokenizer) -> str:
    if name == JINJA:
        if not jinja.strip():
            raise InputError("There is no template yet. Write one in Jinja, or choose another.")
        return jinja
    if name == OWN:
        if opened.template is None:
            raise InputError("This tokenizer comes without a chat template. Choose one of the others.")
        return opened.template
    if name not in TEMPLATES:
        raise InputError(
            "There is no template {name}. Choose one of {known}.",
            name=name,
            known=", ".join((*TEMPLATES, OWN, JINJA)),
        )
    return TEMPLATES[name]


def _like_special(tokens: ChatTokens) -> set[str]:
    """Names in what the template wrote itself."""
    found: set[str] = set()
    at, units = 0, to_units(tokens.text)
    placed = sorted((place.start, place.stop) for place in tokens.places if place is not None)
    for start, stop in [*placed, (len(units), len(units))]:
        found |= set(_LIKE_SPECIAL.findall(from_units(units[at:start])))
        at = stop
    return found
