"""Asking a model many things at once, whatever family it is of."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from explorer.core.generate import fit_prompt, start_ids
from explorer.core.loading import LoadedModel
from explorer.core.model import Transformer
from explorer.core.rollouts import Limits, attempt
from explorer.errors import InputError
from explorer.text.chat import encode_chat
from explorer.text.chatml import CALCULATE_CLOSE, SEARCH_CLOSE
from explorer.text.foreign import Speech
from explorer.text.templates import ChatMessage, TemplateRenderer
from explorer.text.tokenizer import Tokenizer

Prompt = Sequence[ChatMessage]
_T = TypeVar("_T")
_ROWS = 64
_AS_DOCUMENT = "Question: {asked}\nAnswer:"
"""How a model without conversations is asked."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said."""

    text: str
    """Without the token that ends a turn; tags and tool calls by their names."""
    ended: bool
    """By itself, not because there was no room for more."""


class Ask(Protocol):
    """The model as evaluation sees it: prompts in, replies out, in the same order. Yields while it writes."""

    def __call__(
        self, prompts: Sequence[Prompt], *, max_tokens: int, temperature: float = 0.0, seed: int = 0
    ) -> Generator[None, None, list[Reply]]:
        """Each reply of at most `max_tokens` tokens. Raises: InputError, DamagedFileError."""
        ...


class Speaker:
    """Any model that opens, as `Ask`: through its own template, or, without one, through a document.

    64 rows go through the model together, rows of like length side by side.
    """

    def __init__(
        self, model: Transformer, tokenizer: Tokenizer, speech: Speech, renderer: TemplateRenderer
    ) -> None:
        self.model, self.tokenizer = model, tokenizer
        self._speech, self._renderer = speech, renderer
        self._ends = frozenset(speech.stop_ids) or frozenset({tokenizer.end_of_text})
        calls = (tokenizer.special_tokens.get(name) for name in (SEARCH_CLOSE, CALCULATE_CLOSE))
        self._call_ends = frozenset(token for token in calls if token is not None)
        self._has_system = True

    @classmethod
    def of(cls, loaded: LoadedModel, renderer: TemplateRenderer) -> "Speaker":
        """For a model that was opened by name."""
        return cls(loaded.model, loaded.tokenizer, loaded.speech, renderer)

    @property
    def chats(self) -> bool:
        """Whether it has a template for conversations."""
        return self._speech.template is not None

    def __call__(
        self, prompts: Sequence[Prompt], *, max_tokens: int, temperature: float = 0.0, seed: int = 0
    ) -> Generator[None, None, list[Reply]]:
        """As `Ask` says."""
        context = self.model.config.max_position_embeddings
        room = min(max_tokens, max(1, context // 2))
        rows: list[list[int]] = []
        for prompt in prompts:
            rows.append(fit_prompt(self._ids(prompt), max(2, context - room + 1))[0])
            yield
        limits = Limits(temperature, room, self._ends | self._call_ends, self.tokenizer.n_vocab)
        replies: dict[int, Reply] = {}
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        for start in range(0, len(order), _ROWS):
            places = order[start : start + _ROWS]
            seeds = [[seed * 1_000_003 + place] for place in places]
            writing = attempt(self.model, [rows[place] for place in places], seeds, limits)
            attempts = yield from _quietly(writing)
            for place, (made,) in zip(places, attempts, strict=True):
                replies[place] = self._reply(made.ids, made.ended)
        return [replies[place] for place in range(len(rows))]

    def _ids(self, prompt: Prompt) -> list[int]:
        if self._speech.template is None:
            return start_ids(self.tokenizer, _AS_DOCUMENT.format(asked=prompt[-1].content))
        if self._has_system:
            try:
                return self._through_template(prompt)
            except InputError:
                if all(message.role != "system" for message in prompt):
                    raise
                self._has_system = False  # as Gemma's template, which knows no such role
        return self._through_template(without_system(prompt))

    def _through_template(self, prompt: Prompt) -> list[int]:
        assert self._speech.template is not None
        tokens = encode_chat(
            self._renderer, self.tokenizer, self._speech.template, prompt, self._speech.named_tokens
        )
        return tokens.ids

    def _reply(self, ids: list[int], ended: bool) -> Reply:
        said = ids[:-1] if ended and ids[-1] in self._ends else ids
        text = self.tokenizer.decode(said)
        return Reply(text if self.chats else text.strip().partition("\n")[0], ended)


def without_system(prompt: Prompt) -> list[ChatMessage]:
    """A system's lines at the head of what the person says first, for templates that know no system."""
    lines = [message.content for message in prompt if message.role == "system"]
    said = [message for message in prompt if message.role != "system"]
    first = next(place for place, message in enumerate(said) if message.role == "user")
    said[first] = ChatMessage("user", "\n\n".join([*lines, said[first].content]))
    return said


def _quietly(writing: Generator[int, None, _T]) -> Generator[None, None, _T]:
    """The same without its counts."""
    while True:
        try:
            next(writing)
        except StopIteration as end:
            return end.value
        yield
