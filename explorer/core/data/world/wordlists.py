"""The lists and grammars in resources/corpora: `@name` opens a section, each line below is one entry."""

from functools import cache

from explorer.paths import resources_dir

_COMMENT = "#"
_SECTION = "@"


@cache
def sections(file: str) -> dict[str, tuple[str, ...]]:
    """All sections of resources/corpora/`file`.txt. A section that is opened twice grows.

    A line that begins with two spaces goes on with the one before it; one of `#` says something to authors.
    """
    text = (resources_dir() / "corpora" / f"{file}.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(_SECTION):
            lines = found.setdefault(line[1:].strip(), [])
        elif line.startswith("  ") and lines:
            lines[-1] += " " + line.strip()
        elif line.strip() and not line.startswith(_COMMENT):
            lines.append(line.strip())
    return {name: tuple(entries) for name, entries in found.items()}


def entries(file: str, section: str) -> tuple[str, ...]:
    """One section's lines."""
    return sections(file)[section]


def words(file: str, section: str) -> tuple[str, ...]:
    """A section of short entries, several to a line with commas between them."""
    return tuple(word.strip() for line in entries(file, section) for word in line.split(",") if word.strip())


def rows(file: str, section: str) -> tuple[tuple[str, ...], ...]:
    """A section as a table with `|` between its columns."""
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in entries(file, section))
