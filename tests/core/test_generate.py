"""Generation against plain forward passes, and against itself: in batches, in other orders, to other ends."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pytest
import torch

from explorer.core.detokenize import joined
from explorer.core.draw import draw, uniforms
from explorer.core.generate import Fact, RowEnded, TokenDrawn, fit_prompt, generate, start_ids
from explorer.core.ranking import Ranking
from explorer.core.sampling import History, chain_of, run_chain
from explorer.core.scores import Score
from explorer.errors import DamagedFileError, InputError
from explorer.protocol import SamplerSettings
from tests.core.small import CONTEXT, small_model, small_tokenizer

MODEL = small_model()
TOKENIZER = small_tokenizer()
PROMPTS = [TOKENIZER.encode(text) for text in ("the", "a", "once upon a time", "中文", "x y z")]
SHAPED = SamplerSettings(temperature=0.9, top_k=60, top_p=0.95, min_p=0.01, repeat_penalty=1.2, seed=11)


def run(
    prompts: Sequence[Sequence[int]], settings: SamplerSettings = SHAPED, **options: object
) -> list[Fact]:
    options = {"max_tokens": 12, "end_tokens": (), **options}
    return list(generate(MODEL, TOKENIZER, prompts, settings, **options))  # type: ignore[arg-type]


def tokens(facts: Sequence[Fact], row: int = 0) -> list[TokenDrawn]:
    return [fact for fact in facts if isinstance(fact, TokenDrawn) and fact.row == row]


def ids(facts: Sequence[Fact], row: int = 0) -> list[int]:
    return [fact.id for fact in tokens(facts, row)]


def ends(facts: Sequence[Fact]) -> list[RowEnded]:
    return sorted((fact for fact in facts if isinstance(fact, RowEnded)), key=lambda end: end.row)


def uncached(prompt: Sequence[int], settings: SamplerSettings, count: int) -> list[int]:
    """The definition: a whole forward pass for every token."""
    stream = list(prompt)
    for _ in range(count):
        with torch.no_grad():
            logits = MODEL(torch.tensor([stream]))[0, -1].numpy()
        history = History(prompt, stream[len(prompt) :])
        final = run_chain(chain_of(settings), logits, history)
        stream.append(int(draw(Ranking(final[None]), uniforms([settings.seed], [len(stream)])).ids[0]))
    return stream[len(prompt) :]


def test_the_model_has_opinions() -> None:
    """What follows would prove little if all tokens were equally likely, or one always certain."""
    probabilities = [
        token.probability for token in tokens(run(PROMPTS[:1], SamplerSettings(), max_tokens=40))
    ]
    assert np.median(probabilities) > 5 / TOKENIZER.n_vocab
    assert np.median(probabilities) < 0.9


@pytest.mark.parametrize("settings", [SHAPED, SamplerSettings(seed=2), SamplerSettings(temperature=0.0)])
def test_cached_is_uncached(settings: SamplerSettings) -> None:
    assert ids(run([PROMPTS[2]], settings)) == uncached(PROMPTS[2], settings, 12)


def test_temperature_0_is_argmax() -> None:
    stream = list(PROMPTS[0])
    facts = tokens(run([stream], SamplerSettings(temperature=0.0, seed=99)))
    for fact in facts:
        with torch.no_grad():
            assert fact.id == int(MODEL(torch.tensor([stream]))[0, -1].argmax())
        assert (fact.uniform, fact.probability, fact.cumulative_before) == (None, 1.0, 0.0)
        stream.append(fact.id)


def test_the_seed_decides() -> None:
    assert run(PROMPTS[:1]) == run(PROMPTS[:1])
    other = SamplerSettings(temperature=0.9, seed=12)
    assert ids(run(PROMPTS[:1])) != ids(run(PROMPTS[:1], other))


def test_rows_of_a_batch_are_single_rows() -> None:
    seeds = [5, 5, 6, 7, 8]
    together = run(PROMPTS, seeds=seeds, max_tokens=15)
    for row, (prompt, seed) in enumerate(zip(PROMPTS, seeds, strict=True)):
        alone = run([prompt], seeds=[seed], max_tokens=15)
        assert ids(together, row) == ids(alone)
        for ours, single in zip(tokens(together, row), tokens(alone), strict=True):
            assert (ours.position, ours.piece, ours.text) == (single.position, single.piece, single.text)
            assert ours.logprob == pytest.approx(single.logprob, abs=1e-4)
            assert ours.uniform == single.uniform


def test_rows_that_end_early_leave_the_others_as_they_are() -> None:
    free = run([PROMPTS[0]] * 8, max_tokens=14)
    # Each row ends where its own token number 2 + row first stands.
    end_at = {row: ids(free, row)[2 + row] for row in range(8)}
    for row, end in end_at.items():
        alone = run([PROMPTS[0]], seeds=[SHAPED.seed + row], max_tokens=14, end_tokens={end})
        length = ids(free, row).index(end) + 1
        assert ids(alone) == ids(free, row)[:length]
        assert ends(alone)[0].stop_reason == "end_token"
    everything = run([PROMPTS[0]] * 8, max_tokens=14, end_tokens=set(end_at.values()))
    for row in range(8):
        expected = run(
            [PROMPTS[0]], seeds=[SHAPED.seed + row], max_tokens=14, end_tokens=set(end_at.values())
        )
        assert ids(everything, row) == ids(expected)
    assert len({end.tokens for end in ends(everything)}) > 1


def test_rows_with_one_seed_each_differ_by_default() -> None:
    facts = run([PROMPTS[0]] * 3)
    assert ids(facts, 0) == ids(run(PROMPTS[:1]))
    assert len({tuple(ids(facts, row)) for row in range(3)}) == 3


def test_going_on_later_gives_the_same_text() -> None:
    whole = ids(run([PROMPTS[2]], SamplerSettings(seed=4), max_tokens=12))
    first = ids(run([PROMPTS[2]], SamplerSettings(seed=4), max_tokens=5))
    rest = ids(run([[*PROMPTS[2], *first]], SamplerSettings(seed=4), max_tokens=7))
    assert first + rest == whole


def test_text_and_pieces_are_the_decoded_ids() -> None:
    for row in range(3):
        facts = run([PROMPTS[0]], SamplerSettings(temperature=3.0, seed=row), max_tokens=40)
        decoded = TOKENIZER.decode(ids(facts))
        assert joined(token.piece for token in tokens(facts)) == decoded
        assert "".join(token.text for token in tokens(facts)) + ends(facts)[0].text == decoded


def test_logprobs_are_the_models_at_temperature_1() -> None:
    facts = tokens(run([PROMPTS[0]], top_logprobs=4))
    stream = [*PROMPTS[0], *(fact.id for fact in facts)]
    with torch.no_grad():
        scores = torch.log_softmax(MODEL(torch.tensor([stream]))[0], dim=-1)
    for fact in facts:
        expected = scores[fact.position - 1]
        assert fact.logprob == pytest.approx(float(expected[fact.id]), abs=1e-4)
        assert fact.before is not None
        assert_score(fact.before, expected, fact.id, 4)


def assert_score(score: Score, logprobs: torch.Tensor, token: int, top: int) -> None:
    """Against logprobs (V,) in which what is cut is minus infinity."""
    assert score.logprob == pytest.approx(float(logprobs[token]), abs=1e-4)
    alive = logprobs[logprobs > -torch.inf].double()
    assert score.entropy == pytest.approx(float(-(alive.exp() * alive).sum()), abs=1e-4)
    best = logprobs.topk(min(top, len(alive)))
    assert [other for other, _ in score.top] == best.indices.tolist()
    assert [logprob for _, logprob in score.top] == pytest.approx(best.values.tolist(), abs=1e-4)


@pytest.mark.parametrize(
    "settings", [SHAPED, SamplerSettings(top_k=2, seed=5), SamplerSettings(temperature=0.0)]
)
def test_scores_after_the_chain_are_those_of_what_it_leaves(settings: SamplerSettings) -> None:
    prompt = PROMPTS[2]
    facts = tokens(run([prompt], settings, top_logprobs=3))
    stream = [*prompt, *(fact.id for fact in facts)]
    with torch.no_grad():
        logits = MODEL(torch.tensor([stream]))[0].numpy()
    for fact in facts:
        history = History(prompt, stream[len(prompt) : fact.position])
        final = run_chain(chain_of(settings), logits[fact.position - 1], history)
        assert fact.after is not None
        assert_score(fact.after, torch.log_softmax(torch.from_numpy(final), dim=-1), fact.id, 3)
        assert fact.after.logprob == pytest.approx(np.log(fact.probability), abs=1e-5)


def test_without_asking_there_are_no_scores() -> None:
    assert {(fact.before, fact.after) for fact in tokens(run(PROMPTS[:1]))} == {(None, None)}


def test_a_forced_token_that_the_chain_has_cut_has_no_chance() -> None:
    (fact,) = tokens(
        run([PROMPTS[0]], SamplerSettings(top_k=1), max_tokens=1, forced=lambda row, ids: 65, top_logprobs=0)
    )
    assert fact.before is not None and fact.after is not None
    assert (fact.after.logprob, fact.after.entropy, fact.after.top) == (-np.inf, 0.0, ())
    assert fact.before.logprob == pytest.approx(fact.logprob)


# ---------------------------------------------------------------- ends


def test_max_tokens_and_context_end_a_row() -> None:
    assert [(end.stop_reason, end.tokens) for end in ends(run(PROMPTS[:1], max_tokens=5))] == [
        ("max_tokens", 5)
    ]
    facts = run([[1] * 40, [1] * 47], max_tokens=500)
    assert [(end.stop_reason, end.tokens) for end in ends(facts)] == [
        ("context_full", 8),
        ("context_full", 1),
    ]
    assert tokens(facts)[-1].position == CONTEXT - 1


def test_an_end_token_ends_a_row_and_brings_no_text() -> None:
    wish = SamplerSettings(logit_bias={TOKENIZER.end_of_text: 100.0})
    facts = run(PROMPTS[:1], wish, end_tokens=None)
    assert ids(facts) == [TOKENIZER.end_of_text]
    assert tokens(facts)[0].text == ""
    assert (ends(facts)[0].stop_reason, ends(facts)[0].tokens, ends(facts)[0].text) == ("end_token", 1, "")
    assert tokens(run(PROMPTS[:1], wish, end_tokens=()))[0].text == "<|endoftext|>"


def test_a_stop_string_ends_a_row_before_it() -> None:
    whole = run(PROMPTS[:1], max_tokens=30)
    text = TOKENIZER.decode(ids(whole))
    stop = text[4:6]
    facts = run(PROMPTS[:1], max_tokens=30, stop_strings=["never", stop])
    shown = "".join(token.text for token in tokens(facts)) + ends(facts)[0].text
    assert ends(facts)[0].stop_reason == "stop_string"
    assert shown == text[: text.index(stop)]


def test_forced_tokens_take_the_place_of_drawn_ones() -> None:
    def forced(row: int, stream: Sequence[int]) -> int | None:
        return 65 if row == 1 and len(stream) == len(PROMPTS[1]) + 2 else None

    free, facts = run(PROMPTS[:2]), run(PROMPTS[:2], forced=forced)
    assert ids(free, 0) == ids(facts, 0)
    assert ids(facts, 1)[:2] == ids(free, 1)[:2]
    place = tokens(facts, 1)[2]
    assert (place.id, place.forced, place.uniform, place.probability) == (65, True, None, 1.0)
    going_on = run([[*PROMPTS[1], *ids(facts, 1)[:3]]], seeds=[SHAPED.seed + 1], max_tokens=9)
    # The penalty sees the whole stream, so going on from there is the same.
    assert ids(facts, 1)[3:] == ids(going_on)


def test_facts_come_step_by_step_in_the_order_of_rows() -> None:
    facts = [fact for fact in run([PROMPTS[0]] * 3, max_tokens=4) if isinstance(fact, TokenDrawn)]
    steps = [[fact.row for fact in step] for _, step in groupby(facts, lambda fact: fact.position)]
    assert steps == [[0, 1, 2]] * 4


# ---------------------------------------------------------------- prompts


def test_an_empty_prompt_starts_from_the_end_of_text() -> None:
    assert start_ids(TOKENIZER, "") == [TOKENIZER.end_of_text]
    assert start_ids(TOKENIZER, "the") == [TOKENIZER.ranks[b"the"]]


@pytest.mark.parametrize(
    ("length", "context", "cut"),
    [
        (1, 48, 0),
        (47, 48, 0),
        (48, 48, 12),
        (59, 48, 12),
        (60, 48, 24),
        (1000, 48, 960),
        (9, 2, 8),
        (3, 3, 1),
    ],
)
def test_a_long_prompt_is_cut_at_the_front(length: int, context: int, cut: int) -> None:
    fitted, gone = fit_prompt(range(length), context)
    assert (fitted, gone) == (list(range(cut, length)), cut)
    assert 0 < len(fitted) < context


def test_what_cannot_be_used_is_said_in_words() -> None:
    with pytest.raises(InputError, match="no token 999"):
        run([[1, 999]])
    with pytest.raises(InputError, match="no token 70000"):
        run([[1]], forced=lambda row, stream: 70_000)
    with pytest.raises(InputError, match="above 0"):
        run([[1]], max_tokens=0)
    with pytest.raises(InputError, match="temperature"):
        run([[1]], SamplerSettings(temperature=-1.0))


def test_a_model_that_answers_nan_is_said_in_words() -> None:
    broken = small_model()
    with torch.no_grad():
        broken.norm.weight[0] = float("nan")
    with pytest.raises(DamagedFileError, match="not a number"):
        list(generate(broken, TOKENIZER, [[1]], SHAPED, max_tokens=3))


def test_rows_of_an_embedding_beyond_the_vocabulary_are_never_drawn() -> None:
    padded = small_model(vocab_size=TOKENIZER.n_vocab + 57)
    facts = list(generate(padded, TOKENIZER, [[1]] * 4, SamplerSettings(temperature=5.0), max_tokens=40))
    assert max(fact.id for fact in facts if isinstance(fact, TokenDrawn)) < TOKENIZER.n_vocab
