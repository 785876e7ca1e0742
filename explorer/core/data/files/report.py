"""What was found in a person's files, and what had to be left out."""

from dataclasses import dataclass, field

_SHOWN = 5


@dataclass
class Report:
    """Filled while documents are read; one for a whole reading of a source."""

    documents: int = 0
    skipped: int = 0
    """Lines, rows or records that are no text."""
    examples: list[str] = field(default_factory=list[str])
    """The first of them: "notes.jsonl, line 17: not JSON"."""

    def skip(self, name: str, line: int, reason: str) -> None:
        """Leave out line `line`, from 1, of the file `name`."""
        self.skipped += 1
        if len(self.examples) < _SHOWN:
            self.examples.append(f"{name}, line {line}: {reason}")
