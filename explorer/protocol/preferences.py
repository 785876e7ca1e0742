"""Which of two answers a person likes better: asked and given, one pair after the other."""

from typing import Literal

from explorer.protocol.message import Message


class AskPreferences(Message, tag=True, frozen=True, kw_only=True):
    """Let the chat model at `path` answer questions twice each; `PreferenceAsked` answers, pair after pair.

    What is chosen is appended to the file `store`, from which the stage `reward` learns.
    """

    path: str
    """A run or a checkpoint."""
    store: str = ""
    """Empty: the file that the engine keeps for this model."""
    questions: Literal["chats", "problems"] = "chats"
    temperature: float = 1.0
    max_tokens: int = 60
    seed: int = 1


class PreferenceAsked(Message, tag=True, frozen=True, kw_only=True):
    """Two answers to a question, drawn alike."""

    number: int
    """From 1; `GivePreference` names it."""
    question: str
    a: str
    b: str
    kept: int
    """Choices in the store so far."""
    store: str
    """The file that they are in: what the stage `reward` takes as `labels`."""


class GivePreference(Message, tag=True, frozen=True, kw_only=True):
    """The person's choice for the pair of this `number`; the next `PreferenceAsked` answers."""

    number: int
    chosen: Literal["a", "b", "skip"]


class UndoPreference(Message, tag=True, frozen=True, kw_only=True):
    """Take the last choice back; `PreferenceAsked` asks for it again."""


class FindPreferences(Message, tag=True, frozen=True, kw_only=True):
    """How many choices the engine keeps for the model at `path`; `PreferencesFound` answers."""

    path: str


class PreferencesFound(Message, tag=True, frozen=True, kw_only=True):
    """Where they are, and how many."""

    path: str
    """As in the question."""
    store: str
    kept: int


PreferenceCommand = AskPreferences | GivePreference | UndoPreference | FindPreferences
PreferenceEvent = PreferenceAsked | PreferencesFound
