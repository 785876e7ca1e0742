"""Splitting an answer while it arrives: cut anywhere, the spans are those of the whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.text.spans import TAGS, Span, SpanSplitter, Tag, split_spans

NAMES = [name for tag in TAGS for name in (tag.opening, tag.closing)]
PIECES = st.lists(st.sampled_from([*NAMES, "<thi", "nk>", "<", "</", "|>", "a", " 中😀\n"]), max_size=14).map(
    "".join
)


def pushed(tokens: list[str], special: list[str] | None = None, **options: object) -> list[Span]:
    splitter = SpanSplitter(special=special or [], **options)  # type: ignore[arg-type]
    for token in tokens:
        splitter.push(token, special=token in (special or []))
    splitter.finish()
    return splitter.spans


def told(spans: list[Span]) -> list[tuple[str, str, bool]]:
    return [(span.kind, span.text, span.closed) for span in spans]


def test_thinking_then_answer() -> None:
    assert told(split_spans("<think>\n2 + 2\n</think>\n\n4")) == [
        ("thinking", "\n2 + 2\n", True),
        ("answer", "\n\n4", False),
    ]


def test_a_search_in_the_middle_of_thinking_goes_back_to_it() -> None:
    text = "Hm.<think>who?<|search_start|>king <think> of<|search_end|>so</think>He."
    assert told(split_spans(text)) == [
        ("answer", "Hm.", False),
        ("thinking", "who?", False),
        ("tool", "king <think> of", True),
        ("thinking", "so", True),
        ("answer", "He.", False),
    ]


def test_which_tool_was_called_is_known() -> None:
    spans = split_spans("<|calc_start|>2*3<|calc_end|><|result_start|>6<|result_end|>Six.")
    assert [(span.kind, span.opening, span.text) for span in spans] == [
        ("tool", "<|calc_start|>", "2*3"),
        ("result", "<|result_start|>", "6"),
        ("answer", "", "Six."),
    ]


def test_a_template_may_have_opened_it() -> None:
    spans = split_spans("well</think>4", inside="thinking")
    assert told(spans) == [("thinking", "well", True), ("answer", "4", False)]


def test_tags_that_do_not_fit_are_text() -> None:
    assert told(split_spans("a</think>b<|search_end|>")) == [("answer", "a</think>b<|search_end|>", False)]
    assert told(split_spans("<think>a<think>b")) == [("thinking", "a<think>b", False)]


def test_no_text_no_spans() -> None:
    assert split_spans("") == []
    assert told(split_spans("<think>")) == [("thinking", "", False)]


@given(PIECES, st.data())
def test_cut_anywhere_it_is_the_same(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    tokens = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    spans = pushed(tokens)
    assert told(spans) == told(split_spans(text))
    assert sum(span.tokens for span in spans) == (len(tokens) if spans else 0)


@given(PIECES)
def test_character_by_character_nothing_shown_is_taken_back(text: str) -> None:
    splitter = SpanSplitter()
    shown: list[str] = []
    for character in text:
        splitter.push(character)
        now = [span.text for span in splitter.spans]
        assert now[: len(shown) - 1] == shown[:-1], "only the last one changes"
        assert all(new.startswith(old) for new, old in zip(now, shown, strict=False))
        shown = now
    splitter.finish()
    assert told(splitter.spans) == told(split_spans(text))


@given(PIECES)
def test_without_nesting_it_is_a_regular_expression(text: str) -> None:
    tag = Tag("thinking", "<think>", "</think>")
    expected = [
        ("thinking", found[1]) if found[2] is None else ("answer", found[2])
        for found in re.finditer(r"<think>(.*?)(?:</think>|\Z)|((?:(?!<think>).)+)", text, re.DOTALL)
    ]
    assert [(span.kind, span.text) for span in split_spans(text, [tag])] == expected


@given(PIECES)
def test_all_but_tags_is_somebodys_text(text: str) -> None:
    removed = split_spans(text)
    missing = len(text) - sum(len(span.text) for span in removed)
    lengths = [len(name) for name in NAMES]
    reachable = {0}
    for _ in range(text.count(">")):
        reachable |= {known + length for known in reachable for length in lengths}
    assert missing in reachable


# ---------------------------------------------------------------- special tokens

SPECIAL = ["<think>", "</think>", "<|im_end|>"]


def test_a_special_tag_counts_as_token_only() -> None:
    spans = pushed(["<think>", "a", "</th", "ink>", "b", "</think>", "c", "<|im_end|>"], SPECIAL)
    assert told(spans) == [("thinking", "a</think>b", True), ("answer", "c", False)]
    assert [(span.first_token, span.tokens) for span in spans] == [(0, 6), (6, 2)]


def test_special_tokens_bring_no_text_and_break_a_half_tag() -> None:
    spans = pushed(["<th", "<|im_end|>", "ink>"], ["<|im_end|>"])
    assert told(spans) == [("answer", "<think>", False)]
    assert spans[0].tokens == 3


def test_special_tags_side_by_side() -> None:
    spans = pushed(["<think>", "</think>", "<think>", "</think>"], SPECIAL)
    assert told(spans) == [("thinking", "", True)] * 2
    assert [(span.first_token, span.tokens) for span in spans] == [(0, 2), (2, 2)]


def test_tokens_belong_where_they_begin() -> None:
    spans = pushed(["<", "think", ">", "one", " two</", "think>\n", "4", ""])
    assert told(spans) == [("thinking", "one two", True), ("answer", "\n4", False)]
    assert [(span.first_token, span.tokens) for span in spans] == [(0, 6), (6, 2)]


# ---------------------------------------------------------------- half characters


def test_a_half_character_is_held_back_until_it_is_whole() -> None:
    splitter = SpanSplitter()
    splitter.push("a\ufffd")
    assert told(splitter.spans) == [("answer", "a", False)]
    splitter.push("\ufffd", resumes=True)
    splitter.push("😀<thi", resumes=True)
    assert told(splitter.spans) == [("answer", "a😀", False)]
    splitter.push("nk>\ufffd")
    splitter.push("b")
    splitter.finish()
    assert told(splitter.spans) == [("answer", "a😀", False), ("thinking", "\ufffdb", False)]
    assert [span.tokens for span in splitter.spans] == [3, 2]


@pytest.mark.parametrize("kind", ["thinking", "tool"])
def test_what_comes_now_is_known(kind: str) -> None:
    splitter = SpanSplitter(inside=kind)
    assert splitter.kind == kind
    splitter.push({tag.kind: tag.closing for tag in reversed(TAGS)}[kind])
    assert splitter.kind == "answer"
