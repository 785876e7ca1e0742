"""Damage model files at random and open them: `python -m tests.benchmarks.fuzz --count 20000`.

An opening may succeed, or say in one sentence of ours why not. Anything else is a finding: another
exception, a warning, more than some seconds, more memory than a small file can be worth.
"""

import argparse
import json
import random
import re
import shutil
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import torch
import transformers

from explorer.core.loading import load_model
from explorer.errors import ExplorerError
from tests.benchmarks.gguf_files import write_gguf
from tests.benchmarks.parity import Shape, make

LIMIT_S = 5.0
MEMORY_LIMIT_BYTES = 600_000_000
_EXTREME_NUMBERS = (0, 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**63, 2**64 - 1, 10_000_000_000)
_EXTREME_WORDS = (
    "-1",
    "0",
    "1e308",
    "-0.5",
    "1e-320",
    "9" * 30,
    "null",
    '"x"',
    "[]",
    "{}",
    "[[[[]]]]",
    "true",
)
_TINY = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
}


def damaged(original: bytes, luck: random.Random) -> bytes:
    """One of: truncated, bytes changed, a stretch gone or doubled, an eight-byte number made extreme."""
    data = bytearray(original)
    # Mostly at the beginning, where the claims are.
    place = luck.randrange(min(len(data), 400) if luck.random() < 0.7 else len(data))
    match luck.randrange(6):
        case 0:
            del data[place:]
        case 1 | 2:
            for _ in range(luck.randint(1, 8)):
                spot = min(len(data) - 1, place + luck.randrange(64))
                data[spot] = luck.randrange(256)
        case 3:
            del data[place : place + luck.randint(1, 64)]
        case 4:
            data[place:place] = data[place : place + luck.randint(1, 64)]
        case _:
            size = luck.choice((4, 8))
            number = luck.choice(_EXTREME_NUMBERS) % (1 << 8 * size)
            data[place : place + size] = number.to_bytes(size, "little")
    return bytes(data)


def damaged_json(original: bytes, luck: random.Random) -> bytes:
    """A value replaced by one that nobody expects."""
    text = original.decode()
    values = list(re.finditer(r'(?<=[:\[,])\s*("[^"]*"|-?[0-9.e+-]+|true|false|null)', text))
    chosen = luck.choice(values)
    return (text[: chosen.start()] + luck.choice(_EXTREME_WORDS) + text[chosen.end() :]).encode()


def damaged_header(original: bytes, luck: random.Random) -> bytes:
    """A safetensors file whose header says another thing, and is as long as it says."""
    length = int.from_bytes(original[:8], "little")
    header = damaged_json(original[8 : 8 + length], luck)
    return len(header).to_bytes(8, "little") + header + original[8 + length :]


class Fuzz:
    """Good files in a folder, and copies of them that are damaged one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.good = folder / "good"
        for family in ("llama", "gemma3_text"):
            theirs = make(Shape(family, "tiny", _TINY), self.good / family)
            write_gguf(theirs, self.good / f"{family}.gguf")
            # The GGUF's tokenizer goes beside the folder's weights.
            load_model(self.good / f"{family}.gguf", "cpu", cache_dir=folder / family)
            kept = next(path for path in (folder / family).iterdir() if path.is_dir())
            for name in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
                shutil.copy(kept / name, self.good / family / name)
        self.targets: list[tuple[str, str, Callable[[bytes, random.Random], bytes]]] = []
        for family in ("llama", "gemma3_text"):
            self.targets += [
                (f"{family}.gguf", "", damaged),
                (f"{family}.gguf", "", damaged),
                (family, "model.safetensors", damaged),
                (family, "model.safetensors", damaged_header),
                (family, "config.json", damaged_json),
                (family, "tokenizer.json", damaged_json),
                (family, "tokenizer_config.json", damaged),
            ]

    def attempt(self, number: int) -> str:
        """Damage a file in the way that `number` says and open it: what came of it."""
        luck = random.Random(number)
        name, inside, damage = luck.choice(self.targets)
        bad = self.folder / "bad"
        if inside:
            shutil.copytree(self.good / name, bad)
            file = bad / inside
            file.write_bytes(damage((self.good / name / inside).read_bytes(), luck))
            where = bad
        else:
            where = self.folder / "bad.gguf"
            where.write_bytes(damage((self.good / name).read_bytes(), luck))
        try:
            load_model(where, "cpu", cache_dir=self.folder / "kept")
        except ExplorerError as error:
            assert "\n" not in str(error), f"more than a sentence: {error}"
            return f"{type(error).__name__}: {error.template}"
        finally:
            shutil.rmtree(bad, ignore_errors=True)
            shutil.rmtree(self.folder / "kept", ignore_errors=True)
        return "opened"


def run(first: int, count: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """What came of attempts `first` ... and what should never come."""
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    fuzz = Fuzz(folder)
    outcomes: Counter[str] = Counter()
    findings: list[str] = []
    before = psutil.Process().memory_info().rss
    for number in range(first, first + count):
        started = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                outcomes[fuzz.attempt(number)] += 1
        except Exception as error:
            findings.append(f"{number}: {type(error).__name__}: {error}")
        if time.perf_counter() - started > LIMIT_S:
            findings.append(f"{number}: took {time.perf_counter() - started:.1f} s")
    grown = psutil.Process().memory_info().rss - before
    if grown > MEMORY_LIMIT_BYTES:
        findings.append(f"memory grew by {grown / 1e6:.0f} MB")
    return outcomes, findings


def main() -> int:
    """Print what came of it; exit code 1 if there were findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcomes, findings = run(arguments.first, arguments.count, Path(folder))
    if arguments.json:
        print(json.dumps({"count": arguments.count, "outcomes": outcomes, "findings": findings}))
    else:
        for outcome, times in outcomes.most_common():
            print(f"{times:7} {outcome}")
        print(f"{arguments.count} damaged files, {len(findings)} findings")
        print("\n".join(findings))
    return int(bool(findings))


if __name__ == "__main__":
    raise SystemExit(main())
