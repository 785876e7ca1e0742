"""Beside the curves: what the model says, and for stages of practice, what it tries."""

from PySide6.QtWidgets import QStackedLayout, QTabBar, QVBoxLayout, QWidget

from explorer.protocol import GroupDrawn
from explorer.ui.panels.training_parts.run_views import RunView
from explorer.ui.stores.rollouts import RolloutsStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.group_view import GroupView, Update
from explorer.ui.widgets.sample_view import SampleView

_GROUP, _SAYINGS = 0, 1


class SidePane(QWidget):
    """Two leaves; where nothing is practised, only the sayings."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab(self.tr("What it tries"))
        self.tabs.addTab(self.tr("What it says"))
        self.tabs.setAccessibleName(self.tr("Tries or sayings"))
        self.group = GroupView(theme)
        self.sayings = SampleView(theme)
        leaves = QWidget()
        self._stack = QStackedLayout(leaves)
        self._stack.addWidget(self.group)
        self._stack.addWidget(self.sayings)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.tabs)
        self._column.addWidget(leaves, 1)
        self._practises = False
        self.tabs.currentChanged.connect(self._turn)
        theme.changed.connect(self._space)
        self._turn()
        self._space()

    def show_practice(self, on: bool) -> None:
        """Whether there are tries to be seen."""
        if on != self._practises:
            self._practises = on
            self._turn()

    def show_tries(self, view: RunView, back_step: float | None, rollouts: RolloutsStore) -> None:
        """Of the newest update as its worker tells it; of an earlier one, or a run on disk, as kept."""
        live = view.live
        if live is not None and live.active and back_step is None:
            drawn = _of_live(live.group, view.stage) if live.group is not None else None
            self.group.show_update(drawn, self.tr("Here stand the answers of the first update, soon."))
            return
        if view.info is None:
            self.group.show_update(None, self.tr("This run has tried nothing yet."))
            return
        rollouts.look(view.key, view.step if back_step is None else int(back_step))
        if rollouts.path != view.key:
            self.group.show_update(None, self.tr("Reading what it tried …"))
        elif rollouts.step is None:
            self.group.show_update(None, self.tr("This run has tried nothing yet."))
        else:
            groups = rollouts.groups
            flat = sum(group.flat for group in groups)
            update = Update(rollouts.step, groups, 0, len(groups), flat, _compares(view.stage))
            self.group.show_update(update, "")

    def _turn(self) -> None:
        self.tabs.setVisible(self._practises)
        self._stack.setCurrentIndex(self.tabs.currentIndex() if self._practises else _SAYINGS)

    def _space(self) -> None:
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(self._theme.px(6))


def _of_live(drawn: GroupDrawn, stage: str) -> Update:
    return Update(drawn.step, [drawn.group], drawn.number, drawn.groups, drawn.flat_groups, _compares(stage))


def _compares(stage: str) -> bool:
    return stage != "rejection"
