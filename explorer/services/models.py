"""The models that a person has: listed, described, opened, taken off, and their unpacked copies. No torch."""

import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from explorer.core.catalogue import copies, memory
from explorer.core.catalogue.describing import describe
from explorer.core.catalogue.listing import DOWNLOADS, Candidate, Catalogue, models_in
from explorer.core.hub.record import unfinished
from explorer.core.remote.known import read_servers
from explorer.core.storage import PARTIAL_PREFIX, storage_errors
from explorer.errors import InputError
from explorer.paths import models_dir
from explorer.protocol import (
    Command,
    DeleteModel,
    DescribeModel,
    ForgetModel,
    LimitCopies,
    ListModels,
    ModelDescribed,
    ModelInfo,
    ModelsListed,
    OpenModel,
    ServerInfo,
    TidyCopies,
    UnfinishedDownload,
)
from explorer.services import Job

_SAY_EVERY_S = 0.2


class ModelService:
    """Knows `data_dir`, the shipped models and the installed packages."""

    commands: tuple[type[Command], ...] = (
        ListModels,
        DescribeModel,
        OpenModel,
        ForgetModel,
        DeleteModel,
        TidyCopies,
        LimitCopies,
    )

    def __init__(self, data_dir: str, shipped_dir: Path | None = None) -> None:
        self._data_dir = Path(data_dir)
        self._catalogue = Catalogue(self._data_dir, shipped_dir or models_dir())

    def close(self) -> None:
        """Nothing is held open."""

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        match command:
            case DescribeModel():
                return self._describe(command)
            case OpenModel():
                return self._then_list(command.job, lambda: self._open(command.path))
            case ForgetModel():
                return self._then_list(command.job, lambda: self._forget(command.key))
            case DeleteModel():
                return self._then_list(command.job, lambda: self._delete(command.key))
            case TidyCopies():
                return self._then_list(command.job, lambda: self._tidy(command))
            case LimitCopies():
                return self._then_list(command.job, lambda: self._limit(command.limit_bytes))
            case _:
                return self._then_list(command.job, lambda: None)

    # ------------------------------------------------------------ the list

    def _then_list(self, job: str, act: Callable[[], None]) -> Job:
        act()
        candidates = self._catalogue.candidates()
        remote = self._catalogue.remote()
        found: list[ModelInfo] = []
        said_at = monotonic()
        for candidate in candidates:
            found.append(self._catalogue.read(candidate))
            yield None
            if monotonic() - said_at > _SAY_EVERY_S and len(found) < len(candidates):
                yield self._listed(job, [*found, *remote], len(found), len(candidates))
                said_at = monotonic()
        yield self._listed(job, [*found, *remote], len(candidates), len(candidates))

    def _listed(self, job: str, models: list[ModelInfo], done: int, total: int) -> ModelsListed:
        return ModelsListed(
            job=job,
            models=models,
            copies=copies.copies(self._copies_dir),
            copies_limit_bytes=memory.read_memory(self._data_dir).copies_limit_bytes,
            unfinished=[
                UnfinishedDownload(
                    repo=one.repo,
                    include=list(one.include),
                    have_bytes=one.have_bytes,
                    total_bytes=one.total_bytes,
                )
                for one in unfinished(self._data_dir / DOWNLOADS)
            ],
            servers=[
                ServerInfo(name=one.name, url=one.url, models=one.all_models)
                for one in read_servers(self._data_dir)
            ],
            done=done,
            total=total,
        )

    def _describe(self, command: DescribeModel) -> Job:
        if command.key.startswith("server:"):
            yield ModelDescribed(job=command.job, key=command.key)
            return
        candidate = self._catalogue.find(command.key)
        yield None
        yield describe(command.job, candidate, self._catalogue.facts(candidate))

    # ------------------------------------------------------------ what is on it

    def _open(self, said: str) -> None:
        path = Path(said).expanduser()
        if not path.is_absolute() or not path.exists():
            raise InputError("There is no {path}. Choose a folder or a GGUF file.", path=said)
        # The weights of a folder are chosen as often as the folder.
        if path.is_file() and path.suffix in (".safetensors", ".json"):
            path = path.parent
        if path.is_file() and path.suffix.lower() != ".gguf":
            raise InputError(
                "{path} is no model that can be opened. Choose a folder with safetensors, or a GGUF file.",
                path=str(path),
            )
        if not models_in(path):
            raise InputError(
                "There is no model in {path}. Choose a folder with a config.json, or a GGUF file.",
                path=str(path),
            )
        memory.remember_opened(self._data_dir, path)

    def _forget(self, key: str) -> None:
        """Of a folder that holds several models, all go."""
        opened = memory.read_memory(self._data_dir).opened
        said = next((one for one in opened if one == key or key.startswith((f"{one}/", f"{one}\\"))), key)
        memory.forget_opened(self._data_dir, said)

    def _delete(self, key: str) -> None:
        candidate = self._catalogue.find(key)
        folder = _downloaded_folder(candidate, self._data_dir / DOWNLOADS)
        with storage_errors(folder):
            doomed = folder.with_name(f"{PARTIAL_PREFIX}deleted-{folder.name}")
            shutil.rmtree(doomed, ignore_errors=True)
            folder.rename(doomed)
            shutil.rmtree(doomed)

    # ------------------------------------------------------------ unpacked copies

    @property
    def _copies_dir(self) -> Path:
        return self._data_dir / "opened"

    def _tidy(self, command: TidyCopies) -> None:
        if command.folder:
            copies.delete_copy(self._copies_dir, command.folder)
        else:
            copies.make_room(self._copies_dir, command.keep_bytes)

    def _limit(self, limit_bytes: int) -> None:
        memory.limit_copies(self._data_dir, limit_bytes)
        copies.make_room(self._copies_dir)


def _downloaded_folder(candidate: Candidate, downloads: Path) -> Path:
    """The folder that a download made. Raises: InputError if it is another model's."""
    if candidate.origin != "hub":
        raise InputError(
            "{name} was not downloaded here. Only downloaded models can be deleted.", name=candidate.name
        )
    return downloads / candidate.path.relative_to(downloads).parts[0]
