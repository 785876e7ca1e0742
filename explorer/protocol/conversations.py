"""Conversations kept on disk: one entry for every change, so that a journal can be played again."""

from typing import Literal

import msgspec

from explorer.protocol.message import Message


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
    turns: list[Said] = msgspec.field(default_factory=list[Said])
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


class ConversationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation, as the list shows it."""

    conversation: str
    """Its id, and the name of its file."""
    title: str
    first_words: str
    """Of the first question: what to show where there is no title."""
    turns: int
    changed_s: float
    """Unix seconds."""
    excerpt: str = ""
    """Around what was searched for."""
    damaged: bool = False
    """Nothing in its file can be read."""


class ListConversations(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `ConversationsListed`."""


class SearchConversations(Message, tag=True, frozen=True, kw_only=True):
    """Those in which every one of `words` stands: `ConversationsListed`, with excerpts."""

    words: str


class ConversationsListed(Message, tag=True, frozen=True, kw_only=True):
    """Newest first; after a search, only those that match, and nothing of the bin."""

    rows: list[ConversationRow]
    binned: list[ConversationRow] = msgspec.field(default_factory=list[ConversationRow])
    words: str = ""
    """What was searched for."""


class OpenConversation(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `ConversationOpened`..."""

    conversation: str


class ConversationOpened(Message, tag=True, frozen=True, kw_only=True):
    """Its entries in order, in pieces; `last` closes them."""

    conversation: str
    entries: list[ConversationEntry]
    last: bool


class KeepEntries(Message, tag=True, frozen=True, kw_only=True):
    """Write entries behind the `first` ones that are there; a new conversation begins with 0. `EntriesKept`.

    What is there already is passed over: after an engine died, what it did not acknowledge is sent again.
    """

    conversation: str
    """Chosen by the window for a new one: small letters, digits and "-", at most 64."""
    first: int
    entries: list[ConversationEntry]


class EntriesKept(Message, tag=True, frozen=True, kw_only=True):
    """So many entries are on disk now, in all; they outlive the engine."""

    conversation: str
    entries: int
    row: ConversationRow


class RenameConversation(Message, tag=True, frozen=True, kw_only=True):
    """Give another title to one that is not open; empty: its first words. `ConversationsListed` follows."""

    conversation: str
    title: str


class BinConversation(Message, tag=True, frozen=True, kw_only=True):
    """Move it to the bin; `ConversationsListed` follows."""

    conversation: str


class RestoreConversation(Message, tag=True, frozen=True, kw_only=True):
    """Take it out of the bin; `ConversationsListed` follows."""

    conversation: str


class EmptyConversationBin(Message, tag=True, frozen=True, kw_only=True):
    """Delete what is in the bin for good; `ConversationsListed` follows."""


ConversationForm = Literal["messages_jsonl", "markdown", "ids_json"]


class ExportConversation(Message, tag=True, frozen=True, kw_only=True):
    """Write it to `path`: `ConversationExported`.

    As messages or Markdown: the branch that is looked at. "ids_json": all of it, and the stream of tokens
    in `ids` (of `model`'s vocabulary), if the window has one.
    """

    conversation: str
    path: str
    form: ConversationForm
    ids: list[int] = msgspec.field(default_factory=list[int])
    model: str = ""


class ConversationExported(Message, tag=True, frozen=True, kw_only=True):
    """The file is whole."""

    path: str


class ImportConversations(Message, tag=True, frozen=True, kw_only=True):
    """Read a file's conversations and keep them: `ConversationsImported`, then `ConversationsListed`.

    A line each of messages, ShareGPT or Alpaca; a list of these; or what was exported from here.
    """

    path: str


class ConversationsImported(Message, tag=True, frozen=True, kw_only=True):
    """How it went."""

    path: str
    conversations: list[str]
    """The new ones' ids, in the file's order."""
    skipped: int
    """Lines or records that are no conversation."""
    first_skipped: list[int]
    """Their numbers in the file, from 1: the first few."""
    more: bool
    """The file has more conversations than are taken at once."""


ConversationCommand = (
    ListConversations
    | SearchConversations
    | OpenConversation
    | KeepEntries
    | RenameConversation
    | BinConversation
    | RestoreConversation
    | EmptyConversationBin
    | ExportConversation
    | ImportConversations
)
ConversationEvent = (
    ConversationsListed | ConversationOpened | EntriesKept | ConversationExported | ConversationsImported
)
