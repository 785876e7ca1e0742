"""Which models can be chosen: shipped ones, packages, files, and every kept step of a run."""

from dataclasses import dataclass

from explorer.protocol import (
    Event,
    ListModels,
    ListRuns,
    ModelInfo,
    ModelsListed,
    OpenModel,
    RunInfo,
    RunsListed,
)
from explorer.ui.stores.base import Store

_JOB = "known-models"


@dataclass(frozen=True)
class KnownModel:
    """One that can be loaded."""

    path: str
    """What `LoadModel` takes."""
    name: str
    step: int | None = None
    chat: bool | None = None
    """Whether it brings a chat format; None if nobody has looked."""
    shipped: bool = False
    free: bool = True
    """Whether it may be chosen for somebody who has not read its terms."""
    older: bool = False
    """Whether its run has a later step."""


class KnownModels(Store):
    """Shared by the panels that let a model be chosen. `command` goes to the worker that lists models."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: list[RunInfo] | None = None
        self._models: list[ModelInfo] | None = None
        self._whole = False

    # ------------------------------------------------------------ what is known

    @property
    def known(self) -> bool:
        """Whether everybody who was asked has answered."""
        return self._runs is not None and self._whole

    @property
    def all(self) -> list[KnownModel]:
        """Shipped ones first, then runs with their kept steps, newest first, then the rest."""
        listed = [model for model in self._models or [] if model.problem is None]
        shipped = [_listed(model) for model in listed if model.origin == "shipped"]
        others = [_listed(model) for model in listed if model.origin not in ("shipped", "run", "server")]
        return [*shipped, *(one for run in self._runs or [] for one in _steps(run)), *others]

    def find(self, path: str) -> KnownModel | None:
        """The one at `path`."""
        return next((one for one in self.all if one.path == path), None)

    def first(self, *names: str, chat: bool) -> KnownModel | None:
        """The first of the shipped `names` that is here; else one that can (or cannot) be spoken with."""
        usable = [one for one in self.all if one.free and not one.older]
        shipped = {_folder_name(one.path): one for one in usable if one.shipped}
        by_name = next((shipped[name] for name in names if name in shipped), None)
        return by_name or next((one for one in usable if bool(one.chat) == chat), None)

    # ------------------------------------------------------------ intents

    def refresh(self) -> None:
        """Look again: runs learn on, models come and go."""
        self.text_command.emit(ListRuns(job=_JOB))
        self.command.emit(ListModels(job=_JOB))

    def remember(self, path: str) -> None:
        """Keep a folder or file that was opened by hand on the list."""
        self.command.emit(OpenModel(job=_JOB, path=path))

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """Both lists, whoever asked."""
        if isinstance(event, RunsListed):
            self._runs = [run for run in event.runs if run.checkpoint]
        elif isinstance(event, ModelsListed):
            whole = event.done == event.total
            if whole or not self._whole:
                self._models = event.models
            self._whole = self._whole or whole
        else:
            return
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """Whoever lists models died: what is known has to do."""
        self._whole = True
        self.changed.emit()


def _listed(model: ModelInfo) -> KnownModel:
    return KnownModel(
        model.path,
        model.name,
        None if model.origin == "shipped" else model.step,  # there is one of it only
        model.chat,
        shipped=model.origin == "shipped",
        free=model.free,
    )


def _steps(run: RunInfo) -> list[KnownModel]:
    """Newest first; of a run that learned to speak, every step can be spoken with."""
    chat = run.stage != "pretrain"
    kept = run.kept or [(run.step, run.checkpoint)]
    return [
        KnownModel(path, run.name, step, chat, older=path != run.checkpoint) for step, path in reversed(kept)
    ]


def _folder_name(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
