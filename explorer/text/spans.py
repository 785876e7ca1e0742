"""A model's answer as spans of thinking, tool calls, results and answer, split while its tokens arrive.

A tag (`<think>`, `<|search_end|>`) may be one special token, or plain text spread over several tokens. What
may still become a tag is held back, so a text cut anywhere gives the same spans as the whole.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from explorer.text import chatml

ANSWER = "answer"
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Tag:
    """How a kind of span begins and ends."""

    kind: str
    opening: str
    closing: str
    holds_others: bool = False
    """Whether spans of other kinds may stand in it; otherwise all but its own end is text."""


THINKING = Tag("thinking", chatml.THINK_OPEN, chatml.THINK_CLOSE, holds_others=True)
SEARCH = Tag("tool", chatml.SEARCH_OPEN, chatml.SEARCH_CLOSE)
CALCULATION = Tag("tool", chatml.CALCULATE_OPEN, chatml.CALCULATE_CLOSE)
RESULT = Tag("result", chatml.RESULT_OPEN, chatml.RESULT_CLOSE)
TAGS = (THINKING, SEARCH, CALCULATION, RESULT)


@dataclass
class Span:
    """A stretch of one kind; grows while tokens arrive."""

    kind: str
    first_token: int
    """The number of its first token, from 0."""
    text: str = ""
    """Without tags and other special tokens."""
    tokens: int = 0
    """How many begin in it. Its tags' tokens count, and those that bring no text."""
    closed: bool = False
    """True when its closing tag has come."""
    opening: str = ""
    """The tag that opened it: which tool."""


@dataclass(frozen=True)
class _Mark:
    """A tag that may come now."""

    text: str
    tag: Tag
    opens: bool


class SpanSplitter:
    """Takes token after token; `spans` has what is known so far, in order."""

    def __init__(
        self, tags: Sequence[Tag] = TAGS, *, special: Collection[str] = (), inside: str | None = None
    ) -> None:
        """`special`: the names of the model's special tokens; a tag of such a name counts as token only.

        `inside`: the kind of span in which the stream begins, for templates that write the opening tag.
        """
        assert all(tag.opening and tag.closing for tag in tags)
        self.spans: list[Span] = []
        self._tags = tuple(tags)
        self._special = frozenset(special)
        self._stack: list[Tag] = [tag for tag in tags if tag.kind == inside][:1]
        self._span: Span | None = None
        self._held = ""
        """What may become a tag, or a character."""
        self._at = 0
        """Where `_held` begins, in characters from the stream's beginning."""
        self._starts: list[int] = []
        """Where the tokens begin that no span has counted yet."""
        self._counted = 0

    @property
    def kind(self) -> str:
        """What comes now."""
        return self._stack[-1].kind if self._stack else ANSWER

    def push(self, text: str, *, special: bool = False, resumes: bool = False) -> None:
        """Take a token, as `StreamToken` describes it. Of the spans so far only the last one changes."""
        if special:
            self._take_special(text)
            return
        if resumes and self._held.endswith(_REPLACEMENT):
            self._held = self._held[:-1]
        self._starts.append(self._at + len(self._held))
        self._held += text
        self._split()

    def finish(self) -> None:
        """No more tokens come: what was held back is text."""
        self._release(len(self._held))
        self._count(self._at + 1)

    # ---------------------------------------------------------------- splitting

    def _marks(self) -> Iterator[_Mark]:
        top = self._stack[-1] if self._stack else None
        if top is not None:
            yield _Mark(top.closing, top, opens=False)
        if top is None or top.holds_others:
            yield from (_Mark(tag.opening, tag, opens=True) for tag in self._tags if tag not in self._stack)

    def _split(self) -> None:
        while True:
            marks = [mark for mark in self._marks() if mark.text not in self._special]
            found = [
                (place + len(mark.text), place, mark)
                for mark in marks
                if (place := self._held.find(mark.text)) >= 0
            ]
            if not found:
                self._release(len(self._held) - self._kept_back(marks))
                return
            # The one that is complete first: that does not depend on where the text was cut.
            _, place, mark = min(found, key=lambda one: one[:2])
            self._release(place)
            self._turn(mark, len(mark.text))

    def _kept_back(self, marks: Sequence[_Mark]) -> int:
        """How many characters at the end may be the beginning of more."""
        if self._held.endswith(_REPLACEMENT):
            return 1  # a character whose other bytes are to come; no tag has it
        longest = max((len(mark.text) - 1 for mark in marks), default=0)
        for length in range(min(longest, len(self._held)), 0, -1):
            end = self._held[-length:]
            if any(mark.text.startswith(end) for mark in marks):
                return length
        return 0

    def _take_special(self, text: str) -> None:
        self._release(len(self._held))
        self._starts.append(self._at)
        mark = next((mark for mark in self._marks() if mark.text == text), None)
        if mark is not None:
            self._turn(mark, 0)
        self._count(self._at + 1)

    def _turn(self, mark: _Mark, length: int) -> None:
        """Begin or end a span, by a tag of `length` characters at the front of what is held."""
        if mark.opens:
            self._count(self._at)
            self._stack.append(mark.tag)
            self._span = None
        span = self._current()
        self._held = self._held[length:]
        self._at += length
        self._count(self._at if length else self._at + 1)
        if not mark.opens:
            span.closed = True
            self._stack.pop()
            self._span = None

    def _release(self, length: int) -> None:
        """Give the first characters that are held to the present span."""
        if not length:
            return
        self._current().text += self._held[:length]
        self._held = self._held[length:]
        self._at += length
        self._count(self._at)

    def _current(self) -> Span:
        if self._span is None:
            self._span = Span(
                self.kind, self._counted, opening=self._stack[-1].opening if self._stack else ""
            )
            self.spans.append(self._span)
        return self._span

    def _count(self, end: int) -> None:
        """The tokens that begin before `end` belong to the present span, or to the last one there was."""
        if self._span is None and not self.spans:
            return
        mine = sum(start < end for start in self._starts)
        del self._starts[:mine]
        (self._span or self.spans[-1]).tokens += mine
        self._counted += mine


def split_spans(
    text: str, tags: Sequence[Tag] = TAGS, *, special: Collection[str] = (), inside: str | None = None
) -> list[Span]:
    """The spans of a whole text, as if it were one token."""
    splitter = SpanSplitter(tags, special=special, inside=inside)
    splitter.push(text)
    splitter.finish()
    return splitter.spans
