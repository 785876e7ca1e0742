"""How much the world's texts repeat themselves, beside real English of the same size.

    python -m tests.benchmarks.corpus_variety [--characters N] [--text FILE ...]

For each text: distinct 4-grams per 1,000 tokens (words and marks, lower case), bytes after compression
for each byte before (zlib -9, and lzma, which sees the whole text), different words, and different words
per token.
The Python manual is on every machine; other texts (a novel, a play) can be given. Asserts nothing.
"""

import argparse
import importlib
import lzma
import re
import zlib
from collections.abc import Callable
from pathlib import Path

from explorer.core.data.world.corpus import documents
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.stories import story

_TOKEN = re.compile(r"\w+(?:'\w+)?|[^\w\s]")


def tokens_of(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def measure(text: str) -> dict[str, float]:
    tokens = tokens_of(text)
    grams = set(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))
    words = {token for token in tokens if token[0].isalpha()}
    data = text.encode()
    return {
        "tokens": len(tokens),
        "distinct 4-grams per 1,000": 1000 * len(grams) / max(1, len(tokens) - 3),
        "zlib": len(zlib.compress(data, 9)) / len(data),
        "lzma": len(lzma.compress(data, preset=9)) / len(data),
        "words": len(words),
        "words per token": len(words) / len(tokens),
    }


def _stories(characters: int) -> str:
    parts: list[str] = []
    number = 0
    while sum(map(len, parts)) < characters:
        parts.append(story(Dice(1, "variety", number)))
        number += 1
    return "\n\n".join(parts)[:characters]


def _corpus(characters: int) -> str:
    return "\n\n".join(document.text for document in documents(1, characters))[:characters]


def _manual(characters: int) -> str:
    topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    return "\n\n".join(topics[name] for name in sorted(topics))[:characters]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--characters", type=int, default=200_000)
    parser.add_argument("--text", type=Path, action="append", default=[])
    arguments = parser.parse_args()
    sources: dict[str, Callable[[int], str]] = {
        "our stories": _stories,
        "our corpus": _corpus,
        "Python manual": _manual,
    }
    for path in arguments.text:
        sources[path.name] = lambda count, path=path: path.read_text(encoding="utf-8", errors="replace")[
            :count
        ]
    for place, (name, source) in enumerate(sources.items()):
        found = measure(source(arguments.characters))
        if place == 0:
            print(f"{'text':24}" + "".join(f"{column:>28}" for column in found))
        print(f"{name:24}" + "".join(f"{value:>28,.3f}" for value in found.values()))


if __name__ == "__main__":
    main()
