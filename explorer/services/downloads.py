"""Models from the hub: what a repository has, fetching it, throwing away what is left. No torch."""

import shutil
from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from explorer.core.catalogue.listing import DOWNLOADS
from explorer.core.hub import facts
from explorer.core.hub.record import unfinished
from explorer.core.storage import storage_errors
from explorer.errors import InputError
from explorer.protocol import (
    Command,
    DiscardDownload,
    Download,
    DownloadEnded,
    DownloadProgress,
    Event,
    FileChoice,
    ListModels,
    RepoSurveyed,
    SurveyRepo,
)
from explorer.services import Job

_SAY_EVERY_S = 0.15
_RATE_OVER_S = 5.0


class DownloadService:
    """Fills `data_dir`/models. `list_again` is the job that answers `ListModels`."""

    commands: tuple[type[Command], ...] = (SurveyRepo, Download, DiscardDownload)

    def __init__(
        self, data_dir: str, list_again: Callable[[ListModels], Job], endpoint: str | None = None
    ) -> None:
        """`endpoint`: another hub than HF_ENDPOINT or huggingface.co."""
        self._folder, self._endpoint = Path(data_dir) / DOWNLOADS, endpoint
        self._list_again = list_again

    def close(self) -> None:
        """What had come is kept by the download itself."""

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        match command:
            case SurveyRepo():
                return self._survey(command)
            case Download():
                return self._download(command)
            case _:
                assert isinstance(command, DiscardDownload)
                return self._discard(command)

    def _survey(self, command: SurveyRepo) -> Job:
        yield None  # the import below takes a second
        from explorer.core.hub.download import check_name, folder_of, missing_bytes
        from explorer.core.hub.repository import survey
        from explorer.core.pump import last_of, pump_one

        repo = command.repo.strip()
        check_name(repo)
        found = yield from last_of(pump_one(survey(repo, self._endpoint)))
        folder = folder_of(self._folder, repo)
        yield RepoSurveyed(
            job=command.job,
            repo=repo,
            folder=str(folder),
            terms=found.terms,
            choices=[
                FileChoice(
                    name=offer.name,
                    include=list(offer.include),
                    files=[file.path for file in files],
                    size_bytes=missing_bytes(folder, files),
                )
                for offer, files in found.offers
            ],
            free_bytes=_free_bytes(self._folder),
        )

    def _download(self, command: Download) -> Job:
        yield DownloadProgress(job=command.job, repo=command.repo, phase="asking")
        from explorer.core.hub.download import download

        meter = _Meter(command)
        job = download(command.repo, self._folder, include=command.include, endpoint=self._endpoint)
        try:
            for fact in job:
                yield meter.take(fact) if fact is not None else meter.left_to_say()
        finally:
            job.close()
        yield from self._list_again(ListModels(job=command.job))
        assert meter.folder is not None
        yield DownloadEnded(job=command.job, repo=command.repo, folder=str(meter.folder))

    def _discard(self, command: DiscardDownload) -> Job:
        left = next((one for one in unfinished(self._folder) if one.repo == command.repo), None)
        if left is None:
            raise InputError("Nothing is left of {repo}. Look at the list again.", repo=command.repo)
        with storage_errors(left.folder):
            shutil.rmtree(left.folder)
        yield from self._list_again(ListModels(job=command.job))


class _Meter:
    """Facts of a download to progress that is not said too often."""

    def __init__(self, command: Download) -> None:
        self._command = command
        self._have = self._total = self._said = 0
        self._file = ""
        self._said_at = 0.0
        self._places: deque[tuple[float, int]] = deque()
        self.folder: Path | None = None
        """Where it stands, at last."""

    def take(self, fact: facts.Fact) -> Event | None:
        """What to tell the window, if anything."""
        match fact:
            case facts.DownloadPlanned():
                self._have, self._total = fact.have_bytes, fact.total_bytes
                return self._say("fetching", "", always=True)
            case facts.FileProgress():
                self._have = fact.total_have_bytes
                return self._say("fetching", fact.path)
            case facts.FileChecking():
                return self._say("checking", fact.path)
            case facts.ConnectionLost():
                return self._say("reconnecting", fact.path, always=True)
            case facts.DownloadDone():
                self.folder = fact.folder
                return self._say("fetching", "", always=True)
            case _:
                return self._say("fetching", fact.path)

    def left_to_say(self) -> Event | None:
        """Where it stands, if that was not said and nothing comes now."""
        return self._say("fetching", self._file) if self._have != self._said else None

    def _say(self, phase: str, file: str, always: bool = False) -> Event | None:
        now = monotonic()
        if now - self._said_at < _SAY_EVERY_S and not always:
            return None
        self._said_at, self._said, self._file = now, self._have, file
        self._places.append((now, self._have))
        while now - self._places[0][0] > _RATE_OVER_S:
            self._places.popleft()
        return DownloadProgress(
            job=self._command.job,
            repo=self._command.repo,
            phase=phase,  # type: ignore[arg-type]
            file=file,
            have_bytes=self._have,
            total_bytes=self._total,
            bytes_per_s=self._rate(),
        )

    def _rate(self) -> float | None:
        (first, before), (last, after) = self._places[0], self._places[-1]
        return (after - before) / (last - first) if last - first > 0.5 else None


def _free_bytes(folder: Path) -> int:
    """On the disk that will hold `folder`."""
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(folder).free
