"""Chat templates that can be chosen by name, and the special tokens that published encodings get for them.

Written here, to the same text as the makers' own. Sources: OpenAI's ChatML with the separator after the role
and no line feeds (three tokens and the role's name for each message, three to open the answer, as OpenAI's
cookbook counts them; the numbers are those that chat front ends give cl100k_base and o200k_base); the model
cards of Llama 3, Qwen 2.5 and Gemma 3. Without dates and default system messages, which some of them add.
"""

from collections.abc import Iterable, Mapping

from explorer.text import chatml
from explorer.text.tokenizer import Encoded, Tokenizer

OWN, JINJA = "own", "jinja"
"""The template of the tokenizer's model; one that a person writes."""

_GPT = (
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' + message.role + '<|im_sep|>' + message.content + '<|im_end|>' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant<|im_sep|>' }}{%- endif -%}"
)
_LLAMA3 = (
    "{{ '<|begin_of_text|>' }}"
    "{%- for message in messages -%}"
    "{{ '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' + message.content | trim"
    " + '<|eot_id|>' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
    "{%- endif -%}"
)
_QWEN = (
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\n' }}{%- endif -%}"
)
_GEMMA = (
    "{%- if messages and messages[0].role == 'system' -%}"
    "{%- set first = messages[0].content | trim + '\n\n' -%}{%- set turns = messages[1:] -%}"
    "{%- else -%}{%- set first = '' -%}{%- set turns = messages -%}{%- endif -%}"
    "{{ '<bos>' }}"
    "{%- for message in turns -%}"
    "{%- if (message.role == 'user') != (loop.index0 % 2 == 0) -%}"
    "{{ raise_exception('the roles must take turns: user, assistant, user, assistant') }}"
    "{%- endif -%}"
    "{{ '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\n' }}"
    "{{ first if loop.first else '' }}"
    "{{ message.content | trim + '<end_of_turn>\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%}"
)

TEMPLATES: Mapping[str, str] = {
    "gpt-4o": _GPT,
    "llama3": _LLAMA3,
    "qwen": _QWEN,
    "gemma": _GEMMA,
    "chatml": chatml.TEMPLATE,
}
"""By what `--template` calls them."""

_IM = ("<|im_start|>", "<|im_end|>", "<|im_sep|>")
CHAT_SPECIALS: Mapping[str, Mapping[str, int]] = {
    "cl100k_base": {name: 100_264 + place for place, name in enumerate(_IM)},
    "o200k_base": {name: 200_264 + place for place, name in enumerate(_IM)},
}
"""Special tokens of chat models that the published encoding of the same ranks does not list."""


def fitting_template(specials: Iterable[str], has_own: bool) -> str:
    """The template that a vocabulary with these special tokens was most likely made for."""
    known = frozenset(specials)
    if has_own:
        return OWN
    marks = (("<|im_sep|>", "gpt-4o"), ("<|start_header_id|>", "llama3"), ("<start_of_turn>", "gemma"))
    return next((name for mark, name in marks if mark in known), "chatml" if "<think>" in known else "qwen")


class ChatVocabulary:
    """A tokenizer with other special tokens than its own: more of them, or none."""

    def __init__(self, inner: Tokenizer, special_tokens: Mapping[str, int]) -> None:
        self._inner = inner
        self.name = inner.name
        self.special_tokens = special_tokens
        self.n_vocab = max(inner.n_vocab, *(token + 1 for token in special_tokens.values()), 0)
        self.end_of_text = inner.end_of_text
        self._names = {token: name.encode() for name, token in special_tokens.items()}

    def encode(self, text: str) -> list[int]:
        """As `Tokenizer.encode`."""
        return self._inner.encode(text)

    def encode_with_starts(self, text: str) -> Encoded:
        """As `Tokenizer.encode_with_starts`."""
        return self._inner.encode_with_starts(text)

    def encode_chunk(self, units: str) -> Encoded:
        """As `Tokenizer.encode_chunk`."""
        return self._inner.encode_chunk(units)

    def decode(self, ids: Iterable[int]) -> str:
        """As `Tokenizer.decode`."""
        return b"".join(map(self.token_bytes, ids)).decode("utf-8", "replace")

    def token_bytes(self, token: int) -> bytes:
        """As `Tokenizer.token_bytes`."""
        name = self._names.get(int(token))
        return self._inner.token_bytes(token) if name is None else name


def chat_vocabulary(name: str, tokenizer: Tokenizer, specials: bool = True) -> Tokenizer:
    """The vocabulary for conversations of the encoding `name`; without `specials`, all is text."""
    own = {} if not specials else {**tokenizer.special_tokens, **CHAT_SPECIALS.get(name, {})}
    return ChatVocabulary(tokenizer, own)
