"""What people ask a chat model, as questions whose answers can be liked more or less."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal

from explorer.core.data.chats import Kind, Mixture, chats, problem_prompt
from explorer.core.data.problems import problems
from explorer.core.data.world.entities import build_world
from explorer.core.training.reinforcement.preferences import answer_ids
from explorer.core.training.reinforcement.prompts import end_tokens, prompt_ids
from explorer.core.training.reinforcement.reward_model import RewardModel
from explorer.core.training.reinforcement.rules import Rule
from explorer.core.training.reinforcement.task import Answer, Question, Reward
from explorer.text.templates import ChatMessage
from explorer.text.tokenizer import Tokenizer

Asked = Literal["chats", "problems"]
_KINDS: Mapping[Kind, float] = {"talk": 0.35, "fact": 0.3, "reading": 0.15, "identity": 0.2}
_SEEDS_APART = 1 << 32
TRUE_SCORE = "true_score"


class Questions:
    """Conversations up to where the answer begins: without end, from a seed."""

    def __init__(self, asked: Asked, seed: int) -> None:
        self._asked, self._seed = asked, seed
        self._world = build_world()

    def drawn(self, step: int, count: int) -> list[Sequence[ChatMessage]]:
        """To learn from, those of an update."""
        return list(islice(self._source(True, self._seed * _SEEDS_APART + step), count))

    def held_out(self, count: int) -> list[Sequence[ChatMessage]]:
        """Never learned from, the same each time."""
        return list(islice(self._source(False, self._seed), count))

    def _source(self, train: bool, seed: int) -> Iterator[Sequence[ChatMessage]]:
        if self._asked == "problems":
            for problem in problems(seed, "train" if train else "test"):
                yield problem_prompt(problem, think=True)
        mixture = Mixture(shares=_KINDS, rivals=0.0)
        for chat in chats(seed, "train" if train else "held_out", mixture, self._world):
            yield chat.prompt


class ChatTask:
    """A `Task` whose judge is a reward model; what its labeller's rule would say is measured beside it."""

    def __init__(
        self, tokenizer: Tokenizer, questions: Questions, judge: RewardModel, rule: Rule | None
    ) -> None:
        """`rule`: by which the reward model's pairs were labelled; None where a person chose."""
        self._tokenizer, self._questions, self._judge, self._rule = tokenizer, questions, judge, rule
        self.end_tokens = end_tokens(tokenizer)

    def questions(self, step: int, count: int) -> list[Question]:
        """As `Task.questions`."""
        return [self._asked(messages) for messages in self._questions.drawn(step, count)]

    def held_out(self, count: int) -> list[Question]:
        """As `Task.held_out`."""
        return [self._asked(messages) for messages in self._questions.held_out(count)]

    def _asked(self, messages: Sequence[ChatMessage]) -> Question:
        return Question(messages[-1].content, prompt_ids(self._tokenizer, messages))

    def judge(self, asked: Sequence[Question], answers: Sequence[Answer]) -> list[Reward]:
        """The reward model's score, and in `parts` the true rule's."""
        context = self._judge.model.config.max_position_embeddings
        rows = [
            [*question.ids, *answer_ids(self._tokenizer, answer.text)][-context:]
            for question, answer in zip(asked, answers, strict=True)
        ]
        scores = self._judge.judged(rows)
        return [
            Reward(float(score), {} if self._rule is None else {TRUE_SCORE: self._rule.score(answer.text)})
            for score, answer in zip(scores, answers, strict=True)
        ]
