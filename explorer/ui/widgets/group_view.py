"""All answers to one question: what each was worth, and what the update makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
)

from explorer.protocol import Rollout, RolloutGroup
from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.tall_enough import TallEnough

_MARK, _REWARD, _RULE, _ADVANTAGE, _TOKENS, _ANSWER = range(6)
_WIDTHS = (28, 56, 48, 76, 54)
_BY_THE_RULE = "true_score"
"""The part of a reward that says what the labeller's own rule gives, where a reward model judges."""


@dataclass(frozen=True)
class Update:
    """What is known of an update's groups."""

    step: int
    groups: Sequence[RolloutGroup]
    """Those that can be looked at."""
    first: int
    """Which of the update's groups the first of them is, from 0."""
    total: int
    flat: int
    """Of all: those whose answers were all worth the same."""
    compares: bool = True
    """Whether answers are learned from by their advantage over the group; else the right ones are."""

    def teaches(self, group: RolloutGroup) -> bool:
        """Whether something can be learned from a group."""
        return not group.flat if self.compares else any(one.right for one in group.rollouts)


class GroupView(TallEnough):
    """One group, and the way to the update's others; a click on an answer shows the whole of it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._update: Update | None = None
        self._place = 0
        self._shown: RolloutGroup | None = None
        self._build()
        self._back.clicked.connect(lambda: self._walk(-1))
        self._on.clicked.connect(lambda: self._walk(1))
        self._table.currentCellChanged.connect(self._show_answer)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def _build(self) -> None:
        self._where = QLabel()
        self._where.setProperty("role", "muted")
        self._where.setWordWrap(True)
        self._back = self._button("‹", self.tr("The update's group before"))
        self._on = self._button("›", self.tr("The update's next group"))
        self._question = QLabel()
        self._question.setWordWrap(True)
        self._question.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._note = QLabel()
        self._note.setProperty("role", "caption")
        self._note.setWordWrap(True)
        self._table = self._make_table()
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName(self.tr("The whole answer"))
        self._halves = QSplitter(Qt.Orientation.Vertical)
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(self._table)
        self._halves.addWidget(self._text)
        self._top = QHBoxLayout()
        self._top.addWidget(self._where, 1)
        self._top.addWidget(self._back)
        self._top.addWidget(self._on)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._top)
        self._column.addWidget(self._question)
        self._column.addWidget(self._note)
        self._column.addWidget(self._halves, 1)

    def _button(self, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(_WIDTHS) + 1)
        names = (
            "",
            self.tr("Reward"),
            self.tr("Rule"),
            self.tr("Advantage"),
            self.tr("Tokens"),
            self.tr("Answer"),
        )
        table.setHorizontalHeaderLabels(list(names))
        rule = table.horizontalHeaderItem(_RULE)
        assert rule is not None
        rule.setToolTip(self.tr("What the labeller's own rule gives the answer, 0 to 1"))
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(_ANSWER, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setHighlightSections(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setWordWrap(False)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setAccessibleName(self.tr("Answers of the group"))
        return table

    # ------------------------------------------------------------ what is shown

    def show_update(self, update: Update | None, waiting: str) -> None:
        """Its groups, first one from which something is learned; None: `waiting` is said instead."""
        before = self._update
        self._update = update
        if update is None or not update.groups:
            self._update = self._shown = None
            self._where.setText(waiting)
            for widget in (self._question, self._note, self._back, self._on, self._halves):
                widget.hide()
            return
        if before is None or (before.step, before.first) != (update.step, update.first):
            teaching = (at for at, group in enumerate(update.groups) if update.teaches(group))
            self._place = next(teaching, 0)
        self._render()

    def where(self) -> str:
        """Which update and group it is."""
        return self._where.text()

    def answer(self) -> str:
        """The whole text of the chosen answer."""
        return self._text.toPlainText()

    def _walk(self, direction: int) -> None:
        if self._update is not None:
            self._place = min(max(self._place + direction, 0), len(self._update.groups) - 1)
            self._render()

    def _render(self) -> None:
        update = self._update
        assert update is not None
        self._place = min(self._place, len(update.groups) - 1)
        self._where.setText(self._where_words(update))
        for widget in (self._question, self._note, self._halves):
            widget.show()
        for button, on in ((self._back, self._place > 0), (self._on, self._place < len(update.groups) - 1)):
            button.setVisible(len(update.groups) > 1)
            button.setEnabled(on)
        group = update.groups[self._place]
        if group is not self._shown:
            self._shown = group
            self._table.setColumnHidden(_ADVANTAGE, not update.compares)
            self._table.setColumnHidden(_MARK, all(one.right is None for one in group.rollouts))
            self._table.setColumnHidden(_RULE, all(_BY_THE_RULE not in one.parts for one in group.rollouts))
            self._show_group(group, update)

    def _where_words(self, update: Update) -> str:
        said = self.tr("Update {step}  ·  problem {number} of {total}")
        if all(one.right is None for one in update.groups[self._place].rollouts):
            said = self.tr("Update {step}  ·  question {number} of {total}")
        said = said.format(
            step=words.count(update.step), number=update.first + self._place + 1, total=update.total
        )
        if not update.compares:
            return said
        if update.flat == update.total:
            nothing = self.tr("all rewards were equal in every group: no update")
            return f"{said}  ·  {nothing}"
        if update.flat:
            some = self.tr("{count} taught nothing").format(count=update.flat)
            return f"{said}  ·  {some}"
        return said

    def _show_group(self, group: RolloutGroup, update: Update) -> None:
        self._question.setText(group.question)
        parts = [self.tr("Right answer: {answer}").format(answer=group.expected)] if group.expected else []
        if not update.compares and not update.teaches(group):
            parts.append(self.tr("None is right: nothing is learned from this group."))
        elif update.compares and group.flat:
            parts.append(self.tr("All rewards are equal: this group teaches nothing."))
        self._note.setText("  ·  ".join(parts))
        self._table.blockSignals(True)
        self._table.setRowCount(len(group.rollouts))
        for row, rollout in enumerate(group.rollouts):
            self._fill(row, rollout)
        best = max(range(len(group.rollouts)), key=lambda row: _worth(group.rollouts[row]), default=-1)
        self._table.setCurrentCell(best, _ANSWER)
        self._table.blockSignals(False)
        self._show_answer(best)

    def _fill(self, row: int, rollout: Rollout) -> None:
        mark = "–" if rollout.right is None else "✓" if rollout.right else "✗"
        texts = (
            mark,
            f"{rollout.reward:.2f}",
            f"{rollout.parts[_BY_THE_RULE]:.2f}" if _BY_THE_RULE in rollout.parts else "",
            _signed(rollout.advantage),
            words.count(rollout.tokens) + ("" if rollout.ended else "…"),
            " ".join(rollout.text.split()),
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column in (_REWARD, _RULE, _ADVANTAGE, _TOKENS):
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column == _MARK:
                item.setData(Qt.ItemDataRole.AccessibleTextRole, self._mark_words(rollout))
                item.setToolTip(self._mark_words(rollout))
            if column == _TOKENS and not rollout.ended:
                item.setToolTip(self.tr("Cut off by the limit"))
            self._table.setItem(row, column, item)
        self._colour(row, rollout)

    def _mark_words(self, rollout: Rollout) -> str:
        if rollout.right is None:
            return self.tr("neither right nor wrong")
        said = self.tr("right") if rollout.right else self.tr("wrong")
        return f"{said}: {rollout.note}" if rollout.note else said

    def _colour(self, row: int, rollout: Rollout) -> None:
        mark = self._table.item(row, _MARK)
        if mark is not None and rollout.right is not None:
            mark.setForeground(self._theme.colour("accent" if rollout.right else "error"))

    def _show_answer(self, row: int, *_: int) -> None:
        group = self._shown
        if group is not None and 0 <= row < len(group.rollouts):
            self._text.setPlainText(group.rollouts[row].text)

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(6))
        for column, width in enumerate(_WIDTHS):
            self._table.setColumnWidth(column, px(width))
        self._table.verticalHeader().setDefaultSectionSize(px(24))
        self._table.verticalHeader().setMinimumSectionSize(px(18))
        self._table.setMinimumHeight(px(100))
        self._text.setMinimumHeight(px(60))
        self._halves.setHandleWidth(px(8))
        self.setMinimumWidth(px(220))
        group = self._shown
        for row, rollout in enumerate(group.rollouts if group is not None else ()):
            self._colour(row, rollout)


def _worth(rollout: Rollout) -> tuple[float, float]:
    return rollout.advantage, rollout.reward


def _signed(advantage: float) -> str:
    if abs(advantage) < 0.005:
        return "0.00"
    return f"{'▲' if advantage > 0 else '▼'} {advantage:+.2f}"
