import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.text.token_array import TokenArray


def filled(*starts: int) -> TokenArray:
    tokens = TokenArray()
    tokens.splice(0, 0, range(len(starts)), starts)
    return tokens


def test_a_patch_replaces_and_shifts_what_follows() -> None:
    tokens = filled(0, 2, 4, 6)
    tokens.splice(1, 2, [7, 8, 9], [2, 3, 5], shift=10)
    assert tokens.ids.tolist() == [0, 7, 8, 9, 3]
    assert tokens.starts.tolist() == [0, 2, 3, 5, 16]


def test_lookups_among_tokens_that_share_a_start() -> None:
    tokens = filled(0, 3, 3, 3, 5)
    assert tokens.index_at(3) == 1
    assert tokens.index_at(4) == 4
    assert tokens.index_at(6) == 5
    assert [tokens.index_covering(unit) for unit in (0, 2, 3, 4, 5, 99)] == [0, 0, 1, 1, 4, 4]
    assert filled(4).index_covering(1) == -1
    assert TokenArray().index_covering(0) == -1


@pytest.mark.parametrize("first, removed, starts", [(5, 0, []), (3, 2, []), (-1, 1, []), (0, 0, [1, 2])])
def test_a_patch_that_does_not_fit_is_refused_and_changes_nothing(
    first: int, removed: int, starts: list[int]
) -> None:
    tokens = filled(0, 2, 4, 6)
    with pytest.raises(ValueError, match="does not fit"):
        tokens.splice(first, removed, [1], starts)
    assert tokens.ids.tolist() == [0, 1, 2, 3]


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3000), st.integers(0, 3000), st.integers(-5, 5)))
)
def test_splices_agree_with_lists(patches: list[tuple[int, int, int, int]]) -> None:
    tokens = TokenArray()
    ids: list[int] = []
    starts: list[int] = []
    for number, (first, removed, added, shift) in enumerate(patches):
        first = min(first, len(ids))
        removed = min(removed, len(ids) - first)
        new_ids, new_starts = [number] * added, list(range(added))
        tokens.splice(first, removed, new_ids, np.array(new_starts, np.int32), shift)
        ids[first : first + removed] = new_ids
        starts = starts[:first] + new_starts + [start + shift for start in starts[first + removed :]]
    assert tokens.ids.tolist() == ids
    assert tokens.starts.tolist() == starts
    assert len(tokens) == len(ids)


def test_the_window_pays_for_numpy_only() -> None:
    code = (
        "import sys, explorer.text.token_array, explorer.text.units\n"
        "assert not {'tiktoken', 'tokenizers', 'regex', 'msgspec'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
