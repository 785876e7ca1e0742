"""A person's choices between two answers: asked pair by pair, kept one by one."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.protocol import (
    AskPreferences,
    Command,
    FindPreferences,
    GivePreference,
    PreferenceAsked,
    PreferencesFound,
    UndoPreference,
)
from explorer.services import Job

if TYPE_CHECKING:  # torch is loaded when the first command comes
    from explorer.core.model import Transformer
    from explorer.core.rollouts import Limits
    from explorer.core.training.reinforcement.chat_task import Questions
    from explorer.core.training.reinforcement.pairs import Pair
    from explorer.core.training.reinforcement.preferences import Preference
    from explorer.text.tokenizer import Tokenizer

_TRIES = 20
"""Pairs that were chosen between before are passed over, but not for ever."""


@dataclass
class _Asking:
    """One job's: who answers what, and the pair that the person is looking at."""

    model: "Transformer"
    tokenizer: "Tokenizer"
    questions: "Questions"
    limits: "Limits"
    seed: int
    store: Path
    known: set[tuple[str, str, str]]
    """Question and answers that were chosen between: they are not asked again, in whichever sitting."""
    kept: int
    drawn: int
    """The number of the pair that was drawn last; it begins with those that were kept."""
    number: int = 0
    pair: "Pair | None" = None
    """None while the next one is drawn."""


class PreferenceService:
    """Asks one person: the model stays loaded until the next `AskPreferences`, of whichever job."""

    commands: tuple[type[Command], ...] = (AskPreferences, GivePreference, UndoPreference, FindPreferences)

    def __init__(self, data_dir: str) -> None:
        """`data_dir`: choices for which no store is named are kept there, a file for each model."""
        self._folder = Path(data_dir) / "preferences"
        self._askings: dict[str, _Asking] = {}

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        match command:
            case AskPreferences():
                return self._ask(command)
            case GivePreference():
                return self._give(command)
            case UndoPreference():
                return self._undo(command)
            case _:
                assert isinstance(command, FindPreferences)
                return self._find(command)

    def close(self) -> None:
        """Every choice is on the disk already."""
        self._askings.clear()

    def _ask(self, command: AskPreferences) -> Job:
        self._askings.clear()  # one model less, before another is loaded
        store = Path(command.store) if command.store else self._store_of(command.path)
        asking = self._askings[command.job] = _opened(command, store)
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
            asking.known.add(_sign(kept))
        yield from _next(command.job, asking)

    def _undo(self, command: UndoPreference) -> Job:
        from explorer.core.training.reinforcement.pairs import Pair
        from explorer.core.training.reinforcement.preferences import take_back

        asking = self._askings.get(command.job)
        if asking is None or asking.pair is None:
            return
        taken = take_back(asking.store)
        if taken is not None:
            asking.known.discard(_sign(taken))
            asking.kept -= 1
            asking.number += 1
            asking.pair = Pair(taken.messages, taken.a, taken.b)
        yield _asked(command.job, asking, asking.pair)

    def _find(self, command: FindPreferences) -> Job:
        from explorer.core.training.reinforcement.preferences import read_preferences

        store = self._store_of(command.path)
        kept = sum(one is not None for one in read_preferences(store))
        yield PreferencesFound(job=command.job, path=command.path, store=str(store), kept=kept)

    def _store_of(self, path: str) -> Path:
        """Of the model's name, and a sign of the whole path: two models may be called the same."""
        whole = Path(path).expanduser().absolute()
        sign = sha256(str(whole).encode("utf-8", "surrogateescape")).hexdigest()[:8]
        return self._folder / f"{whole.name}-{sign}.jsonl"


def _opened(command: AskPreferences, store: Path) -> _Asking:
    """Raises: InputError, DamagedFileError."""
    from explorer.core import checkpoints
    from explorer.core.loading import checkpoint_of
    from explorer.core.rollouts import Limits
    from explorer.core.training.reinforcement.chat_task import Questions
    from explorer.core.training.reinforcement.preferences import read_preferences
    from explorer.core.training.reinforcement.prompts import check_chats, end_tokens
    from explorer.text.encodings import load_tokenizer

    path = checkpoint_of(Path(command.path).expanduser())
    model, _, info = checkpoints.load(path)
    tokenizer = load_tokenizer(str(path))
    check_chats(tokenizer, info.name)
    kept = [one for one in read_preferences(store) if one is not None]
    return _Asking(
        model,
        tokenizer,
        Questions(command.questions, command.seed),
        Limits(command.temperature, command.max_tokens, end_tokens(tokenizer), tokenizer.n_vocab),
        command.seed,
        store,
        {_sign(one) for one in kept},
        len(kept),
        len(kept),
    )


def _next(job: str, asking: _Asking) -> Job:
    from explorer.core.training.reinforcement.pairs import pair_of

    pair: Pair | None = None
    for _ in range(_TRIES):
        asking.drawn += 1
        pair = yield from pair_of(
            asking.model, asking.tokenizer, asking.questions, asking.limits, asking.seed, asking.drawn
        )
        if _sign(pair) not in asking.known:
            break
    assert pair is not None
    asking.number, asking.pair = asking.number + 1, pair
    yield _asked(job, asking, pair)


def _asked(job: str, asking: _Asking, pair: "Pair") -> PreferenceAsked:
    return PreferenceAsked(
        job=job,
        number=asking.number,
        question=pair.messages[-1].content,
        a=pair.a,
        b=pair.b,
        kept=asking.kept,
        store=str(asking.store),
    )


def _sign(one: "Pair | Preference") -> tuple[str, str, str]:
    return one.messages[-1].content, one.a, one.b
