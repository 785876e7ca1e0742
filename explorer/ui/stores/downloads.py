"""Downloads from the hub: what a repository has, and how far each one is."""

from dataclasses import dataclass
from itertools import count
from typing import Literal

from PySide6.QtCore import Signal

from explorer.protocol import (
    Cancel,
    DiscardDownload,
    Download,
    DownloadEnded,
    DownloadProgress,
    Event,
    Failed,
    JobCancelled,
    RepoSurveyed,
    SurveyRepo,
    UnfinishedDownload,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.failures import failure_of
from explorer.ui.stores.run_data import Failure

DownloadState = Literal["running", "stopping", "stopped", "failed"]


@dataclass
class ActiveDownload:
    """One download of this sitting. What has ended well is no longer here."""

    job: str
    repo: str
    include: list[str]
    state: DownloadState = "running"
    progress: DownloadProgress | None = None
    failure: Failure | None = None

    @property
    def left_s(self) -> float | None:
        """Seconds to go, by the pace of the last ones."""
        said = self.progress
        if said is None or not said.bytes_per_s or self.state != "running":
            return None
        return (said.total_bytes - said.have_bytes) / said.bytes_per_s


class DownloadsStore(Store):
    """`command` goes to the worker for models. Nothing is asked of the hub before the person does.

    Signals: `finished(repo, folder)`; `list_changed`, when what is left of downloads has changed.
    """

    finished = Signal(str, str)
    list_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked = ""
        """The repository that was looked up last."""
        self.survey: RepoSurveyed | None = None
        self.survey_failure: Failure | None = None
        self.active: list[ActiveDownload] = []
        self._survey_job = ""
        self._numbers = count(1)

    @property
    def surveying(self) -> bool:
        """Whether the hub has been asked and has not answered."""
        return bool(self._survey_job)

    def find(self, repo: str) -> ActiveDownload | None:
        """The download of a repository in this sitting."""
        return next((one for one in self.active if one.repo == repo), None)

    # ------------------------------------------------------------ intents

    def look_up(self, repo: str) -> None:
        """Ask the hub what a repository has."""
        if self._survey_job:
            self.command.emit(Cancel(job=self._survey_job))
        self.asked, self.survey, self.survey_failure = repo.strip(), None, None
        self._survey_job = f"survey-{next(self._numbers)}"
        self.command.emit(SurveyRepo(job=self._survey_job, repo=self.asked))
        self.changed.emit()

    def fetch(self, repo: str, include: list[str]) -> None:
        """Download, or go on downloading."""
        before = self.find(repo)
        if before is not None and before.state in ("running", "stopping"):
            return
        new = ActiveDownload(f"download-{next(self._numbers)}", repo, include)
        if before is None:
            self.active.append(new)
        else:
            new.progress = before.progress
            self.active[self.active.index(before)] = new
        self.command.emit(Download(job=new.job, repo=repo, include=include))
        self.changed.emit()

    def resume(self, left: UnfinishedDownload) -> None:
        """Go on with what an earlier sitting has left."""
        self.fetch(left.repo, left.include)

    def stop(self, repo: str) -> None:
        """Stop; what has come is kept."""
        one = self.find(repo)
        if one is not None and one.state == "running":
            one.state = "stopping"
            self.command.emit(Cancel(job=one.job))
            self.changed.emit()

    def discard(self, repo: str) -> None:
        """Throw away what has come of a stopped download."""
        one = self.find(repo)
        if one is not None and one.state in ("running", "stopping"):
            return
        if one is not None:
            self.active.remove(one)
        self.command.emit(DiscardDownload(job=f"discard-{next(self._numbers)}", repo=repo))
        self.changed.emit()

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """Answers to the last survey, and of every download."""
        if self._survey_job and event.job == self._survey_job:
            self._take_survey(event)
            return
        one = next((one for one in self.active if one.job == event.job), None)
        if one is None:
            return
        match event:
            case DownloadProgress():
                one.progress = event
            case DownloadEnded():
                self.active.remove(one)
                self._forget_survey(one.repo)
                self.finished.emit(event.repo, event.folder)
            case Failed():
                one.state = "failed"
                one.failure = failure_of(event)
                self.list_changed.emit()
            case JobCancelled():
                one.state = "stopped"
                self.list_changed.emit()
            case _:
                return
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """The worker died; the parts are on the disk."""
        for one in self.active:
            one.state = "failed"
            one.failure = failure_of(
                Failed(template="The engine died. What had come is kept: go on from there.", details=words)
            )
        self._survey_job = ""
        self.changed.emit()

    def _take_survey(self, event: Event) -> None:
        if isinstance(event, RepoSurveyed):
            self.survey = event
        elif isinstance(event, Failed):
            self.survey_failure = failure_of(event)
        else:
            return
        self._survey_job = ""
        self.changed.emit()

    def _forget_survey(self, repo: str) -> None:
        """Its sizes are of before the download."""
        if self.survey is not None and self.survey.repo == repo:
            self.survey, self.asked = None, ""
