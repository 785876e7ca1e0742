"""The page beside the text that shows its tokens as chips."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QToolButton, QVBoxLayout

from explorer.ui.settings import Settings
from explorer.ui.stores.token_spans import TokenSpans
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.tall_enough import TallEnough
from explorer.ui.widgets.token_card import TokenCard
from explorer.ui.widgets.token_flow import FLOW_MODES, FlowMode, TokenFlow


class ChipsPage(TallEnough):
    """How chips are shown, the chips, and the card of one of them.

    Signals: `signs_toggled(shown)`, signs for spaces and line ends in the text; `copy_requested`.
    """

    signs_toggled = Signal(bool)
    copy_requested = Signal()

    def __init__(self, theme: Theme, settings: Settings, spans: TokenSpans) -> None:
        super().__init__()
        self._settings = settings
        self.flow = TokenFlow(theme, spans)
        self.card = TokenCard(theme)
        names: dict[FlowMode, str] = {
            "both": self.tr("Text and ids"),
            "ids": self.tr("Ids"),
            "text": self.tr("Text"),
        }
        bar = FlowLayout()
        bar.setSpacing(theme.px(4))
        self.modes = QButtonGroup(self)
        remembered = settings.text("tokenizer/flow", "both")
        for number, mode in enumerate(FLOW_MODES):
            button = QToolButton()
            button.setText(names[mode])
            button.setCheckable(True)
            button.setChecked(mode == remembered)
            self.modes.addButton(button, number)
            bar.addWidget(button)
            if mode == remembered:
                self.flow.set_mode(mode)
        self.signs = QToolButton()
        self.signs.setText("· ⏎")
        self.signs.setCheckable(True)
        self.signs.setChecked(settings.flag("tokenizer/signs", True))
        self.signs.setAccessibleName(self.tr("Show spaces and line ends in the text"))
        self.signs.setToolTip(self.signs.accessibleName())
        self.copy = QPushButton(self.tr("Copy ids"))
        self.copy.setToolTip(self.tr("Of the selection, or else of the whole text, as a JSON list"))
        bar.addWidget(self.signs)
        bar.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(bar)
        column.addWidget(self.flow, 1)
        column.addWidget(self.card)
        self.modes.idClicked.connect(self._choose_mode)
        self.signs.toggled.connect(self._toggle_signs)
        self.copy.clicked.connect(lambda: self.copy_requested.emit())

    def _choose_mode(self, number: int) -> None:
        self.flow.set_mode(FLOW_MODES[number])
        self._settings.set("tokenizer/flow", FLOW_MODES[number])

    def _toggle_signs(self, shown: bool) -> None:
        self._settings.set("tokenizer/signs", shown)
        self.signs_toggled.emit(shown)
