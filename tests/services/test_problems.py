"""Problems and many attempts, through the services as the worker drives them."""

import pytest

from explorer.errors import InputError
from explorer.protocol import (
    AttemptDone,
    AttemptsCounted,
    AttemptsEnded,
    AttemptsGrew,
    ChatTurn,
    DrawProblem,
    Generate,
    GradedProblem,
    JudgeText,
    LoadModel,
    ProblemDrawn,
    SamplerSettings,
    SetChat,
    StopGenerating,
    TextJudged,
    TryManyTimes,
)
from explorer.services.problems import ProblemService
from tests.services.chat_model import save_chat_model
from tests.services.inference_engine import Engine, drawn

SEVEN = GradedProblem(kind="words", question="3 + 4?", answer="7")


def _one(command):
    (event,) = list(ProblemService().run(command))
    return event


@pytest.mark.parametrize("kind", ["words", "arithmetic", "letters", "countdown"])
def test_a_drawn_problem_is_answered_rightly_by_its_own_answer(kind):
    event = _one(DrawProblem(job="p", kind=kind, steps=3, seed=5))
    assert isinstance(event, ProblemDrawn) and event.problem.kind == kind
    assert event == _one(DrawProblem(job="p", kind=kind, steps=3, seed=5))
    assert event.problem != _one(DrawProblem(job="p", kind=kind, steps=3, seed=6)).problem
    judged = _one(JudgeText(problem=event.problem, text=event.problem.answer, complete=True))
    assert judged.judgement.right is True
    if kind == "words":
        assert event.problem.length == 3


def test_steps_that_no_problem_has_are_refused():
    with pytest.raises(InputError, match="1 to 5"):
        _one(DrawProblem(kind="words", steps=9, seed=1))


def test_a_text_is_judged_when_it_is_complete():
    text = "<think> 3 + 4 = 7. 7 + 1 = 9. </think> 7"
    judged = _one(JudgeText(problem=SEVEN, text=text, complete=False))
    assert isinstance(judged, TextJudged) and judged.judgement is None
    assert [one.right for one in judged.sums] == [True, False]
    assert _one(JudgeText(problem=SEVEN, text=text, complete=True)).judgement.right is True
    unknown = _one(JudgeText(problem=None, text=text, complete=True)).judgement
    assert unknown.right is None and unknown.answer_found == "7" and unknown.reason == ""


@pytest.mark.parametrize("answer", ["seven", "", "1/0", "7 apples"])
def test_a_right_answer_that_is_no_number_is_refused(answer):
    with pytest.raises(InputError, match="must be a number"):
        _one(
            JudgeText(
                problem=GradedProblem(kind="words", question="", answer=answer), text="7", complete=True
            )
        )


@pytest.fixture
def engine(tmp_path):
    engine = Engine()
    engine.ask(
        LoadModel(job="t", path=str(save_chat_model(tmp_path / "model")), device="cpu"),
        SetChat(job="t", messages=[ChatTurn(role="user", content="hi")], sampler=SamplerSettings()),
    )
    yield engine
    engine.service.close()


def _try(attempts: int, problem=SEVEN, max_tokens: int = 12) -> TryManyTimes:
    return TryManyTimes(
        job="t", attempts=attempts, sampler=SamplerSettings(seed=4), max_tokens=max_tokens, problem=problem
    )


def test_each_attempt_is_what_its_seed_would_write_alone(engine):
    events = engine.ask(_try(3))
    done = {event.attempt: event for event in events if isinstance(event, AttemptDone)}
    assert sorted(done) == [0, 1, 2]
    alone = engine.ask(Generate(job="t", sampler=SamplerSettings(seed=5), max_tokens=12))
    assert done[1].ids == drawn(alone)
    assert all(event.judgement.answer_found is None or event.judgement.reason for event in done.values())
    last = [event for event in events if isinstance(event, AttemptsCounted)][-1]
    assert last.done == 3 and last.right == sum(one.judgement.right is True for one in done.values())
    assert last.without_answer + sum(answer.count for answer in last.answers) == 3
    end = events[-1]
    assert isinstance(end, AttemptsEnded) and not end.stopped
    assert end.tokens == sum(one.tokens for one in done.values())


def test_without_a_right_answer_there_are_no_marks(engine):
    events = engine.ask(_try(2, problem=None))
    assert all(one.judgement.right is None for one in events if isinstance(one, AttemptDone))
    counted = [event for event in events if isinstance(event, AttemptsCounted)][-1]
    assert counted.right is None and all(answer.right is None for answer in counted.answers)


def test_stopped_attempts_say_how_far_they_came(engine):
    engine.take(_try(4, max_tokens=100))
    engine.advance(3)
    engine.take(StopGenerating(job="t"))
    events = engine.finish()
    assert isinstance(events[-1], AttemptsEnded) and events[-1].stopped
    grown = [piece for event in events if isinstance(event, AttemptsGrew) for piece in event.pieces]
    assert sum(piece.tokens for piece in grown) == events[-1].tokens > 0


@pytest.mark.parametrize("attempts", [0, 65])
def test_too_many_attempts_are_refused(engine, attempts):
    engine.ask(_try(attempts))
    assert "between 1 and 64" in str(engine.errors[-1])


def test_a_refused_answer_costs_no_attempt(engine):
    events = engine.ask(_try(2, problem=GradedProblem(kind="words", question="", answer="seven")))
    assert "must be a number" in str(engine.errors[-1]) and not events
