"""Problems of one to three steps: answered at once, after thinking, and by a single try with chance in it."""

from collections.abc import Generator
from itertools import islice

from explorer.core.data.chats import problem_prompt
from explorer.core.data.problems import Problem, problems, verify
from explorer.core.data.world.entities import World
from explorer.core.evaluation.share import Shares, share_of
from explorer.core.evaluation.speaker import Ask

LENGTHS = (1, 2, 3)
_DIRECT_TOKENS, _THINK_TOKENS = 24, 160


def direct(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """Told to answer at once; thinking all the same is not right here. T = 0."""
    drawn = [(length, problem) for length in LENGTHS for problem in _drawn(seed, count, length)]
    prompts = [problem_prompt(problem, think=False) for _, problem in drawn]
    replies = yield from ask(prompts, max_tokens=_DIRECT_TOKENS)
    verdicts = [
        (length, verify(problem, reply.text, "direct"))
        for (length, problem), reply in zip(drawn, replies, strict=True)
    ]
    return {
        _name("direct", length): share_of(
            verdict.right and verdict.well_formed for own, verdict in verdicts if own == length
        )
        for length in LENGTHS
    }


def think(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """Told to think first. T = 0."""
    drawn = [(length, problem) for length in LENGTHS for problem in _drawn(seed, count, length)]
    right = yield from _thought([problem for _, problem in drawn], ask, 0.0, seed)
    outcomes = list(zip(drawn, right, strict=True))
    return {
        _name("think", length): share_of(is_right for (own, _), is_right in outcomes if own == length)
        for length in LENGTHS
    }


def pass_at_1(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """One try at T = 1 after thinking, at problems of all three lengths: what practice rewards."""
    drawn = list(islice(problems(seed, "test"), count))
    right = yield from _thought(drawn, ask, 1.0, seed)
    return {"pass_at_1": share_of(right)}


def _thought(
    drawn: list[Problem], ask: Ask, temperature: float, seed: int
) -> Generator[None, None, list[bool]]:
    prompts = [problem_prompt(problem, think=True) for problem in drawn]
    replies = yield from ask(prompts, max_tokens=_THINK_TOKENS, temperature=temperature, seed=seed)
    return [verify(problem, reply.text).right for problem, reply in zip(drawn, replies, strict=True)]


def _drawn(seed: int, count: int, length: int) -> list[Problem]:
    return list(islice(problems(seed, "test", lengths={length: 1.0}), count))


def _name(way: str, length: int) -> str:
    return f"{way}_{length}_step" if length == 1 else f"{way}_{length}_steps"
