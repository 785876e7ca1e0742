"""Texts that people work on, their tokens and their drafts: the text worker's.

Positions and lengths in a text are counted in UTF-16 units, as Qt counts them.
"""

import msgspec

from explorer.protocol.message import Message

Encoding = str
"""A published encoding's name ("o200k_base") or the path of a run, a model's folder or a tokenizer's file."""


class ListEncodings(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `EncodingsListed`."""


class EncodingsListed(Message, tag=True, frozen=True, kw_only=True):
    """What `OpenDocument.encoding` may be: (name, what to show) pairs; trained runs last."""

    encodings: list[tuple[Encoding, str]]
    by_hand: list[Encoding] = msgspec.field(default_factory=list[Encoding])
    """Those that a person opened, which can be forgotten again."""


class OpenTokenizer(Message, tag=True, frozen=True, kw_only=True):
    """Put a tokenizer.json, a .gguf or .tiktoken file, a model's folder or a run on the list.

    Answer: `EncodingsListed`, then `TokenizerOpened`; or `Failed`.
    """

    path: str


class TokenizerOpened(Message, tag=True, frozen=True, kw_only=True):
    """It can be read, and is called `encoding` from now on."""

    encoding: Encoding


class ForgetTokenizer(Message, tag=True, frozen=True, kw_only=True):
    """Take one that was opened by hand off the list; its file stays. Answer: `EncodingsListed`."""

    encoding: Encoding


class OpenDocument(Message, tag=True, frozen=True, kw_only=True):
    """Open the draft called `name` (made if new). Answer: `DocumentText`..., then `TokensPatched`..."""

    name: str
    encoding: Encoding


class EditDocument(Message, tag=True, frozen=True, kw_only=True):
    """At `start`, `removed` units went and `inserted` came. `version` counts the window's edits from 1.

    Lone surrogates in `inserted` are already replaced by U+FFFD (same length), for JSON cannot carry them.
    """

    name: str
    version: int
    start: int
    removed: int
    inserted: str


class ReadFile(Message, tag=True, frozen=True, kw_only=True):
    """Read a text file for a document: `FileText`..., or `Failed` (missing, binary, not UTF-8)."""

    path: str


class ChooseEncoding(Message, tag=True, frozen=True, kw_only=True):
    """Re-tokenise the open document `name`; `TokensPatched` events follow with the same version."""

    name: str
    encoding: Encoding


class EncodingChosen(Message, tag=True, frozen=True, kw_only=True):
    """The document `name` has another encoding now; its `TokensPatched` follow."""

    name: str
    encoding: Encoding
    follows_edits: bool
    """Whether an edit's tokens come at once; else the text is encoded anew after a pause of the keys."""


class DocumentText(Message, tag=True, frozen=True, kw_only=True):
    """A piece of a reopened draft, in order from 0; `last` closes it. Pieces are at most 256k units."""

    name: str
    start: int
    text: str
    last: bool


class FileText(Message, tag=True, frozen=True, kw_only=True):
    """A piece of a file that was asked for; `last` closes it. Sent only once all of the file proved readable.

    Without a byte order mark; every kind of line end is a line feed, as Qt's editors have it.
    """

    path: str
    start: int
    text: str
    last: bool
    line_ends_changed: bool = False
    """On the last piece: the file has other line ends than line feeds."""


class TokensPatched(Message, tag=True, frozen=True, kw_only=True):
    """Tokens `first : first + removed` are replaced by `ids`, which begin at units `starts`.

    A token that begins inside a character (its first byte is a continuation byte) has that character's
    start; then several tokens share one start. All later starts move by `shift` units.
    `pieces` holds what cannot be read off the text: for tokens with a part of a character, their bytes
    in hex, keyed by index into `ids`. A long answer comes in several patches of some thousand tokens;
    `complete` is true on the last one of a version.
    """

    name: str
    version: int
    encoding: Encoding
    first: int
    removed: int
    ids: list[int]
    starts: list[int]
    shift: int
    pieces: dict[int, str]
    complete: bool
    bytes_total: int
    """UTF-8 bytes of the whole text."""
    pending: tuple[int, int] | None = None
    """The units from ... to ... that have no tokens yet; the token before them ends where they begin."""


class SaveDraft(Message, tag=True, frozen=True, kw_only=True):
    """Keep a small text (a prompt, a note) under `name`: on disk when the next event comes."""

    name: str
    text: str


class LoadDraft(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `DraftLoaded`."""

    name: str


class DraftLoaded(Message, tag=True, frozen=True, kw_only=True):
    """The kept text, empty if there is none."""

    name: str
    text: str


DocumentCommand = (
    ListEncodings
    | OpenTokenizer
    | ForgetTokenizer
    | OpenDocument
    | EditDocument
    | ReadFile
    | ChooseEncoding
    | SaveDraft
    | LoadDraft
)
DocumentEvent = (
    EncodingsListed | TokenizerOpened | EncodingChosen | DocumentText | FileText | TokensPatched | DraftLoaded
)
