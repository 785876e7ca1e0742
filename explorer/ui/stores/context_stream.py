"""A conversation's one stream: which turn each token belongs to, who wrote it, and what has fallen out.

Plain data, filled by the store. The engine numbers messages; a turn of the conversation may be several of
them (an answer with a tool's result in it), so each message names its turn here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from explorer.protocol import ChatTurn, StreamToken
from explorer.protocol.conversations import Said
from explorer.text.chatml import RESULT_CLOSE, RESULT_OPEN, THINK_CLOSE, THINK_OPEN
from explorer.text.conversations import message_of

TEMPLATE = "template"


@dataclass(frozen=True)
class Message:
    """A turn, or a part of one, as the template gets it."""

    turn: int
    """The id of its turn in the conversation."""
    said: ChatTurn
    document_length: int = 0
    """So many characters at its front are a document's."""


@dataclass(frozen=True)
class Request:
    """What an API would have billed: all tokens before an answer, and the answer."""

    prompt: int
    completion: int


def messages_of(
    path: Sequence[Said], special_tokens: Sequence[str] = (), *, documents: bool = True
) -> list[Message]:
    """The turns for a template. Of a model with tokens for it, a tool's result is a message of its own."""
    messages: list[Message] = []
    for turn in path:
        if turn.role == "assistant" and RESULT_OPEN in special_tokens:
            messages += _split_at_results(turn)
            continue
        document = turn.document if documents else ""
        content = message_of(replace(turn, document=document)).content
        messages.append(Message(turn.id, ChatTurn(role=turn.role, content=content), len(document)))
    return messages


def _split_at_results(turn: Said) -> Iterator[Message]:
    rest = turn.content
    while True:
        before, opening, after = rest.partition(RESULT_OPEN)
        result, closing, after = after.partition(RESULT_CLOSE)
        if not (opening and closing):
            break
        yield Message(turn.id, ChatTurn(role="assistant", content=before))
        yield Message(turn.id, ChatTurn(role="tool", content=result))
        rest = after
    if rest or turn.content == rest:
        yield Message(turn.id, ChatTurn(role="assistant", content=rest))


@dataclass
class ContextStream:
    """Tokens in the window, and in front of them those that have fallen out of it."""

    tokens: list[StreamToken] = field(default_factory=list[StreamToken])
    turns: list[int] = field(default_factory=list[int])
    """For each token the id of its turn; 0: of none."""
    gone: list[StreamToken] = field(default_factory=list[StreamToken])
    gone_turns: list[int] = field(default_factory=list[int])
    gone_unseen: int = 0
    """Tokens that fell out before anybody saw them."""
    prompt_length: int = 0
    thinking: list[range] = field(default_factory=list[range])
    """Where in the window the model wrote before it answered, in the prompt."""
    _lost: int = 0
    """So many tokens stood in front of these, and are no longer shown."""
    _by_author: Counter[str] = field(default_factory=Counter[str])
    _by_turn: Counter[int] = field(default_factory=Counter[int])
    _before: list[Request] = field(default_factory=list[Request])
    """Those in the prompt: they are not counted anew with each token."""

    def __len__(self) -> int:
        """Tokens in the window."""
        return len(self.tokens)

    # ------------------------------------------------------------ what is known

    def cells_of(self, turn: int) -> list[int]:
        """Where the tokens of a turn stand among all cells, the fallen ones included."""
        cells = [place for place, owner in enumerate(self.gone_turns) if owner == turn]
        front = len(self.gone)
        return cells + [front + place for place, owner in enumerate(self.turns) if owner == turn]

    def turn_at(self, cell: int) -> int:
        """The turn of a cell; 0 for none."""
        front = len(self.gone)
        if 0 <= cell < front:
            return self.gone_turns[cell]
        return self.turns[cell - front] if front <= cell < front + len(self.turns) else 0

    def counts(self) -> dict[str, int]:
        """Tokens in the window by author."""
        return dict(self._by_author)

    def tokens_by_turn(self) -> dict[int, int]:
        """Tokens in the window by turn, the template's around it included."""
        return self._by_turn

    def cells_by_turn(self) -> dict[int, int]:
        """The same with what has fallen out."""
        return self._by_turn + Counter(self.gone_turns) if self.gone else self._by_turn

    def requests(self) -> list[Request]:
        """Every answer in the window as an API bills it.

        A tool's result begins a new request, whose prompt is everything before it: so it is done in fact.
        """
        return self._before + _requests(self.tokens, self.prompt_length)

    # ------------------------------------------------------------ changes

    def wipe(self) -> None:
        """Nothing was said."""
        self.tokens, self.turns, self.gone, self.gone_turns = [], [], [], []
        self.gone_unseen = self.prompt_length = self._lost = 0
        self._count()

    def forget_gone(self) -> None:
        """What fell out belonged to another conversation, or may come back."""
        self._lost += len(self.gone) + self.gone_unseen
        self.gone, self.gone_turns, self.gone_unseen = [], [], 0

    def cut_front(self, count: int) -> None:
        """The engine reads the prompt only from its token `count` on; those that were seen are shown."""
        seen = max(0, count - self.gone_unseen - self._lost)
        self.gone = (self.gone + self.tokens)[:seen]
        self.gone_turns = (self.gone_turns + self.turns)[:seen]
        self.gone_unseen = count - len(self.gone)

    def set_prompt(self, prompt: Sequence[StreamToken], messages: Sequence[Message]) -> None:
        """The window begins anew with what the model has read; `messages` are those it was made of."""
        chat = any(token.turn is not None or token.role == TEMPLATE for token in prompt)
        if chat:
            self.tokens, self.turns = _chat_authors(prompt, messages)
        else:
            self.tokens, self.turns = _text_authors(prompt, messages)
        self.prompt_length, self._lost = len(self.tokens), 0
        self._count()

    def add(self, tokens: Iterable[StreamToken], turn: int) -> None:
        """The answer grows."""
        for token in tokens:
            self.tokens.append(token)
            self.turns.append(turn)
            self._by_author[token.role] += 1
            self._by_turn[turn] += 1

    def claim(self, turn: int) -> None:
        """What opens the answer at the prompt's end belongs to its turn, which is known now."""
        place = self.prompt_length - 1
        while place >= 0 and not self.turns[place]:
            self.turns[place] = turn
            place -= 1
        self._by_turn = Counter(self.turns)

    def cut(self, length: int) -> None:
        """The last tokens were taken back."""
        del self.tokens[length:], self.turns[length:]
        self._count()

    def drop(self, first: int, count: int) -> None:
        """Tokens fell out of the window; they are shown in front of it."""
        end = min(first + count, len(self.tokens))
        self.gone += self.tokens[first:end]
        self.gone_turns += self.turns[first:end]
        self.prompt_length -= max(0, min(end, self.prompt_length) - first)
        del self.tokens[first:end], self.turns[first:end]
        self._count()

    def drop_turns(self, turns: Iterable[int]) -> None:
        """All tokens of these turns fell out."""
        doomed = set(turns)
        keep = [place for place, turn in enumerate(self.turns) if turn not in doomed]
        leave = [place for place, turn in enumerate(self.turns) if turn in doomed]
        self.gone += [self.tokens[place] for place in leave]
        self.gone_turns += [self.turns[place] for place in leave]
        self.prompt_length -= sum(place < self.prompt_length for place in leave)
        self.tokens = [self.tokens[place] for place in keep]
        self.turns = [self.turns[place] for place in keep]
        self._count()

    def _count(self) -> None:
        self._by_author = Counter(token.role for token in self.tokens)
        self._by_turn = Counter(self.turns)
        self._before = _requests(self.tokens[: self.prompt_length], 0)
        self.thinking = _thinking(self.tokens[: self.prompt_length])


def _requests(tokens: Sequence[StreamToken], first: int) -> list[Request]:
    """The runs of an assistant's tokens from `first` on."""
    found: list[Request] = []
    began = -1
    for place in range(first, len(tokens)):
        if tokens[place].role == "assistant":
            began = place if began < 0 else began
        elif began >= 0:
            found.append(Request(began, place - began))
            began = -1
    if began >= 0:
        found.append(Request(began, len(tokens) - began))
    return found


def _thinking(tokens: Sequence[StreamToken]) -> list[range]:
    """From the token that opens thinking to the one that closes it, where a model has such tokens."""
    found: list[range] = []
    began = -1
    for place, token in enumerate(tokens):
        if token.special and token.text == THINK_OPEN and began < 0:
            began = place
        elif token.special and token.text == THINK_CLOSE and began >= 0:
            found.append(range(began, place + 1))
            began = -1
    return found


def tool_roles(tokens: Sequence[StreamToken]) -> list[StreamToken]:
    """An answer that was read again: between the tags of a result, a tool wrote."""
    found: list[StreamToken] = []
    inside = False
    for token in tokens:
        inside = inside or (token.special and token.text == RESULT_OPEN)
        found.append(replace(token, role="tool") if inside and token.role == "assistant" else token)
        inside = inside and not (token.special and token.text == RESULT_CLOSE)
    return found


def _chat_authors(
    prompt: Sequence[StreamToken], messages: Sequence[Message]
) -> tuple[list[StreamToken], list[int]]:
    """The template's tokens go to the turns that they frame; an answer's end token is the model's own."""
    tokens, turns = list(prompt), [0] * len(prompt)
    written: Counter[int] = Counter()
    before: Message | None = None
    place = 0
    while place < len(tokens):
        number, stop = tokens[place].turn, place + 1
        while stop < len(tokens) and tokens[stop].turn == number:
            stop += 1
        message = _numbered(messages, number)
        if message is None:
            after = _numbered(messages, tokens[stop].turn) if stop < len(tokens) else None
            _frame(tokens, turns, range(place, stop), before, after)
        else:
            turns[place:stop] = [message.turn] * (stop - place)
            _mark_document(tokens, range(place, stop), message, written)
            before = message
        place = stop
    return tokens, turns


def _numbered(messages: Sequence[Message], number: int | None) -> Message | None:
    return messages[number] if number is not None and number < len(messages) else None


def _mark_document(tokens: list[StreamToken], places: range, message: Message, written: Counter[int]) -> None:
    """The tokens that lie in the document at the message's front, by the characters before them."""
    for place in places:
        if written[message.turn] >= message.document_length:
            return
        written[message.turn] += len(tokens[place].text) - tokens[place].resumes
        tokens[place] = replace(tokens[place], role="document")


def _frame(
    tokens: list[StreamToken], turns: list[int], places: range, before: Message | None, after: Message | None
) -> None:
    """The first special token of a run closes the turn before, with what is not special behind it."""
    if before is not None and after is not None and before.turn == after.turn:
        for place in places:
            turns[place] = after.turn
            if tokens[place].special:
                tokens[place] = replace(tokens[place], role="tool")
        return
    closing = before is not None
    seen = False
    for place in places:
        if tokens[place].special:
            if seen:
                closing = False
            elif closing and before is not None and before.said.role == "assistant":
                tokens[place] = replace(tokens[place], role="assistant")
            seen = True
        owner = before if closing else after
        turns[place] = owner.turn if owner is not None else 0


def _text_authors(
    prompt: Sequence[StreamToken], messages: Sequence[Message]
) -> tuple[list[StreamToken], list[int]]:
    """A document that two sides write: told apart by the characters."""
    tokens: list[StreamToken] = []
    turns: list[int] = []
    ends: list[int] = []
    end = 0
    for message in messages:
        end += len(message.said.content)
        ends.append(end)
    at = number = 0
    for token in prompt:
        while number < len(ends) - 1 and at >= ends[number]:
            number += 1
        message = messages[number] if number < len(messages) else None
        tokens.append(token if message is None else replace(token, role=message.said.role))
        turns.append(0 if message is None else message.turn)
        at += len(token.text) - token.resumes
    return tokens, turns
