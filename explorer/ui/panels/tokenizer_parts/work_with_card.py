"""A text's or a conversation's tokens with the card of one of them at the right, while one is looked at."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.panels.frames import Frames
from explorer.ui.panels.tokenizer_parts.chat_work import ChatWork
from explorer.ui.panels.tokenizer_parts.text_work import TextWork
from explorer.ui.stores.token_details import TokenDetailsStore
from explorer.ui.stores.token_spans import TokenSpans
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_sheet import TokenSheet

_BOTH_PX = 760
"""Where there is less, the card takes the work's place."""


class WorkWithCard(QWidget):
    """Opens the card of the token that is clicked, and follows what is chosen while it is open."""

    def __init__(
        self, theme: Theme, details: TokenDetailsStore, spans: TokenSpans, work: TextWork | ChatWork
    ) -> None:
        """`details` and `spans` are of the tokens that `work` shows."""
        super().__init__()
        self._theme, self._details, self._spans, self._work = theme, details, spans, work
        self.sheet = TokenSheet(theme)
        self._frames = Frames(self, self._render)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(work, 1)
        self._row.addWidget(self.sheet)
        self._connect()
        self._render()

    def _connect(self) -> None:
        self._details.changed.connect(self._frames.ask)
        self.sheet.close_requested.connect(self.close_card)
        self.sheet.token_requested.connect(self._details.show)
        self.sheet.step_requested.connect(self._step)
        self._work.flow.token_opened.connect(self.open_token)
        self._work.flow.token_chosen.connect(self._follow)
        self._work.current_changed.connect(self._current_changed)
        self._theme.changed.connect(self._render)

    @property
    def settled(self) -> bool:
        """Whether the card shows what it is asked for."""
        return not self._details.waiting and not self._frames.pending

    @property
    def is_open(self) -> bool:
        """Whether a card is shown."""
        return self._details.is_open

    def open_token(self, index: int) -> None:
        """The card of the token at this place of the text."""
        if 0 <= index < len(self._spans):
            self._details.show(int(self._spans.ids[index]))

    def open_current(self) -> None:
        """The card of the token before the caret, or of the one that was chosen."""
        self.open_token(self._work.current_token)

    def close_card(self) -> None:
        """No card; the keys go to the text again."""
        had_focus = self.sheet.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._details.close()
        if had_focus:
            self._work.take_keys()

    def _follow(self, index: int) -> None:
        if self._details.is_open:
            self.open_token(index)

    def _current_changed(self) -> None:
        if self._details.is_open:
            self._frames.ask()

    def _step(self, by: int) -> None:
        """To the token's next place in the text, or the one before; round at the ends."""
        places = self._details.places()
        if len(places):
            here = self._work.current_token
            side = "right" if by > 0 else "left"
            at = int(places.searchsorted(here, side=side)) - (by < 0)
            self._work.choose_token(int(places[at % len(places)]))

    def _render(self) -> None:
        details, told = self._details, self._details.told
        shown = details.is_open and (told is not None or details.failure is not None)
        self._row.setSpacing(self._theme.px(12))
        self.sheet.setVisible(shown)
        self._arrange()
        self._work.mark_same(details.token)
        if not shown:
            return
        if told is not None:
            self.sheet.show_token(told)
        elif details.failure is not None:
            failure = details.failure
            self.sheet.show_failure(words.engine_sentence(failure.template, failure.values))
        places = details.places()
        here = self._work.current_token
        at = int(places.searchsorted(here))
        number = at + 1 if at < len(places) and int(places[at]) == here else 0
        self.sheet.show_places(len(places), number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside the work, or in its place."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < self._theme.px(_BOTH_PX)
        shown = not self.sheet.isHidden()
        self._work.setVisible(not (narrow and shown))
        self.sheet.set_wide(narrow)
