"""Conversations as token ids: messages through a chat template, with author and loss mask for every token.

What a message says is text and nothing else: a special token's name in it becomes ordinary tokens. Only
what an assistant said may hold tokens of its own (`chatml.WRITTEN_BY_ASSISTANT`, where the vocabulary has
them). To know which characters a message brought, the template is rendered twice, the second time with marks
in the place of the messages.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from explorer.errors import InputError
from explorer.text.chatml import RESULT_OPEN, WRITTEN_BY_ASSISTANT
from explorer.text.templates import ChatMessage, TemplateRenderer, finished
from explorer.text.tokenizer import Tokenizer
from explorer.text.units import to_units

TEMPLATE = "template"
"""The author of what no message brought."""
_MARK = "\ue000{}\ue001"
_MARKS = re.compile("\ue000(\\d+)\ue001")


@dataclass(frozen=True)
class ChatTokens:
    """A conversation's tokens; all lists have one entry a token."""

    text: str
    """What the template made of the messages."""
    ids: list[int]
    roles: list[str]
    """The author: a message's role, or `TEMPLATE`."""
    turns: list[int | None]
    """The message's number, from 0; None for the template's tokens."""
    loss: list[bool]
    """What the assistant wrote, with the special token by which it ends its turn: what training learns."""
    starts: list[int] = field(default_factory=list[int])
    """Where it begins in `text`, in UTF-16 units."""
    special: list[bool] = field(default_factory=list[bool])
    """Whether it is a special token, not text that is written like one."""
    places: list["MessagePlace | None"] = field(default_factory=list["MessagePlace | None"])
    """One entry a message; None if the template has left it out, or what it wrote was not recognised."""


@dataclass(frozen=True)
class MessagePlace:
    """The units `start : stop` of the text are a message's, from its own unit `skipped` on."""

    start: int
    stop: int
    skipped: int


@dataclass(frozen=True)
class _Piece:
    """A stretch of the rendered text; `message` brought it, or the template (None)."""

    start: int
    end: int
    message: int | None


def encode_chat(
    renderer: TemplateRenderer,
    tokenizer: Tokenizer,
    template: str,
    messages: Sequence[ChatMessage],
    named_tokens: Mapping[str, str],
    *,
    add_generation_prompt: bool = True,
    options: Mapping[str, Any] | None = None,
) -> ChatTokens:
    """As `encoding_chat`, at once."""
    return finished(
        encoding_chat(
            renderer,
            tokenizer,
            template,
            messages,
            named_tokens,
            add_generation_prompt=add_generation_prompt,
            options=options,
        )
    )


def encoding_chat(
    renderer: TemplateRenderer,
    tokenizer: Tokenizer,
    template: str,
    messages: Sequence[ChatMessage],
    named_tokens: Mapping[str, str],
    *,
    add_generation_prompt: bool = True,
    options: Mapping[str, Any] | None = None,
) -> Generator[None, None, ChatTokens]:
    """Returns the ids of a conversation; yields while the template is being rendered.

    Special tokens that the template writes cut the text; what is between is encoded as it would be alone,
    as the `tokenizers` library does. Raises: InputError, see `TemplateRenderer.rendering`.
    """

    def rendering(said: Sequence[ChatMessage]) -> Generator[None, None, str]:
        return renderer.rendering(
            template, said, named_tokens, add_generation_prompt=add_generation_prompt, options=options
        )

    messages = [ChatMessage(message.role, _readable(message.content)) for message in messages]
    text = yield from rendering(messages)
    marked = [ChatMessage(message.role, _MARK.format(i)) for i, message in enumerate(messages)]
    pieces = _matched(text, (yield from rendering(marked)), messages)
    if pieces is None:
        pieces = _searched(text, messages, tokenizer)
    return _encoded(text, pieces, messages, tokenizer)


def _readable(text: str) -> str:
    """Lone surrogates are no text that could be handed on."""
    return (
        text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )


def _variants(content: str) -> list[str]:
    """What templates make of a message before they write it, the most of it first."""
    after_thinking = content.rsplit("</think>", 1)[-1]
    found = [
        content,
        content.rstrip(),
        content.lstrip(),
        content.strip(),
        after_thinking.lstrip("\n"),
        after_thinking.strip(),
    ]
    return list(dict.fromkeys(found))


def _matched(text: str, marked: str, messages: Sequence[ChatMessage]) -> list[_Piece] | None:
    """Lay the rendering with marks over the real one; None if they differ in more than the marks."""
    parts = _MARKS.split(marked)
    literals, numbers = parts[::2], [int(number) for number in parts[1::2]]
    if not text.startswith(literals[0]) or any(number >= len(messages) for number in numbers):
        return None
    at = len(literals[0])
    pieces = [_Piece(0, at, None)]
    for number, literal in zip(numbers, literals[1:], strict=True):
        fitting = (
            said for said in _variants(messages[number].content) if text.startswith(said + literal, at)
        )
        said = next(fitting, None)
        if said is None:
            return None
        middle, end = at + len(said), at + len(said) + len(literal)
        pieces += [_Piece(at, middle, number), _Piece(middle, end, None)]
        at = end
    return pieces if at == len(text) else None


def _searched(text: str, messages: Sequence[ChatMessage], tokenizer: Tokenizer) -> list[_Piece]:
    """Look for the messages in their order. Raises: InputError if one could be taken for a special token."""
    for message in messages:
        for name in tokenizer.special_tokens:
            own = message.role == "assistant" and name in WRITTEN_BY_ASSISTANT
            if name in message.content and not own:
                raise InputError(
                    "A message says {token}, which this model's template could not tell from the token of "
                    "that name. Write it another way.",
                    token=name,
                )
    at = 0
    pieces: list[_Piece] = []
    for number, message in enumerate(messages):
        places = ((text.find(said, at), said) for said in _variants(message.content) if said)
        start, said = next(((place, said) for place, said in places if place >= 0), (-1, ""))
        if start >= 0:
            pieces += [_Piece(at, start, None), _Piece(start, start + len(said), number)]
            at = start + len(said)
    return [*pieces, _Piece(at, len(text), None)]


def _encoded(
    text: str, pieces: list[_Piece], messages: Sequence[ChatMessage], tokenizer: Tokenizer
) -> ChatTokens:
    units = _units_of_characters(text)
    tokens = ChatTokens(text, [], [], [], [], places=_places(pieces, text, messages, units))
    at = 0
    for start, end, token, message in _specials(text, pieces, messages, tokenizer):
        _add_plain(tokens, text, at, start, pieces, messages, tokenizer, units)
        # The token that ends the assistant's turn is the assistant's to write; a result's is the program's.
        ends_turn = bool(tokens.loss) and tokens.loss[-1] and text[start:end] != RESULT_OPEN
        _add(tokens, token, message, messages, loss=message is not None or ends_turn)
        tokens.starts.append(units(start))
        tokens.special.append(True)
        at = end
    _add_plain(tokens, text, at, len(text), pieces, messages, tokenizer, units)
    return tokens


def _specials(
    text: str, pieces: list[_Piece], messages: Sequence[ChatMessage], tokenizer: Tokenizer
) -> Iterator[tuple[int, int, int, int | None]]:
    """Where the template, or the assistant itself, wrote special tokens: start, end, id, message."""
    by_template = _any_of(tokenizer.special_tokens)
    by_assistant = _any_of(set(WRITTEN_BY_ASSISTANT) & tokenizer.special_tokens.keys())
    for piece in pieces:
        pattern = by_template if piece.message is None else by_assistant
        if pattern is None or (piece.message is not None and messages[piece.message].role != "assistant"):
            continue
        for found in pattern.finditer(text, piece.start, piece.end):
            yield found.start(), found.end(), tokenizer.special_tokens[found.group()], piece.message


def _any_of(names: Collection[str]) -> re.Pattern[str] | None:
    """Finds the longest of the names that stands at a place; None if there are no names."""
    ordered = sorted(filter(None, names), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def _add_plain(
    tokens: ChatTokens,
    text: str,
    start: int,
    end: int,
    pieces: list[_Piece],
    messages: Sequence[ChatMessage],
    tokenizer: Tokenizer,
    units_of: Callable[[int], int],
) -> None:
    """Text between special tokens, which template and message may share."""
    if start == end:
        return
    segment = text[start:end]
    encoded = tokenizer.encode_with_starts(segment)
    units = _places_of_units(segment)
    piece_starts = [piece.start for piece in pieces]
    for token, unit in zip(encoded.ids.tolist(), encoded.starts.tolist(), strict=True):
        place = start + (unit if units is None else units[unit])
        message = pieces[bisect_right(piece_starts, place) - 1].message
        said = message is not None and messages[message].role == "assistant"
        _add(tokens, token, message, messages, loss=said)
        tokens.starts.append(units_of(start) + unit)
        tokens.special.append(False)


def _places_of_units(text: str) -> list[int] | None:
    """For each UTF-16 unit its character's index; None if they are the same."""
    if all(character <= "\uffff" for character in text):
        return None
    return [index for index, character in enumerate(text) for _ in range(2 if character > "\uffff" else 1)]


def _units_of_characters(text: str) -> Callable[[int], int]:
    """From a character's index to its first UTF-16 unit's."""
    if all(character <= "\uffff" for character in text):
        return lambda index: index
    before = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    return before.__getitem__


def _places(
    pieces: list[_Piece], text: str, messages: Sequence[ChatMessage], units: Callable[[int], int]
) -> list[MessagePlace | None]:
    found: list[MessagePlace | None] = [None] * len(messages)
    for piece in pieces:
        if piece.message is not None and found[piece.message] is None:
            skipped = max(messages[piece.message].content.find(text[piece.start : piece.end]), 0)
            before = messages[piece.message].content[:skipped]
            found[piece.message] = MessagePlace(units(piece.start), units(piece.end), len(to_units(before)))
    return found


def _add(
    tokens: ChatTokens, token: int, message: int | None, messages: Sequence[ChatMessage], *, loss: bool
) -> None:
    tokens.ids.append(token)
    tokens.roles.append(TEMPLATE if message is None else messages[message].role)
    tokens.turns.append(message)
    tokens.loss.append(loss)
