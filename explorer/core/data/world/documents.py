"""What a corpus is made of."""

from dataclasses import dataclass
from typing import Literal

DocumentKind = Literal[
    "person", "town", "animal", "job", "thing", "event",
    "story", "explanation", "letter", "diary", "recipe", "list", "news", "dialogue",
    "reading", "rivals", "problem", "code", "chinese",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One text, with what it is about on record."""

    kind: DocumentKind
    text: str
    language: Literal["en", "zh"] = "en"
    subjects: tuple[str, ...] = ()
    """Names of the world's entities that it is about."""
    facts: tuple[tuple[str, str], ...] = ()
    """(entity, attribute) of every fact of theirs that it states, each once."""
