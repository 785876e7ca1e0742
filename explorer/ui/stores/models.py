"""The models that the person has: the list, the one that is looked at, and unpacked copies."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from explorer.protocol import (
    DeleteModel,
    DescribeModel,
    Event,
    Failed,
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
    UnpackedCopy,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.failures import failure_of
from explorer.ui.stores.run_data import Failure

_LIST_JOB, _OPEN_JOB, _DESCRIBE_JOB = "models", "models-open", "model-details"


class ModelsStore(Store):
    """`command` goes to the worker for models, which starts with the first one.

    Signals: `failed(Failure)` when something asked for did not work; `opened(path)` when what was opened by
    hand stands on the list.
    """

    failed = Signal(object)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.models: Sequence[ModelInfo] = ()
        self.copies: Sequence[UnpackedCopy] = ()
        self.copies_limit_bytes = 0
        self.unfinished: Sequence[UnfinishedDownload] = ()
        self.servers: Sequence[ServerInfo] = ()
        self.listed = False
        """Whether all is known."""
        self.progress = (0, 0)
        """Models read, of how many; equal when nothing is read now."""
        self.selected = ""
        """Key of the model that is looked at."""
        self.details: ModelDescribed | None = None
        """Of the selected one, once they are known."""
        self.details_failure: Failure | None = None
        self._asked = False
        self._opening = ""
        """The path that was opened last, until it is on the list."""

    # ------------------------------------------------------------ what is known

    def find(self, key: str) -> ModelInfo | None:
        """The model of this key."""
        return next((model for model in self.models if model.key == key), None)

    @property
    def current(self) -> ModelInfo | None:
        """The model that is looked at."""
        return self.find(self.selected)

    @property
    def reading(self) -> bool:
        """Whether more models are to come."""
        return self._asked and (not self.listed or self.progress[0] < self.progress[1])

    # ------------------------------------------------------------ intents

    def open(self) -> None:
        """Somebody looks: read the list, if it never was."""
        if not self._asked:
            self.refresh()

    def refresh(self) -> None:
        """Read the list again; what has not changed costs nothing."""
        self._asked = True
        self.command.emit(ListModels(job=_LIST_JOB))

    def select(self, key: str) -> None:
        """Look at a model."""
        if key != self.selected:
            self.selected, self.details, self.details_failure = key, None, None
            self._describe()
            self.changed.emit()

    def add(self, path: str) -> None:
        """Put a folder or file on the list."""
        self._opening = path
        self.command.emit(OpenModel(job=_OPEN_JOB, path=path))

    def forget(self, key: str) -> None:
        """Take an opened model off the list."""
        self.command.emit(ForgetModel(job=_LIST_JOB, key=key))

    def delete(self, key: str) -> None:
        """Delete a downloaded model for good."""
        self.command.emit(DeleteModel(job=_LIST_JOB, key=key))

    def tidy(self, folder: str = "") -> None:
        """Delete one unpacked copy, or all that nobody uses."""
        self.command.emit(TidyCopies(job=_LIST_JOB, folder=folder))

    def limit_copies(self, limit_bytes: int) -> None:
        """How much unpacked copies may take; 0: no limit."""
        if limit_bytes != self.copies_limit_bytes:
            self.command.emit(LimitCopies(job=_LIST_JOB, limit_bytes=limit_bytes))

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """Lists from any job; details and failures of our own."""
        match event:
            case ModelsListed():
                self._take_list(event)
                self.changed.emit()
                if event.job == _OPEN_JOB and event.done == event.total:
                    self.opened.emit(self._opening)
                return
            case ModelDescribed(key=key) if key == self.selected:
                self.details, self.details_failure = event, None
            case Failed(job=job) if job == _DESCRIBE_JOB:
                self.details_failure = failure_of(event)
            case Failed(job=job) if job in (_LIST_JOB, _OPEN_JOB):
                self.failed.emit(failure_of(event))
                self._end_reading()
            case _:
                return
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """The worker died: what is shown stays; the next intent starts it again."""
        self._asked = self.listed
        self._end_reading()
        self.failed.emit(
            failure_of(Failed(template="The engine died. Try again; it starts anew.", details=words))
        )
        self.changed.emit()

    def _take_list(self, event: ModelsListed) -> None:
        complete = event.done == event.total
        if complete or not self.listed:  # a list that is read again is shown when it is whole
            self.models = event.models
        self.copies, self.copies_limit_bytes = event.copies, event.copies_limit_bytes
        self.unfinished, self.servers = event.unfinished, event.servers
        self.progress = (event.done, event.total)
        self.listed = self.listed or complete
        if self.selected and complete:
            self._describe()

    def _end_reading(self) -> None:
        self.progress = (self.progress[1], self.progress[1])

    def _describe(self) -> None:
        model = self.current
        if model is not None and model.origin != "server":
            self.command.emit(DescribeModel(job=_DESCRIBE_JOB, key=model.key))
