"""A panel that asks, its real stores, and an engine of scripted answers."""

from collections import deque

from explorer.errors import ExplorerError
from explorer.protocol import (
    DraftLoaded,
    DrawProblem,
    Failed,
    JudgeText,
    ListModels,
    ListRuns,
    LoadDraft,
    ModelInfo,
    ModelsListed,
    OpenModel,
    RunInfo,
    RunsListed,
    SaveDraft,
)
from explorer.services.problems import ProblemService
from explorer.ui.stores.known_models import KnownModels
from tests.ui.talking_engine import TalkingEngine


def model_info(name: str, chat: bool, origin: str = "shipped", free: bool = True) -> ModelInfo:
    return ModelInfo(
        key=name, path=f"/models/{name}", origin=origin, name=name, place="", chat=chat, free=free
    )  # type: ignore[arg-type]


SHIPPED = (
    model_info("explorer-base", False),
    model_info("explorer-chat", True),
    model_info("explorer-think", True),
)


class Rig:
    """Commands of the stores go through queues, as through pipes; drafts are kept in memory."""

    def __init__(self, qtbot, answers, models=SHIPPED, runs: tuple[RunInfo, ...] = (), draft: str = ""):
        self.qtbot, self.models, self.runs, self.draft = qtbot, list(models), list(runs), draft
        self.engine = TalkingEngine(answers)
        self.pipe: deque = deque()
        self.texts: deque = deque()
        self.opened: list[str] = []
        self.known = KnownModels()
        self.stores: list = [self.known]
        self.now = 0.0
        self.known.command.connect(self.texts.append)
        self.known.text_command.connect(self.texts.append)

    def add(self, store, panel) -> None:
        self.store, self.panel = store, panel
        self.stores.append(store)
        self.qtbot.addWidget(panel)
        panel.resize(1300, 800)
        panel.show()

    def wire(self, store) -> None:
        store.command.connect(self.pipe.append)
        store.text_command.connect(self.texts.append)

    def clock(self) -> float:
        self.now += 0.1
        return self.now

    def work(self, times: int = 1) -> None:
        for _ in range(times):
            if self.texts:
                self._answer(self.texts.popleft())
            if self.pipe:
                self.engine.take(self.pipe.popleft())
            self.engine.advance()
            if self.engine.events:
                self.tell(self.engine.events.popleft())

    def tell(self, event) -> None:
        for store in self.stores:
            store.apply(event)

    def _answer(self, command) -> None:
        match command:
            case SaveDraft():
                self.draft = command.text
            case LoadDraft():
                self.tell(DraftLoaded(job=command.job, name=command.name, text=self.draft))
            case ListRuns():
                self.tell(RunsListed(job=command.job, runs=self.runs, binned=[]))
            case ListModels():
                self.tell(
                    ModelsListed(
                        job=command.job, models=self.models, copies=[], copies_limit_bytes=0, unfinished=[],
                        servers=[], done=1, total=1,
                    )
                )  # fmt: skip
            case OpenModel():
                self.opened.append(command.path)
            case DrawProblem() | JudgeText():
                try:
                    for event in ProblemService().run(command):
                        self.tell(event)
                except ExplorerError as error:
                    self.tell(Failed(job=command.job, template=error.template, values=error.values))
            case _:
                raise AssertionError(command)

    def settle(self) -> None:
        def still() -> bool:
            self.work(20)
            return not (self.pipe or self.texts or self.engine.busy) and self.panel.is_idle()

        self.qtbot.waitUntil(still, timeout=10_000)

    def until(self, condition) -> None:
        def done() -> bool:
            if not condition():
                self.work()
            return bool(condition())

        self.qtbot.waitUntil(done, timeout=10_000)
