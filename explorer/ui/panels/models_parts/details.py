"""The model that is looked at: what it is, what it will take, what can be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.protocol import ModelInfo
from explorer.ui import words
from explorer.ui.model_words import group_name
from explorer.ui.panels.models_parts.sentences import fact_lines, memory_lines, problem_words
from explorer.ui.panels.models_parts.try_it import TryIt
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.servers import ServersStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.fact_table import FactTable
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.fold import Fold


class Details(QWidget):
    """The selected model of the store.

    Signals, all about that model: `use_requested`, `reveal_requested`, `copy_requested`, `forget_requested`,
    `delete_requested`.
    """

    use_requested = Signal()
    reveal_requested = Signal()
    copy_requested = Signal()
    forget_requested = Signal()
    delete_requested = Signal()

    def __init__(self, theme: Theme, models: ModelsStore, servers: ServersStore) -> None:
        super().__init__()
        self._theme, self._models = theme, models
        self._is_elsewhere = False
        self._build(servers)
        theme.changed.connect(self._space)
        self._space()

    def _build(self, servers: ServersStore) -> None:
        self.empty = self._label("muted")
        self.empty.setText(self.tr("Choose a model in the list to see what it is."))
        self.name = self._label("large")
        self.place = self._label("caption")
        self.problem = self._label("")
        self.terms = self._label("")
        self.use = self._button(self.tr("Use in Sampling"), self.use_requested, "primary")
        self.reveal = self._button(self.tr("Show its folder"), self.reveal_requested)
        self.copy = self._button(self.tr("Copy its path"), self.copy_requested)
        self.forget = self._button(self.tr("Take off the list"), self.forget_requested)
        self.forget.setToolTip(self.tr("Its files stay where they are"))
        self.delete = self._button(self.tr("Delete the download…"), self.delete_requested)
        self._buttons = FlowLayout()
        for button in (self.use, self.reveal, self.copy, self.forget, self.delete):
            self._buttons.addWidget(button)
        self.facts = FactTable(self._theme)
        self.memory_title = self._label("muted")
        self.memory_title.setText(self.tr("Memory, computed from its sizes"))
        self.memory = FactTable(self._theme)
        self.template = Fold(self._theme, self.tr("Chat template"), "mono")
        self.card = Fold(self._theme, self.tr("What its makers say"), "body")
        self.try_it = TryIt(self._theme, servers)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.empty, self.name, self.place, self.problem, self.terms):
            self._column.addWidget(widget)
        self._column.addLayout(self._buttons)
        for widget in (self.try_it, self.facts, self.memory_title, self.memory, self.template, self.card):
            self._column.addWidget(widget)
        self._column.addStretch(1)

    def _label(self, role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _button(self, text: str, signal: object, kind: str = "") -> QPushButton:
        button = QPushButton(text)
        if kind:
            button.setProperty("kind", kind)
        button.clicked.connect(signal)  # type: ignore[arg-type]  # a bound signal
        return button

    def show_store(self, machine: str, elsewhere: bool) -> None:
        """The selected model. `machine`: the other computer that paths belong to, if `elsewhere`."""
        self._is_elsewhere = elsewhere
        model = self._models.current
        self.empty.setVisible(model is None)
        for widget in (self.name, self.place, self.facts):
            widget.setVisible(model is not None)
        if model is None:
            self._show_nothing()
            return
        details = self._models.details
        self.name.setText(model.name)
        place = f"{group_name(model.origin)}: {model.place}"
        self.place.setText(
            self.tr("{place} (on {machine})").format(place=place, machine=machine) if elsewhere else place
        )
        self._show_words(model)
        self._show_buttons(model)
        self.facts.show_lines(fact_lines(model, details))
        memory = memory_lines(details)
        self.memory.show_lines(memory)
        self.memory.setVisible(bool(memory))
        self.memory_title.setVisible(bool(memory))
        self.template.show_text("" if details is None else details.template)
        self.card.show_text("" if details is None else details.card)
        self.try_it.show_model(model.path if model.origin == "server" else "")

    def _show_nothing(self) -> None:
        hidden = (
            self.problem, self.terms, self.use, self.reveal, self.copy, self.forget, self.delete,
            self.memory, self.memory_title,
        )  # fmt: skip
        for widget in hidden:
            widget.hide()
        self.template.show_text("")
        self.card.show_text("")
        self.try_it.show_model("")

    def _show_words(self, model: ModelInfo) -> None:
        problem = problem_words(model)
        if self._models.details_failure is not None and not problem:
            failure = self._models.details_failure
            problem = words.engine_sentence(failure.template, failure.values)
        self.problem.setText(f"✕ {problem}")
        self.problem.setVisible(bool(problem))
        self.problem.setStyleSheet(f"color: {self._theme.colours.error};")
        self.terms.setVisible(bool(model.terms))
        if model.free:
            self.terms.setText(self.tr("Terms: {terms}").format(terms=model.terms))
        else:
            self.terms.setText(self.tr("Read its terms before you use it: {terms}").format(terms=model.terms))

    def _show_buttons(self, model: ModelInfo) -> None:
        self.use.setVisible(model.origin != "server")
        self.use.setEnabled(model.problem is None)
        self.reveal.setVisible(model.origin != "server" and not self._is_elsewhere)
        self.copy.setVisible(True)
        self.copy.setText(self.tr("Copy its name") if model.origin == "server" else self.tr("Copy its path"))
        self.forget.setVisible(model.origin == "opened")
        self.delete.setVisible(model.origin == "hub")

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(8))
        self._buttons.setSpacing(self._theme.px(6))
