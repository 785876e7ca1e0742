"""How many tokens, characters and bytes a text has, and what its tokens cost."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.prices import chosen_price, cost, money
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import Counts
from explorer.ui.theme import Theme
from explorer.ui.widgets.price_editor import PriceEditor
from explorer.ui.widgets.quiet_text import QuietText
from explorer.ui.widgets.thin_bar import ThinBar

MODES = ("text", "chat")
_ONE_ROW_PX = 700


class CountStrip(QWidget):
    """Counts in large type, a thin bar for what takes a while, and the table of prices behind a button.

    At its left the choice between a text and a conversation. Signals: `mode_chosen(mode)`.
    """

    mode_chosen = Signal(str)

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self.counts = QuietText(theme, "large")
        self.bar = ThinBar(theme)
        self._price = chosen_price(settings)
        self._said: tuple[Counts, Counts | None, str] = (Counts(), None, "")
        self._note = QuietText(theme, "body", "muted", most=6)
        self._note.hide()
        self.prices = PriceEditor(theme, settings)
        self.prices.hide()
        self._open = QToolButton()
        self._open.setText("$")
        self._open.setCheckable(True)
        self._open.setAccessibleName(self.tr("Prices"))
        self._explain()
        self.modes = QButtonGroup(self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        modes, row = QHBoxLayout(), QHBoxLayout()
        for number, label in enumerate((self.tr("Text"), self.tr("Chat"))):
            button = QToolButton()
            button.setText(label)
            button.setCheckable(True)
            self.modes.addButton(button, number)
            modes.addWidget(button)
        modes.addStretch(1)
        row.addWidget(self.counts, 1)
        row.addWidget(self._open)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(modes)
        self._row.addLayout(row, 1)
        self._column.addLayout(self._row)
        self._column.addWidget(self.bar)
        self._column.addWidget(self._note)
        self._column.addWidget(self.prices)
        self._open.toggled.connect(self.prices.setVisible)
        self.prices.prices_changed.connect(self._price_changed)
        self.modes.idClicked.connect(lambda number: self.mode_chosen.emit(MODES[number]))
        theme.changed.connect(self._space)
        self._space()

    def show_mode(self, mode: str) -> None:
        """Which of `MODES` is on."""
        self.modes.button(MODES.index(mode)).setChecked(True)

    def reload_prices(self) -> None:
        """Another panel may have changed them."""
        self.prices.reload()
        self._price_changed()

    def show_counts(self, whole: Counts, part: Counts | None = None) -> None:
        """Of the whole text, or of a part beside them."""
        self._said = whole, part, ""
        price = self._price.input_per_million
        said = counted(whole, part)
        tokens = (whole if part is None else part).tokens
        if tokens and price:
            said = f"{said}\u00a0\u00a0·  {money(cost(tokens, price))}"
        self.counts.set_text(said)

    def show_words(self, said: str) -> None:
        """In the place of the counts."""
        self._said = self._said[0], self._said[1], said
        self.counts.set_text(said)

    def show_note(self, said: str) -> None:
        """What is to be known of these counts; empty: nothing."""
        self._note.set_text(said)
        self._note.setVisible(bool(said))

    @property
    def note(self) -> str:
        """What is said under the counts."""
        return self._note.text()

    def _price_changed(self) -> None:
        self._price = chosen_price(self._settings)
        self._explain()
        whole, part, said = self._said
        if not said:
            self.show_counts(whole, part)

    def _explain(self) -> None:
        price = self._price
        self.counts.setToolTip(
            self.tr(
                "Tokens: pieces of this encoding. Characters: Unicode code points; an emoji can be several. "
                "Bytes: of the text in UTF-8. Cost: as input, with the price “{name}”."
            ).format(name=price.name)
        )
        self._open.setToolTip(
            self.tr("“{name}”: {input} per million tokens read, {output} per million written").format(
                name=price.name,
                input=money(price.input_per_million),
                output=money(price.output_per_million),
            )
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The choice beside the counts, or above them where there is no room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= self._theme.px(_ONE_ROW_PX)
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _space(self) -> None:
        self._arrange()
        self._column.setSpacing(self._theme.px(4))
        self._row.setSpacing(self._theme.px(6))


def counted(whole: Counts, part: Counts | None) -> str:
    """15 tokens · 61 characters · 62 bytes · 4.07 characters per token; or 3 of 15 tokens · ..."""
    templates = (
        QCoreApplication.translate("TokenizerPanel", "{count} tokens"),
        QCoreApplication.translate("TokenizerPanel", "{count} characters"),
        QCoreApplication.translate("TokenizerPanel", "{count} bytes"),
    )
    numbers = [words.count(number) for number in (whole.tokens, whole.characters, whole.size_bytes)]
    if part is not None:
        parts = [words.count(number) for number in (part.tokens, part.characters, part.size_bytes)]
        numbers = [
            QCoreApplication.translate("TokenizerPanel", "{part} of {whole}").format(part=one, whole=all_)
            for one, all_ in zip(parts, numbers, strict=True)
        ]
    said = [template.format(count=number) for template, number in zip(templates, numbers, strict=True)]
    measured = whole if part is None else part
    if measured.tokens:
        share = f"{measured.characters / measured.tokens:.2f}"
        said.append(
            QCoreApplication.translate("TokenizerPanel", "{share} characters per token").format(share=share)
        )
    # A line ends between two numbers, not inside of one.
    return "\u00a0\u00a0·  ".join(one.replace(" ", "\u00a0") for one in said)
