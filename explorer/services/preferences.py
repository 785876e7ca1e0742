"""A person's choices between two answers: asked pair by pair, kept one by one."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.protocol import AskPreferences, Command, GivePreference, PreferenceAsked
from explorer.services import Job

if TYPE_CHECKING:  # torch is loaded when the first command comes
    from explorer.core.model import Transformer
    from explorer.core.rollouts import Limits
    from explorer.core.training.reinforcement.chat_task import Questions
    from explorer.core.training.reinforcement.pairs import Pair
    from explorer.text.tokenizer import Tokenizer


@dataclass
class _Asking:
    """One job's: who answers what, and the pair that the person is looking at."""

    model: "Transformer"
    tokenizer: "Tokenizer"
    questions: "Questions"
    limits: "Limits"
    seed: int
    store: Path
    kept: int
    first: int
    """How many were in the store before: no pair comes twice, however often somebody sits down to it."""
    number: int = 0
    pair: "Pair | None" = None


class PreferenceService:
    """Keeps one asking a job; the model stays loaded until the next `AskPreferences` of the job."""

    commands: tuple[type[Command], ...] = (AskPreferences, GivePreference)

    def __init__(self) -> None:
        self._askings: dict[str, _Asking] = {}

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        if isinstance(command, AskPreferences):
            return self._ask(command)
        assert isinstance(command, GivePreference)
        return self._give(command)

    def close(self) -> None:
        """Every choice is on the disk already."""
        self._askings.clear()

    def _ask(self, command: AskPreferences) -> Job:
        asking = self._askings[command.job] = _opened(command)
        yield from _next(command.job, asking)

    def _give(self, command: GivePreference) -> Job:
        from explorer.core.training.reinforcement.preferences import Preference, append_preferences

        asking = self._askings.get(command.job)
        if asking is None or asking.pair is None or command.number != asking.number:
            return  # the pair is gone already: a second click
        pair, asking.pair = asking.pair, None
        if command.chosen != "skip":
            kept = Preference(messages=list(pair.messages), a=pair.a, b=pair.b, chosen=command.chosen)
            try:
                append_preferences(asking.store, [kept])
            except BaseException:
                asking.pair = pair  # it can be chosen again when there is room
                raise
            asking.kept += 1
        yield from _next(command.job, asking)


def _opened(command: AskPreferences) -> _Asking:
    """Raises: InputError, DamagedFileError."""
    from explorer.core import checkpoints
    from explorer.core.loading import checkpoint_of
    from explorer.core.rollouts import Limits
    from explorer.core.training.reinforcement.chat_task import Questions
    from explorer.core.training.reinforcement.preferences import read_preferences
    from explorer.core.training.reinforcement.prompts import check_chats, end_tokens
    from explorer.text.encodings import load_tokenizer

    path = checkpoint_of(Path(command.path))
    model, _, info = checkpoints.load(path)
    tokenizer = load_tokenizer(str(path))
    check_chats(tokenizer, info.name)
    store = Path(command.store)
    kept = sum(one is not None for one in read_preferences(store))
    return _Asking(
        model,
        tokenizer,
        Questions(command.questions, command.seed),
        Limits(command.temperature, command.max_tokens, end_tokens(tokenizer), tokenizer.n_vocab),
        command.seed,
        store,
        kept,
        kept,
    )


def _next(job: str, asking: _Asking) -> Job:
    from explorer.core.training.reinforcement.pairs import pair_of

    number = asking.number + 1
    pair = yield from pair_of(
        asking.model, asking.tokenizer, asking.questions, asking.limits, asking.seed, asking.first + number
    )
    asking.number, asking.pair = number, pair
    yield PreferenceAsked(
        job=job, number=number, question=pair.messages[-1].content, a=pair.a, b=pair.b, kept=asking.kept
    )
