"""Tokenising a megabyte: beside tiktoken itself, and through a real text worker.

    python -m tests.benchmarks.text_speed [--megabytes N] [--edits N] [--json]

The text is the Python manual over and over. The ratios compare work on the same text in the same run:
encoding (ours also finds where tokens begin), and an edit against encoding the whole text again. The
worker's times are from writing a command to having read the answer, so the pipe and JSON are in them.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pydoc_data.topics import topics
from random import Random

from explorer.protocol import EditDocument, Event, OpenDocument, Ready, TokensPatched, decode_event, encode
from explorer.text.bpe import trained_bpe
from explorer.text.encodings import load_published
from explorer.text.incremental import TokenizedText

ENCODING = "o200k_base"
_ROUNDS = 5


def make_text(size: int) -> str:
    manual = "\n\n".join(topics.values())
    return (manual * (size // len(manual) + 1))[:size]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_process(text: str, edits: int) -> dict[str, float]:
    """Seconds: medians over rounds and over edits."""
    tokenizer = load_published(ENCODING)
    tiktoken_encode = tokenizer._encoding.encode_ordinary
    pairs = [
        (timed(lambda: tiktoken_encode(text)), timed(lambda: tokenizer.encode_with_starts(text)))
        for _ in range(_ROUNDS)
    ]
    document = TokenizedText(text, tokenizer)
    while document.pending is not None:
        document.advance()
    random = Random(1)
    times: list[float] = []
    for _ in range(edits):
        position = random.randrange(len(document.units))
        times.append(timed(lambda at=position: document.edit(at, 0, random.choice("etaoin \n.,字"))))
        document.patches.clear()
    times.sort()
    return {
        "tiktoken_s": statistics.median(theirs for theirs, _ in pairs),
        "ours_s": statistics.median(ours for _, ours in pairs),
        "ratio": statistics.median(ours / theirs for theirs, ours in pairs),
        "edit_s": times[len(times) // 2],
        "edit_p99_s": times[len(times) * 99 // 100],
        "bpe_4096_s": timed(lambda: trained_bpe(text[:500_000], 4096)),
    }


class TextWorker:
    """The real process, and what it says."""

    def __init__(self, data_dir: str) -> None:
        command = [sys.executable, "-m", "explorer", "worker", "text", data_dir]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self.until(lambda event: isinstance(event, Ready))

    def send(self, command: OpenDocument | EditDocument) -> None:
        self._in.write(encode(command))
        self._in.flush()

    def until(self, wanted: Callable[[Event], bool]) -> None:
        while not wanted(decode_event(self._out.readline())):
            pass

    def edit(self, version: int, start: int, inserted: str) -> None:
        """Until the first answer to it."""
        self.send(EditDocument(name="page", version=version, start=start, removed=0, inserted=inserted))
        self.until(lambda event: isinstance(event, TokensPatched) and event.version == version)

    def close(self) -> None:
        self._in.close()
        self._process.wait()
        self._out.close()


def _tokens(event: Event) -> bool:
    return isinstance(event, TokensPatched)


def _complete(event: Event) -> bool:
    return isinstance(event, TokensPatched) and event.complete


def through_worker(text: str, edits: int) -> dict[str, float]:
    """Seconds; the first opening loads the encoding as well."""
    results: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as data_dir:
        worker = TextWorker(data_dir)
        worker.send(OpenDocument(name="page", encoding="gpt2"))
        worker.edit(1, 0, text)
        worker.until(_complete)
        worker.close()
        worker = TextWorker(data_dir)
        for when in ("cold", "warm"):
            start = time.perf_counter()
            worker.send(OpenDocument(name="page", encoding=ENCODING))
            worker.until(_tokens)
            results[f"open_{when}_first_s"] = time.perf_counter() - start
            worker.until(_complete)
            results[f"open_{when}_complete_s"] = time.perf_counter() - start
        random = Random(2)
        times = sorted(
            timed(
                lambda number=number: worker.edit(
                    number, random.randrange(len(text)), random.choice("etaoin ")
                )
            )
            for number in range(1, edits + 1)
        )
        worker.close()
    results["key_s"] = times[len(times) // 2]
    results["key_p99_s"] = times[len(times) * 99 // 100]
    results["key_worst_s"] = times[-1]
    return results


def main() -> None:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=1.0)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    text = make_text(int(arguments.megabytes * 1e6))
    result = in_process(text, arguments.edits) | through_worker(text, arguments.edits)
    if arguments.json:
        print(json.dumps(result))
        return
    print(f"{ENCODING}, {len(text) / 1e6:g} MB of English")
    for name, label in {
        "tiktoken_s": "tiktoken: encode",
        "ours_s": "encode, and where tokens begin",
        "edit_s": "an edit in it, median",
        "edit_p99_s": "an edit in it, p99",
        "bpe_4096_s": "learning 4,096 entries from 500 kB",
        "open_cold_first_s": "worker: open, first tokens (loads the encoding)",
        "open_cold_complete_s": "worker: open, all tokens (loads the encoding)",
        "open_warm_first_s": "worker: open again, first tokens",
        "open_warm_complete_s": "worker: open again, all tokens",
        "key_s": "worker: key press to answer, median",
        "key_p99_s": "worker: key press to answer, p99",
        "key_worst_s": "worker: key press to answer, worst",
    }.items():
        print(f"{label:50} {result[name] * 1e3:9.2f} ms")
    print(f"{'encode and starts / tiktoken':50} {result['ratio']:9.2f} x")
    print(f"{'whole text again / an edit':50} {result['ours_s'] / result['edit_s']:9.0f} x")


if __name__ == "__main__":
    main()
