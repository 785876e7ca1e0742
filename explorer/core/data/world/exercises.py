"""Problems with and without worked steps, and a little code with what it prints."""

from collections.abc import Callable, Iterator

from explorer.core.data.problems.problem import Problem
from explorer.core.data.problems.source import MIXED, problems
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.documents import Document

_WORKED = 0.65
_ANSWER = ("The answer is {a}.", "Answer: {a}", "So the answer is {a}.", "Result: {a}")
_ASKED = ("{q}", "Problem: {q}", "Exercise. {q}", "Question: {q}")


def exercise_documents(seed: int) -> Iterator[Document]:
    """Problems of the part that may be learned from, without end: single ones and sheets of them."""
    source = problems(seed, "train", kinds=MIXED, lengths={1: 3.0, 2: 3.0, 3: 2.0, 4: 0.5})
    dice = Dice(seed, "exercises")
    while True:
        if dice.chance(0.15):
            yield Document("problem", _sheet([next(source) for _ in range(dice.integer(2, 4))], dice))
        else:
            yield Document("problem", _single(next(source), dice))


def _single(problem: Problem, dice: Dice) -> str:
    question = dice.choice(_ASKED).format(q=problem.question)
    steps = [" ".join(problem.steps)] if dice.chance(_WORKED) else []
    return "\n".join((question, *steps, dice.choice(_ANSWER).format(a=problem.answer)))


def _sheet(sheet: list[Problem], dice: Dice) -> str:
    title = dice.choice(("Exercises", "Sums for Monday", "Homework", "For clever heads"))
    questions = [f"{number}. {problem.question}" for number, problem in enumerate(sheet, 1)]
    answers = [
        f"{number}. {' '.join((*problem.steps, problem.answer))}" for number, problem in enumerate(sheet, 1)
    ]
    return "\n".join((title, *questions, "Answers", *answers))


def code(dice: Dice) -> Document:
    """A short Python program and its output, as a shell or a book would show them."""
    lines, output = dice.choice(_PROGRAMS)(dice)
    style = dice.choice(
        ("{code}\n# prints:\n{out}", "{code}\n\nOutput:\n{out}", "Program:\n{code}\nIt prints:\n{out}")
    )
    return Document("code", style.format(code=lines, out=output))


_Program = Callable[[Dice], tuple[str, str]]
_NAMES = ("x", "n", "total", "count", "a", "k", "size", "apples", "price", "steps")
_WORDS = (
    "apple",
    "river",
    "lamp",
    "stone",
    "garden",
    "cloud",
    "bread",
    "winter",
    "button",
    "snow",
    "boat",
    "hen",
)


def _sum(dice: Dice) -> tuple[str, str]:
    (one, two), (a, b) = dice.sample(_NAMES, 2), (dice.integer(2, 60), dice.integer(2, 60))
    sign = dice.choice("+-*")
    value = {"+": a + b, "-": a - b, "*": a * b}[sign]
    return f"{one} = {a}\n{two} = {b}\nprint({one} {sign} {two})", str(value)


def _loop(dice: Dice) -> tuple[str, str]:
    start, count, factor = dice.integer(0, 4), dice.integer(3, 6), dice.integer(1, 9)
    name = dice.choice("ijn")
    code = f"for {name} in range({start}, {start + count}):\n    print({name} * {factor})"
    return code, "\n".join(str(number * factor) for number in range(start, start + count))


def _list(dice: Dice) -> tuple[str, str]:
    numbers = [dice.integer(1, 50) for _ in range(dice.integer(3, 5))]
    call, value = dice.choice(
        (
            ("sum", sum(numbers)),
            ("max", max(numbers)),
            ("min", min(numbers)),
            ("len", len(numbers)),
            ("sorted", sorted(numbers)),
        )
    )
    return f"numbers = {numbers}\nprint({call}(numbers))", str(value)


def _string(dice: Dice) -> tuple[str, str]:
    word = dice.choice(_WORDS)
    call, value = dice.choice(
        (
            (".upper()", word.upper()),
            ("[0]", word[0]),
            ("[-1]", word[-1]),
            ("[::-1]", word[::-1]),
            (" * 2", word * 2),
        )
    )
    return f'word = "{word}"\nprint(word{call})', value


def _function(dice: Dice) -> tuple[str, str]:
    factor, plus, x = dice.integer(2, 9), dice.integer(1, 20), dice.integer(2, 12)
    name = dice.choice(("double_and_more", "cost", "change", "f", "next_step"))
    return f"def {name}(x):\n    return {factor} * x + {plus}\n\nprint({name}({x}))", str(factor * x + plus)


def _condition(dice: Dice) -> tuple[str, str]:
    age, limit = dice.integer(1, 40), dice.integer(5, 30)
    big, small = dice.choice((("big", "small"), ("warm", "cold"), ("yes", "no"), ("old", "young")))
    text = f'value = {age}\nif value > {limit}:\n    print("{big}")\nelse:\n    print("{small}")'
    return text, big if age > limit else small


def _words(dice: Dice) -> tuple[str, str]:
    chosen = dice.sample(_WORDS, dice.integer(2, 4))
    listed = "[" + ", ".join(f'"{word}"' for word in chosen) + "]"
    return f"for word in {listed}:\n    print(word, len(word))", "\n".join(f"{w} {len(w)}" for w in chosen)


def _while(dice: Dice) -> tuple[str, str]:
    start, factor, limit = dice.integer(1, 5), dice.integer(2, 4), dice.integer(30, 300)
    value = start
    while value < limit:
        value *= factor
    return f"x = {start}\nwhile x < {limit}:\n    x = x * {factor}\nprint(x)", str(value)


_PROGRAMS: tuple[_Program, ...] = (_sum, _loop, _list, _string, _function, _condition, _words, _while)
