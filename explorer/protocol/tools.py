"""A person's own documents, read into a conversation or searched by a model; and the model's calculator."""

from typing import Literal

import msgspec

from explorer.protocol.message import Message


class ReadDocument(Message, tag=True, frozen=True, kw_only=True):
    """Read a text, Markdown or PDF file, or take a pasted `text`: `DocumentPiece`..., or `Failed` in words.

    Lone surrogates in `text` are already replaced by U+FFFD, for JSON cannot carry them.
    """

    path: str = ""
    text: str = ""


class DocumentPiece(Message, tag=True, frozen=True, kw_only=True):
    """A piece of the document, in order; `last` closes it. Sent only once all of it proved readable."""

    name: str
    """The file's name; empty for a pasted text."""
    text: str
    last: bool
    pages: int = 0
    """Of a PDF."""
    pages_without_text: int = 0
    """Of a PDF: they are pictures, and are left out."""


class DocumentProgress(Message, tag=True, frozen=True, kw_only=True):
    """A PDF is read: pages so far, and in all."""

    done: int
    total: int


class RunTool(Message, tag=True, frozen=True, kw_only=True):
    """Do what a model's call asks for: `FolderProgress`... for a folder's first search; `ToolAnswered`."""

    tool: Literal["search", "calculate"]
    asked: str
    folder: str = ""
    """Of the person's documents (.txt, .md, .pdf), for a search."""


class FolderProgress(Message, tag=True, frozen=True, kw_only=True):
    """The folder's documents are read."""

    folder: str
    done: int
    total: int


class FoundDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document in which something was found."""

    file: str
    """Its path below the folder."""
    excerpt: str
    """Its sentences with most of the words that were searched for."""
    score: float


class UnreadDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was left out of the search. `template` and `values` as in `explorer.errors`."""

    file: str
    """Its path below the folder."""
    template: str
    values: dict[str, str]


class ToolAnswered(Message, tag=True, frozen=True, kw_only=True):
    """What is written into the window for the model, and how it came about."""

    tool: Literal["search", "calculate"]
    asked: str
    result: str
    found: bool
    """False: nothing was found, or it is no sum that can be calculated."""
    hits: list[FoundDocument] = msgspec.field(default_factory=list[FoundDocument])
    """Best first; `result` is the first one's excerpt."""
    documents: int = 0
    """How many were searched."""
    unread: list[UnreadDocument] = msgspec.field(default_factory=list[UnreadDocument])
    """Files of the folder that could not be read: the first of them."""
    unread_count: int = 0


ToolCommand = ReadDocument | RunTool
ToolEvent = DocumentPiece | DocumentProgress | FolderProgress | ToolAnswered
