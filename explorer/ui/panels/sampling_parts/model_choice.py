"""Which model answers: the selector of the header, and the line that says what was loaded."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from explorer.protocol import ModelInfo, ModelOrigin
from explorer.ui import words
from explorer.ui.model_words import group_name
from explorer.ui.panels.sampling_parts.sentences import run_label, weights_line
from explorer.ui.stores.sampling import SamplingStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.elided_label import ElidedLabel

_OTHERS: tuple[ModelOrigin, ...] = ("shipped", "package", "opened", "hub")
"""Groups after the runs: what the sampling panel can draw from. Servers tell no distribution."""
_HEADING = ""


def choosable(models: Sequence[ModelInfo]) -> list[ModelInfo]:
    """Those that can be drawn from and are no runs, a group after the other."""
    return [one for origin in _OTHERS for one in models if one.origin == origin and one.problem is None]


class ModelChoice(QWidget):
    """The line; `selector` is to be placed in the header. Signals: `chosen(path)` of a checkpoint."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.selector = QComboBox()
        self.selector.setAccessibleName(self.tr("Model"))
        self.selector.setToolTip(self.tr("Which model answers"))
        self.selector.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.selector.setMinimumContentsLength(20)
        self.weights = ElidedLabel()
        self.weights.setProperty("role", "caption")
        self.newer = QPushButton()
        self.newer.setProperty("kind", "link")
        self.newer.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._newer_path = ""
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.weights, 1)
        line.addWidget(self.newer)
        self.selector.activated.connect(lambda index: self.chosen.emit(self.selector.itemData(index)))
        theme.changed.connect(self._space)
        self._space()
        self.newer.clicked.connect(lambda: self.chosen.emit(self._newer_path))

    def show_store(self, store: SamplingStore, models: Sequence[ModelInfo] = ()) -> None:
        """Runs and other models to choose from, which one it is, what the engine has loaded."""
        self._show_entries(store, models)
        self._show_newer(store)
        if store.loading:
            self.weights.setText(self.tr("Loading the model …"))
        elif store.model is not None:
            self.weights.setText(weights_line(store.model, store.run_of(store.model.path)))
        else:
            self.weights.setText(self.tr("No model is loaded."))

    def _show_entries(self, store: SamplingStore, models: Sequence[ModelInfo]) -> None:
        self.selector.setVisible(bool(store.path))
        entries = [(run_label(run), run.checkpoint) for run in store.runs]
        for origin in _OTHERS:
            group = [one for one in choosable(models) if one.origin == origin]
            if group:
                entries.append((group_name(origin), _HEADING))
                entries += [(one.name, one.path) for one in group]
        if store.path and store.path not in (path for _, path in entries):
            entries.insert(0, (_label_of_other(store), store.path))
        places = range(self.selector.count())
        shown = [(self.selector.itemText(place), self.selector.itemData(place)) for place in places]
        if entries != shown:
            with QSignalBlocker(self.selector):
                self.selector.clear()
                for label, path in entries:
                    self.selector.addItem(label, path)
                    if path == _HEADING:
                        self._make_heading(self.selector.count() - 1)
        self.selector.setCurrentIndex(self.selector.findData(store.path))

    def _make_heading(self, place: int) -> None:
        """It names a group and cannot be chosen."""
        model = self.selector.model()
        assert isinstance(model, QStandardItemModel)
        model.item(place).setEnabled(False)

    def _space(self) -> None:
        """The selector may get narrower than a run's name: at 250 % the header has little room."""
        self.selector.setMinimumWidth(self._theme.px(90))

    def _show_newer(self, store: SamplingStore) -> None:
        run = store.newer
        self.newer.setVisible(run is not None)
        if run is not None:
            self._newer_path = run.checkpoint
            label = self.tr("It has learned on: load step {step}").format(step=words.count(run.step))
            self.newer.setText(label)


def _label_of_other(store: SamplingStore) -> str:
    """Of a checkpoint that is not a run's newest."""
    run = store.run_of(store.path)
    folder = store.path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return f"{run.name} · {folder}" if run else folder
