"""Every model that a person has, source by source, read once and remembered while it is unchanged."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from explorer.core.catalogue.memory import read_memory
from explorer.core.catalogue.reading import Facts, parameters_of, read_facts
from explorer.core.families.folder_files import CONFIG
from explorer.core.hub.record import read_record
from explorer.core.installed import installed_models
from explorer.core.remote.known import read_servers
from explorer.core.runs import RunFolder
from explorer.errors import ExplorerError, InputError
from explorer.protocol import ModelInfo, ModelOrigin

DOWNLOADS = "models"
"""In the data folder."""
_MOST_SUBFOLDERS = 300


@dataclass(frozen=True)
class Candidate:
    """A place that may hold a model, and what is known without reading it."""

    key: str
    path: Path
    origin: ModelOrigin
    name: str = ""
    load: str = ""
    """What opens it, if that is not the path."""
    terms: str = ""
    free: bool = True
    size_bytes: int | None = None
    """Of all parts, where `path` is the first of several."""

    def info(self, facts: Facts) -> ModelInfo:
        """As the list shows it."""
        shape = facts.shape
        return ModelInfo(
            key=self.key,
            path=self.load or str(self.path),
            origin=self.origin,
            name=self.name or facts.name or self.path.name,
            place=str(self.path),
            family=facts.family,
            parameters=parameters_of(facts),
            context=None if shape is None else shape.context,
            packing=facts.packing,
            size_bytes=facts.size_bytes,
            step=facts.step,
            chat=facts.chat,
            terms=self.terms or facts.terms,
            free=self.free,
            problem=facts.problem,
        )


class Catalogue:
    """Knows `data_dir`, the shipped models' folder and the installed packages."""

    def __init__(self, data_dir: Path, shipped_dir: Path) -> None:
        self._data_dir, self._shipped_dir = data_dir, shipped_dir
        self._known: dict[str, tuple[object, Facts]] = {}

    def candidates(self) -> list[Candidate]:
        """Places to look at, the nearest to the person first. Raises: DamagedFileError, StorageError."""
        found = [*self._runs(), *self._opened(), *self._downloaded(), *self._shipped(), *self._packages()]
        return list({candidate.key: candidate for candidate in reversed(found)}.values())[::-1]

    def read(self, candidate: Candidate) -> ModelInfo:
        """What its files say; raises nothing of ours."""
        return candidate.info(self.facts(candidate))

    def facts(self, candidate: Candidate) -> Facts:
        """As read last, if nothing there has changed since."""
        path = candidate.path
        stamp = _stamp(path)
        known = self._known.get(str(path))
        if known is None or known[0] != stamp:
            known = self._known[str(path)] = (stamp, read_facts(path, candidate.size_bytes))
        return known[1]

    def remote(self) -> list[ModelInfo]:
        """Models at servers, as those told last. Raises: DamagedFileError."""
        return [
            ModelInfo(
                key=f"server:{server.name}#{model}",
                path=f"server:{server.name}#{model}",
                origin="server",
                name=model,
                place=server.url,
            )
            for server in read_servers(self._data_dir)
            for model in server.all_models
        ]

    def find(self, key: str) -> Candidate:
        """Raises: InputError if there is none (any more)."""
        for candidate in self.candidates():
            if candidate.key == key:
                return candidate
        raise InputError("There is no model {name} any more. Look at the list again.", name=key)

    # ------------------------------------------------------------ sources

    def _runs(self) -> Iterator[Candidate]:
        folder = self._data_dir / "runs"
        for path in _subfolders(folder):
            run = RunFolder(path)
            checkpoint = run.newest_checkpoint()
            if checkpoint is not None:
                name = path.name
                with suppress(ExplorerError):
                    name = run.record().name
                yield Candidate(str(path), checkpoint, "run", name)

    def _shipped(self) -> Iterator[Candidate]:
        for path in _subfolders(self._shipped_dir):
            yield from (Candidate(str(found), found, "shipped") for found in models_in(path))

    def _packages(self) -> Iterator[Candidate]:
        for model in installed_models():
            package = model.package
            yield Candidate(
                package.name,
                model.files[0],
                "package",
                package.title,
                package.name,
                package.terms,
                package.free,
                sum(file.stat().st_size for file in model.files),
            )

    def _opened(self) -> Iterator[Candidate]:
        for said in read_memory(self._data_dir).opened:
            path = Path(said)
            for found in models_in(path) or [path]:
                # A file says its model's name; a folder mostly bears it.
                name = found.name if found.is_dir() else ""
                yield Candidate(str(found), RunFolder(found).newest_checkpoint() or found, "opened", name)

    def _downloaded(self) -> Iterator[Candidate]:
        for path in _subfolders(self._data_dir / DOWNLOADS):
            record = read_record(path)
            repo = record.repo if record is not None else path.name.replace("--", "/", 1)
            files = models_in(path) or [path]
            for found in files:
                name = repo if found == path else f"{repo} · {found.stem}"
                yield Candidate(str(found), found, "hub", name)


def models_in(path: Path) -> list[Path]:
    """The models that a person means by `path`: itself, GGUF files in it, or those in its subfolders."""
    if not path.is_dir():
        return [path] if path.is_file() else []
    here = _directly_in(path)
    if here:
        return here
    return [found for folder in _subfolders(path)[:_MOST_SUBFOLDERS] for found in _directly_in(folder)]


def _directly_in(folder: Path) -> list[Path]:
    with suppress(OSError):
        if RunFolder(folder).newest_checkpoint() is not None or (folder / CONFIG).is_file():
            return [folder]
        return sorted(file for file in folder.glob("*.gguf") if file.is_file())
    return []


def _subfolders(folder: Path) -> list[Path]:
    try:
        inside = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    except OSError:
        return []
    return sorted(inside, key=lambda path: path.name.casefold())


def _stamp(path: Path) -> object:
    """Changes when a file of the model does."""
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        return [(file.name, status.st_size, status.st_mtime_ns) for file in files if (status := file.stat())]
    except OSError:
        return object()
