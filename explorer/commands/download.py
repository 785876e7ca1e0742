"""`llm-explorer download`: a model from the Hugging Face hub, into the data folder."""

import argparse
import json
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from explorer.commands.sizes import size
from explorer.paths import default_data_dir

if TYPE_CHECKING:
    from explorer.core.hub.facts import DownloadPlanned, Fact

_INTERRUPTED = 130
_REDRAW_S = 0.1


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "download",
        help="fetch a model from the Hugging Face hub",
        description="Fetch a model's weights (safetensors or GGUF), settings and tokenizer. Ctrl+C stops; "
        "the same command goes on from there.",
    )
    parser.add_argument("repo", metavar="OWNER/NAME", help="the repository: HuggingFaceTB/SmolLM2-135M")
    parser.add_argument("--revision", metavar="R", help="a branch, tag or commit (default: main)")
    parser.add_argument(
        "--include",
        action="append",
        default=[],
        metavar="GLOB",
        help="only the files that fit, such as '*Q4_K_M.gguf'; may be given several times",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        metavar="DIR",
        help="the model goes to DIR/models/OWNER--NAME",
    )
    parser.add_argument(
        "--json", action="store_true", help='print {"folder", "commit", "files", "bytes"} at the end'
    )


def run(arguments: argparse.Namespace) -> int:
    """Download. Raises: InputError, RemoteError, DamagedFileError, StorageError."""
    from explorer.core.hub.download import download

    facts = download(
        arguments.repo,
        arguments.data_dir / "models",
        revision=arguments.revision,
        include=arguments.include,
    )
    show = _Show(arguments.json)
    try:
        for fact in facts:
            if fact is not None:
                show.take(fact)
    except KeyboardInterrupt:
        facts.close()
        show.stopped()
        return _INTERRUPTED
    finally:
        show.end_line()
    return 0


class _Show:
    """Progress on stderr, one line that is written over on a terminal; the folder on stdout at the end."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._live = sys.stderr.isatty()
        self._open_line = False
        self._plan: DownloadPlanned | None = None
        self._have = 0
        self._drawn = self._began = monotonic()

    def take(self, fact: "Fact") -> None:
        from explorer.core.hub import facts

        match fact:
            case facts.DownloadPlanned():
                self._plan, self._have, self._began = fact, fact.have_bytes, monotonic()
                kept = f", {size(fact.have_bytes)} of it kept from before" if fact.have_bytes else ""
                self._say(f"{fact.repo}: {len(fact.files)} files, {size(fact.total_bytes)}{kept}")
            case facts.FileProgress():
                self._have = fact.total_have_bytes
                self._draw(f"{fact.path}  {self._share()}")
            case facts.FileChecking():
                self._draw(f"{fact.path}  checking {fact.checked_bytes * 100 // max(fact.size_bytes, 1)} %")
            case facts.ConnectionLost():
                self._say(f"{fact.path}: the connection broke at {size(fact.have_bytes)}, trying again")
            case facts.FileDone():
                self._say(f"{fact.path}  ✓")
            case facts.DownloadDone():
                self._done(str(fact.folder))

    def stopped(self) -> None:
        if self._plan is not None:
            total = size(self._plan.total_bytes)
            self._say(f"Kept {size(self._have)} of {total}. Run the same command again to go on.")

    def end_line(self) -> None:
        if self._open_line:
            print(file=sys.stderr, flush=True)
            self._open_line = False

    def _share(self) -> str:
        assert self._plan is not None
        total, now = self._plan.total_bytes, monotonic() - self._began
        rate = (self._have - self._plan.have_bytes) / now if now > 1 else 0
        left = f"  {size(rate)}/s  {round((total - self._have) / rate)} s left" if rate else ""
        return f"{size(self._have)} of {size(total)}{left}"

    def _draw(self, line: str) -> None:
        if self._live and monotonic() - self._drawn > _REDRAW_S:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
            self._drawn, self._open_line = monotonic(), True

    def _say(self, line: str) -> None:
        start = "\r\x1b[K" if self._open_line else ""
        self._open_line = False
        print(start + line, file=sys.stderr, flush=True)

    def _done(self, folder: str) -> None:
        assert self._plan is not None
        if not self._json:
            print(folder, flush=True)
            return
        result = {
            "folder": folder,
            "commit": self._plan.commit,
            "files": [file.path for file in self._plan.files],
            "bytes": self._plan.total_bytes,
        }
        print(json.dumps(result), flush=True)
