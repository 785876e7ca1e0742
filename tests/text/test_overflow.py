import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.text.overflow import POLICIES, Fit, Policy, TurnSize, fit

_turns = st.lists(
    st.builds(TurnSize, st.sampled_from(["system", "user", "assistant", "tool"]), st.integers(0, 30)),
    max_size=8,
)
_some = st.integers(0, 40)


@given(st.sampled_from(POLICIES), _turns, _some, st.integers(1, 120), _some)
def test_the_window_is_never_overfull_and_the_newest_question_stays(
    policy: Policy, turns: list[TurnSize], overhead: int, window: int, room: int
) -> None:
    found = fit(policy, turns, overhead, window, room)
    stays = overhead + sum(turns[number].tokens for number in found.kept) - found.cut
    assert found.tokens == stays
    assert found.tokens + found.dropped_tokens == overhead + sum(turn.tokens for turn in turns)
    assert found.missing == max(0, stays + room - window)
    asked = [number for number, turn in enumerate(turns) if turn.role == "user"][-1:]
    newest = range(asked[0] if asked else len(turns) - 1, len(turns)) if turns else range(0)
    assert set(newest) <= set(found.kept)
    if found.cut:
        assert policy == "slide" and found.kept[0] not in newest
        assert found.cut < turns[found.kept[0]].tokens
    if not found.fits and policy != "stop":
        spared = {0, *newest} if policy == "keep_system" else set(newest)
        roles = {turns[number].role for number in set(found.kept) - spared}
        assert roles <= ({"system"} if policy == "keep_system" else set())


@given(st.sampled_from(POLICIES), _turns, _some, _some)
def test_nothing_is_dropped_while_there_is_room(
    policy: Policy, turns: list[TurnSize], overhead: int, room: int
) -> None:
    total = overhead + sum(turn.tokens for turn in turns)
    assert fit(policy, turns, overhead, total + room, room) == Fit(tuple(range(len(turns))), 0, 0, total, 0)


TURNS = [
    TurnSize(role, tokens)
    for role, tokens in (
        ("system", 10),
        ("user", 5),
        ("assistant", 20),
        ("user", 6),
        ("assistant", 8),
        ("user", 7),
    )
]
"""56 tokens, and 4 of the template's."""


@pytest.mark.parametrize(
    ("policy", "window", "kept", "cut", "missing"),
    [
        ("stop", 60, (0, 1, 2, 3, 4, 5), 0, 10),
        ("drop_oldest", 60, (1, 2, 3, 4, 5), 0, 0),  # the system's line is the oldest
        ("drop_oldest", 59, (3, 4, 5), 0, 0),  # the question does not go without its answer
        ("keep_system", 60, (0, 3, 4, 5), 0, 0),
        ("keep_system", 40, (0, 5), 0, 0),
        ("keep_system", 30, (0, 5), 0, 1),
        ("slide", 66, (0, 1, 2, 3, 4, 5), 4, 0),
        ("slide", 60, (1, 2, 3, 4, 5), 0, 0),
        ("slide", 52, (2, 3, 4, 5), 3, 0),
        ("slide", 15, (5,), 0, 6),
    ],
)
def test_by_hand(policy: Policy, window: int, kept: tuple[int, ...], cut: int, missing: int) -> None:
    found = fit(policy, TURNS, 4, window, 10)
    assert (found.kept, found.cut, found.missing) == (kept, cut, missing)


def test_a_result_that_the_model_waits_for_stays_with_its_question() -> None:
    turns = [TurnSize("user", 9), TurnSize("user", 5), TurnSize("assistant", 5), TurnSize("tool", 5)]
    assert fit("drop_oldest", turns, 0, 16, 0).kept == (1, 2, 3)
