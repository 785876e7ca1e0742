"""A conversation as it is kept: one entry for every change, so that its journal can be played again."""

import msgspec


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One turn in the tree of a conversation."""

    id: int
    """From 1, never used twice."""
    parent: int
    """The turn that it follows; 0: it is a beginning."""
    role: str
    """system, user, assistant, tool, or any other that a template knows."""
    content: str
    """What was said; an assistant's with its tags by name (<think>, <|search_start|> ...)."""
    document: str = ""
    """A text that stands in front of `content` in the same message."""
    document_name: str = ""
    ids: tuple[int, ...] = ()
    """An assistant's tokens as they were drawn, in the vocabulary of `model`."""
    model: str = ""
    """The name and the weights' hash of the model that drew them; empty where a person wrote it."""
    finished: bool = True
    """False: it was stopped half-way, or goes on."""


class _Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Base of a journal's lines."""


class ConversationBegun(_Entry, tag="begun", frozen=True, kw_only=True):
    """The first entry. With turns, it stands for all the entries that came before."""

    created_s: float
    """Unix seconds."""
    title: str = ""
    turns: list[Said] = []
    """By id."""
    tip: int = 0
    """The turn that was last said or chosen; 0: none is left."""
    next_id: int = 1


class TurnSaid(_Entry, tag="said", frozen=True, kw_only=True):
    """A new turn, which becomes the tip."""

    turn: Said


class TurnGrown(_Entry, tag="grown", frozen=True, kw_only=True):
    """An answer goes on: so much of it stays, and this comes behind."""

    id: int
    kept_characters: int
    content: str
    kept_ids: int
    ids: tuple[int, ...]
    finished: bool


class TurnDeleted(_Entry, tag="deleted", frozen=True, kw_only=True):
    """A turn went; what followed it follows its parent now."""

    id: int


class TipChosen(_Entry, tag="chosen", frozen=True, kw_only=True):
    """Another branch is looked at."""

    tip: int


class ConversationRenamed(_Entry, tag="renamed", frozen=True, kw_only=True):
    """Another title; empty: its first words stand for it."""

    title: str


class ChangeUndone(_Entry, tag="undone", frozen=True, kw_only=True):
    """The last change that was not undone yet (growing is no change of its own)."""


class ChangeRedone(_Entry, tag="redone", frozen=True, kw_only=True):
    """The last change that was undone, if nothing else came since."""


Change = TurnSaid | TurnDeleted | TipChosen | ConversationRenamed
"""What can be undone."""
ConversationEntry = ConversationBegun | TurnGrown | ChangeUndone | ChangeRedone | Change
