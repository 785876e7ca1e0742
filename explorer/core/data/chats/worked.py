"""Problems as chats: answered at once, or after thinking."""

from collections.abc import Iterator

from explorer.core.data.chats.chat import Chat, assistant, problem_prompt
from explorer.core.data.problems import Problem, thinking
from explorer.core.data.world.dice import Dice
from explorer.text.chatml import THINK_CLOSE, THINK_OPEN

_WITHOUT_STEPS = ("Let me see.", "Hm.", "I think I know.", "That is easy.")


def direct_chats(source: Iterator[Problem], dice: Dice) -> Iterator[Chat]:
    """The bare answer, at once; half of them with the line that asks for it."""
    for problem in source:
        prompt = problem_prompt(problem, think=False, line=dice.chance(0.5))
        yield Chat("direct", (*prompt, assistant(problem.answer)), problem=problem)


def think_chats(source: Iterator[Problem], dice: Dice, shown_steps: float = 1.0) -> Iterator[Chat]:
    """`<think> ... </think> answer`. Only the share `shown_steps` of them thinks in sums.

    The rest opens and closes its thinking without any: a start from which practice can find out that sums
    help. Source: the trial's "one in five" (a model that never saw a sum between the tags never writes one).
    """
    for problem in source:
        said = thinking(problem)
        if not dice.chance(shown_steps):
            said = f"{THINK_OPEN} {dice.choice(_WITHOUT_STEPS)} {THINK_CLOSE} {problem.answer}"
        yield Chat("think", (*problem_prompt(problem, think=True), assistant(said)), problem=problem)
