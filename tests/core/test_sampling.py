"""The chain against rules worked out by hand, against softmax, and against what must hold for any logits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core.draw import draw, uniforms
from explorer.core.ranking import CUT, Logits, Ranking, order_of
from explorer.core.sampling import (
    STEP_TYPES,
    FrequencyPenalty,
    History,
    LogitBias,
    MinP,
    PresencePenalty,
    RepeatPenalty,
    Step,
    Temperature,
    TopK,
    TopP,
    TypicalP,
    chain_of,
    run_chain,
    trace_chain,
)
from explorer.errors import DamagedFileError, InputError
from explorer.protocol import SAMPLER_ORDER, SamplerSettings

NOTHING = History()


def logits_of(*probabilities: float) -> Logits:
    with np.errstate(divide="ignore"):
        return np.log(np.array(probabilities)).astype(np.float32)


def probabilities(logits: Logits) -> np.ndarray:
    weights = np.exp(logits.astype(np.float64) - logits.max())
    return weights / weights.sum()


def kept(step: Step, logits: Logits) -> list[int]:
    return np.flatnonzero(step(logits, NOTHING) > CUT).tolist()


# Some ties, some tokens already cut, never all.
rows = (
    arrays(
        np.float32, st.integers(2, 40), elements=st.sampled_from([-np.inf, -8.0, -1.5, 0.0, 0.25, 0.5, 3.0])
    )
    | arrays(np.float32, st.integers(2, 400), elements=st.floats(-20, 20, width=32))
).filter(lambda row: np.isfinite(row).any())


# ---------------------------------------------------------------- each step, by hand


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.0, [2]),
        (0.39, [2]),
        (0.4, [2]),
        (0.41, [0, 2]),
        (0.7, [0, 2]),
        (0.71, [0, 2, 3]),
        (0.96, [0, 1, 2, 3]),
    ],
)
def test_top_p_keeps_the_smallest_set_that_reaches_p(p: float, expected: list[int]) -> None:
    assert kept(TopP(p), logits_of(0.3, 0.1, 0.4, 0.2)) == expected


def test_top_p_takes_the_lower_id_among_equals() -> None:
    assert kept(TopP(0.5), logits_of(0.25, 0.25, 0.25, 0.25)) == [0, 1]


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.2, [0, 1, 2, 3]), (0.25, [0, 1, 2, 3]), (0.3, [0, 2, 3]), (0.76, [2]), (1.0, [2])],
)
def test_min_p_is_relative_to_the_most_likely(share: float, expected: list[int]) -> None:
    assert kept(MinP(share), logits_of(0.3, 0.1, 0.4, 0.2)) == expected


@pytest.mark.parametrize(
    ("k", "expected"), [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (5, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4])]
)
def test_top_k_keeps_exactly_k_lowest_ids_first(k: int, expected: list[int]) -> None:
    assert kept(TopK(k), logits_of(0.05, 0.35, 0.25, 0.25, 0.1)) == expected


def test_typical_keeps_what_is_nearest_to_the_entropy() -> None:
    # Entropy of (.5, .2, .2, .1) is 1.2206 nats; surprisals are .693, 1.609, 1.609, 2.303;
    # so distances are .527, .389, .389, 1.082: the two tokens of .2 come first, then the likely one.
    logits = logits_of(0.5, 0.2, 0.2, 0.1)
    assert kept(TypicalP(0.2), logits) == [1]
    assert kept(TypicalP(0.3), logits) == [1, 2]
    assert kept(TypicalP(0.5), logits) == [0, 1, 2]
    assert kept(TypicalP(0.95), logits) == [0, 1, 2, 3]


def test_repeat_penalty_divides_positive_and_multiplies_negative_once() -> None:
    logits = np.array([2.0, -2.0, 3.0, 0.0, 0.5], dtype=np.float32)
    after = RepeatPenalty(2.0)(logits, History(prompt=[0, 0, 3], generated=[1, 0, 4]))
    assert after.tolist() == [1.0, -4.0, 3.0, 0.0, 0.25]


def test_frequency_and_presence_look_at_what_was_generated_only() -> None:
    logits = np.zeros(4, dtype=np.float32)
    history = History(prompt=[0, 0], generated=[1, 2, 1])
    assert FrequencyPenalty(0.5)(logits, history).tolist() == [0.0, -1.0, -0.5, 0.0]
    assert PresencePenalty(0.5)(logits, history).tolist() == [0.0, -0.5, -0.5, 0.0]


def test_logit_bias_adds_and_refuses_unknown_tokens() -> None:
    logits = np.zeros(3, dtype=np.float32)
    assert LogitBias({2: 1.5, 0: -100.0})(logits, NOTHING).tolist() == [-100.0, 0.0, 1.5]
    with pytest.raises(InputError, match="no token 3"):
        LogitBias({3: 1.0})(logits, NOTHING)


@pytest.mark.parametrize("temperature", [0.0, 1e-6])
def test_temperature_0_is_argmax_and_the_lowest_id_wins_a_tie(temperature: float) -> None:
    assert kept(Temperature(temperature), np.array([1, 5, 5, 2], dtype=np.float32)) == [1]


def test_temperature_divides() -> None:
    assert Temperature(0.5)(np.array([1.0, -3.0], dtype=np.float32), NOTHING).tolist() == [2.0, -6.0]


# ---------------------------------------------------------------- what holds for any logits

ACTIVE: list[Step] = [
    RepeatPenalty(1.3),
    FrequencyPenalty(0.4),
    PresencePenalty(0.7),
    LogitBias({0: 2.0, 1: -100.0}),
    Temperature(0.7),
    Temperature(0.0),
    TopK(3),
    TopP(0.8),
    MinP(0.2),
    TypicalP(0.7),
]
CUTTING = [step for step in ACTIVE if isinstance(step, TopK | TopP | MinP | TypicalP)]


@given(row=rows)
def test_neutral_values_change_nothing(row: Logits) -> None:
    history = History(prompt=[0, 1], generated=[1])
    for name, kind in STEP_TYPES.items():
        step = kind()
        assert step.is_neutral, name
        assert np.array_equal(step(row, history), row), name
    assert run_chain(chain_of(SamplerSettings()), row, history) is row


@given(row=rows, step=st.sampled_from(ACTIVE))
def test_a_step_is_pure_and_leaves_a_token(row: Logits, step: Step) -> None:
    given_row = row.copy()
    after = step(row, History(generated=[0]))
    assert np.array_equal(row, given_row)
    assert after.dtype == np.float32
    assert after.shape == row.shape
    assert np.isfinite(after.max())
    assert np.all(after[row == CUT] == CUT), "what is cut stays cut"


@given(row=rows, step=st.sampled_from(CUTTING))
def test_a_cut_leaves_the_rest_as_it_was(row: Logits, step: Step) -> None:
    after = step(row, NOTHING)
    assert np.array_equal(after[after > CUT], row[after > CUT])


@given(row=rows, step=st.sampled_from([TopK(3), MinP(0.2), Temperature(0.0)]))
def test_a_second_time_changes_nothing(row: Logits, step: Step) -> None:
    # Not so for top-p and typical-p: what is left is a new whole, of which p is less.
    once = step(row, NOTHING)
    assert np.array_equal(step(once, NOTHING), once)


@given(row=rows, p=st.floats(0, 1))
def test_top_p_is_the_rule_and_nothing_less(row: Logits, p: float) -> None:
    after = TopP(p)(row, NOTHING)
    chosen = probabilities(row)[after > CUT]
    assert chosen.sum() >= p - 1e-5
    assert chosen.size == 1 or chosen.sum() - chosen.min() < p + 1e-5, "the least likely was needed"


@given(row=rows, low=st.floats(0, 1), high=st.floats(0, 1))
def test_a_stricter_setting_keeps_a_part_of_what_a_milder_one_keeps(
    row: Logits, low: float, high: float
) -> None:
    low, high = sorted((low, high))
    assert set(kept(TopP(low), row)) <= set(kept(TopP(high), row))
    assert set(kept(MinP(high), row)) <= set(kept(MinP(low), row))
    assert set(kept(TopK(2), row)) <= set(kept(TopK(5), row))


@given(row=rows, low=st.floats(0.05, 5), high=st.floats(0.05, 5))
def test_entropy_rises_with_temperature(row: Logits, low: float, high: float) -> None:
    low, high = sorted((low, high))
    cool, warm = (Ranking(Temperature(t)(row, NOTHING)[None]).entropies()[0] for t in (low, high))
    assert cool <= warm + 1e-5


@given(row=rows, step=st.sampled_from(ACTIVE))
def test_rows_of_a_batch_are_treated_as_single_rows(row: Logits, step: Step) -> None:
    batch = np.stack([row, np.roll(row, 1), row[::-1]])
    histories = [History([0], [1]), History([1], [0, 0]), History()]
    singles = [step(one, history) for one, history in zip(batch, histories, strict=True)]
    assert np.array_equal(step(batch, histories), np.stack(singles))


# ---------------------------------------------------------------- order


@given(row=rows)
def test_the_order_is_by_logit_and_then_by_id(row: Logits) -> None:
    expected = sorted(range(row.size), key=lambda token: (-row[token], token))
    assert order_of(row).tolist() == expected
    for count in (1, row.size // 2 + 1, row.size, row.size + 5):
        assert Ranking(row[None]).leading(count)[0].tolist() == expected[:count]


@given(row=rows, share=st.floats(0, 1, exclude_max=True))
def test_the_draw_is_the_inverse_of_the_cumulated_probabilities(row: Logits, share: float) -> None:
    drawn = draw(Ranking(row[None]), np.array([share]))
    order = order_of(row)
    sums = np.concatenate([[0.0], np.cumsum(probabilities(row)[order])])
    place = order.tolist().index(drawn.ids[0])
    assert row[drawn.ids[0]] > CUT
    assert drawn.cumulative_before[0] == pytest.approx(sums[place], abs=1e-5)
    assert drawn.probability[0] == pytest.approx(sums[place + 1] - sums[place], abs=1e-5)
    assert drawn.cumulative_before[0] <= share
    assert share <= drawn.cumulative_before[0] + drawn.probability[0] + 1e-9


def test_a_long_flat_row_is_drawn_from_to_its_end() -> None:
    ranking = Ranking(np.zeros((1, 50_000), dtype=np.float32))
    for share in (0.0, 0.3, 0.99999, np.nextafter(1, 0)):
        assert draw(ranking, np.array([share])).ids[0] == int(share * 50_000)


def test_cut_tokens_are_never_drawn() -> None:
    row = np.full(1000, CUT, dtype=np.float32)
    row[[3, 500, 999]] = [0.0, -40.0, -200.0]  # the last one's weight is 0 in float32
    drawn = draw(Ranking(np.tile(row, (2000, 1))), uniforms(range(2000), [7] * 2000))
    assert set(drawn.ids.tolist()) == {3}
    last = draw(Ranking(row[None]), np.array([np.nextafter(1, 0)]))
    assert last.ids[0] in (3, 500)


# ---------------------------------------------------------------- chance


def chi_square(counts: np.ndarray, expected: np.ndarray) -> float:
    return float(((counts - expected) ** 2 / expected).sum())


@pytest.mark.parametrize(
    "settings", [SamplerSettings(), SamplerSettings(temperature=1.7, top_k=7), SamplerSettings(min_p=0.1)]
)
def test_frequencies_are_those_of_the_softmax(settings: SamplerSettings) -> None:
    row = logits_of(0.3, 0.02, 0.25, 0.08, 0.1, 0.05, 0.12, 0.03, 0.01, 0.04)
    final = run_chain(chain_of(settings), row, NOTHING)
    n = 40_000
    ids = draw(Ranking(np.tile(final, (n, 1))), uniforms([42] * n, range(n))).ids
    alive = final > CUT
    counts = np.bincount(ids, minlength=row.size)
    assert counts[~alive].sum() == 0
    # 9 degrees of freedom at most: above 27.9 once in a thousand seeds. This seed is fixed.
    assert chi_square(counts[alive], n * probabilities(final)[alive]) < 27.9


@pytest.mark.parametrize("along", ["positions", "seeds"])
def test_uniforms_are_uniform_along_positions_and_along_seeds(along: str) -> None:
    n, bins = 100_000, 100
    numbers = uniforms([5] * n, range(n)) if along == "positions" else uniforms(range(n), [5] * n)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    # 99 degrees of freedom: above 148.2 once in a thousand.
    assert chi_square(np.histogram(numbers, bins, (0, 1))[0], np.full(bins, n / bins)) < 148.2
    pairs = np.histogram2d(numbers[:-1], numbers[1:], 10, ((0, 1), (0, 1)))[0]
    assert chi_square(pairs, np.full((10, 10), (n - 1) / 100)) < 148.2


def test_uniforms_depend_on_seed_and_position_only() -> None:
    alone = [uniforms([seed], [position])[0] for seed, position in ((1, 0), (1, 1), (-7, 3), (2**70 + 1, 5))]
    assert uniforms([1, 1, -7, 2**70 + 1], [0, 1, 3, 5]).tolist() == alone
    assert len(set(alone)) == 4
    # SplitMix64 itself, worked out with whole numbers of any size.
    assert uniforms([123], [4])[0] == _splitmix(123, 4)


def _splitmix(seed: int, position: int) -> float:
    def mixed(x: int) -> int:
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        return x ^ (x >> 31)

    golden = 0x9E3779B97F4A7C15
    start = mixed((seed + golden) % 2**64)
    return (mixed((start + (position + 1) * golden) % 2**64) >> 11) / 2**53


# ---------------------------------------------------------------- the chain


def test_the_order_of_the_chain_can_be_changed_and_matters() -> None:
    row = logits_of(0.6, 0.2, 0.15, 0.05)
    hot_first = SamplerSettings(temperature=3.0, min_p=0.4)
    cut_first = SamplerSettings(temperature=3.0, min_p=0.4, samplers=("min_p", "temperature"))
    assert np.count_nonzero(run_chain(chain_of(hot_first), row, NOTHING) > CUT) == 4
    assert np.count_nonzero(run_chain(chain_of(cut_first), row, NOTHING) > CUT) == 1
    assert [step.name for step in chain_of(SamplerSettings())] == list(SAMPLER_ORDER)


def test_the_trace_shows_what_each_step_cut() -> None:
    row = logits_of(0.4, 0.3, 0.2, 0.06, 0.04)
    steps = chain_of(SamplerSettings(top_k=4, top_p=0.6, presence_penalty=0.1))
    trace = trace_chain(steps, row, History(generated=[4]))
    assert [link.step.name for link in trace] == list(SAMPLER_ORDER)
    assert {link.step.name: link.cut.tolist() for link in trace if link.cut.size} == {
        "top_k": [4],
        "top_p": [2, 3],
    }
    for link, following in pairwise(trace):
        assert link.after is following.before
    assert np.array_equal(trace[-1].after, run_chain(steps, row, History(generated=[4])))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_a_number_is_said_in_words(value: float) -> None:
    rows = np.zeros((2, 4), dtype=np.float32)
    rows[1, 2] = value
    with pytest.raises(DamagedFileError, match="not a number"):
        run_chain(chain_of(SamplerSettings()), rows, [NOTHING, NOTHING])
    with pytest.raises(DamagedFileError, match="not a number"):
        trace_chain([], np.full(4, CUT), NOTHING)


@pytest.mark.parametrize(
    "settings",
    [
        SamplerSettings(temperature=-0.1),
        SamplerSettings(temperature=float("nan")),
        SamplerSettings(temperature=float("inf")),
        SamplerSettings(top_k=-1),
        SamplerSettings(top_p=1.01),
        SamplerSettings(top_p=-0.5),
        SamplerSettings(min_p=2.0),
        SamplerSettings(typical_p=0.0),
        SamplerSettings(repeat_penalty=0.0),
        SamplerSettings(frequency_penalty=float("nan")),
        SamplerSettings(presence_penalty=float("inf")),
        SamplerSettings(logit_bias={-1: 1.0}),
        SamplerSettings(logit_bias={1: float("nan")}),
        SamplerSettings(samplers=("temperature", "magic")),
        SamplerSettings(samplers=("top_k", "top_k")),
        SamplerSettings(temperature=-1.0, samplers=()),
    ],
)
def test_settings_without_sense_are_refused(settings: SamplerSettings) -> None:
    with pytest.raises(InputError):
        chain_of(settings)
