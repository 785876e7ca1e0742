"""The tokenizers of the text worker: which there are, and those that were used last, ready to hand."""

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from explorer.core.saved_tokenizers import FOLDER, saved_tokenizers
from explorer.core.storage import storage_errors, write_atomically
from explorer.core.tokenizer_source import OpenedTokenizer, open_tokenizer, source_of
from explorer.errors import ExplorerError
from explorer.paths import models_dir
from explorer.protocol import Encoding
from explorer.text.encodings import PUBLISHED
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import find_tokenizer_file

FILE = "tokenizers.json"
"""In the data folder: paths that were opened by hand."""
_MOST_KEPT = 4
"""Besides published ones: the largest take some hundred megabytes."""


@dataclass(frozen=True)
class _Kept:
    stamp: tuple[str, int, int]
    opened: OpenedTokenizer


class TokenizerShelf:
    """Knows `data_dir`'s runs and models, and what was opened by hand."""

    def __init__(self, data_dir: str) -> None:
        self._data_dir = Path(data_dir)
        self._published: dict[str, OpenedTokenizer] = {}
        self._kept: OrderedDict[Encoding, _Kept] = OrderedDict()

    # ------------------------------------------------------------ one of them

    def opened(self, encoding: Encoding) -> OpenedTokenizer:
        """Read again only if its file has changed. Raises: as `open_tokenizer`."""
        if encoding in PUBLISHED:
            if encoding not in self._published:
                self._published[encoding] = open_tokenizer(encoding)
            return self._published[encoding]
        file = source_of(encoding)
        status = file.stat()
        stamp = str(file), status.st_size, status.st_mtime_ns
        kept = self._kept.get(encoding)
        if kept is None or kept.stamp != stamp:
            self._kept.pop(encoding, None)
            kept = self._kept[encoding] = _Kept(stamp, open_tokenizer(str(file)))
        self._kept.move_to_end(encoding)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return kept.opened

    def tokenizer(self, encoding: Encoding) -> Tokenizer:
        """Raises: as `opened`."""
        return self.opened(encoding).tokenizer

    def put_published(self, name: str, tokenizer: Tokenizer) -> None:
        """Have one that is built already."""
        self._published[name] = OpenedTokenizer(tokenizer)

    # ------------------------------------------------------------ which there are

    def listed(self) -> list[tuple[Encoding, str]]:
        """Published ones, those made or opened by hand, runs (newest first), models: what to show."""
        found: dict[Encoding, str] = {name: name for name in PUBLISHED}
        for path in saved_tokenizers(self._data_dir / FOLDER):
            found.setdefault(str(path), path.name)
        for path in self.by_hand():
            found.setdefault(path, label_of(Path(path)))
        for path, name in [*self._trained(), *self._models()]:
            found.setdefault(path, name)
        return list(found.items())

    def by_hand(self) -> list[Encoding]:
        """Paths that were opened by hand, oldest first; one that is gone is not told."""
        with suppress(OSError, msgspec.DecodeError):
            paths = msgspec.json.decode((self._data_dir / FILE).read_bytes(), type=list[str])
            return [path for path in paths if Path(path).exists()]
        return []

    def remember(self, path: str) -> Encoding:
        """Open it and put it on the list. Raises: as `opened`; StorageError."""
        encoding = str(Path(path).expanduser().absolute()) if path not in PUBLISHED else path
        self.opened(encoding)
        known = self.by_hand()
        if encoding not in known and encoding not in PUBLISHED:
            self._write([*known, encoding])
        return encoding

    def forget(self, encoding: Encoding) -> None:
        """Take it off the list; the file stays. Raises: StorageError."""
        self._write([one for one in self.by_hand() if one != encoding])

    def _write(self, paths: list[str]) -> None:
        with storage_errors(self._data_dir):
            self._data_dir.mkdir(parents=True, exist_ok=True)
        write_atomically(self._data_dir / FILE, msgspec.json.encode(paths) + b"\n")

    def _trained(self) -> list[tuple[Encoding, str]]:
        """The runs that have a checkpoint with a tokenizer, newest first."""
        found: list[tuple[float, Encoding, str]] = []
        for run in (self._data_dir / "runs").glob("*/run.json"):
            if find_tokenizer_file(run.parent) is not None:
                record = _run_record(run)
                found.append((record.created_s, str(run.parent), record.name or run.parent.name))
        return [(path, name) for _, path, name in sorted(found, reverse=True)]

    def _models(self) -> list[tuple[Encoding, str]]:
        """Models that the person has, as far as their files are there."""
        from explorer.core.catalogue.listing import Catalogue  # not before somebody wants the list

        with suppress(ExplorerError):
            return [
                (str(one.path), one.name or label_of(one.path))
                for one in Catalogue(self._data_dir, models_dir()).candidates()
                if one.origin not in ("run", "server")
            ]
        return []


def label_of(path: Path) -> str:
    """What to call a file or folder: a tokenizer.json by its folder."""
    if path.name in ("tokenizer.json", "tokenizer.model"):
        return path.parent.name
    return path.name if path.is_dir() else path.stem


class _RunRecord(msgspec.Struct):
    """What is of interest here in a run.json."""

    name: str = ""
    created_s: float = 0.0


def _run_record(file: Path) -> _RunRecord:
    """A run whose record cannot be read is shown by its folder's name."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=_RunRecord)
    except (OSError, msgspec.DecodeError):
        return _RunRecord()
