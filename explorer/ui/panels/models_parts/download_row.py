"""One download: its bar, its words, and what can be done about it."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from explorer.ui import words
from explorer.ui.stores.downloads import ActiveDownload, DownloadsStore
from explorer.ui.stores.models import ModelsStore
from explorer.ui.theme import Theme

_STEPS = 1000


@dataclass(frozen=True)
class RowState:
    """What a row shows."""

    repo: str
    words: str
    share: float | None
    """Of its bytes, 0 to 1; None while that is not known."""
    running: bool
    stopping: bool = False
    trouble: bool = False


class DownloadRow(QFrame):
    """Signals: `stop_requested`, `go_on_requested`, `discard_requested`."""

    stop_requested = Signal()
    go_on_requested = Signal()
    discard_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("surface")
        self.name = QLabel()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("role", "caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("What has come is kept"))
        self.go_on = QPushButton(self.tr("Go on"))
        self.discard = QPushButton(self.tr("Throw away"))
        self.discard.setToolTip(self.tr("Delete what has come of it"))
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        for button in (self.stop, self.go_on, self.discard):
            top.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(top)
        self._column.addWidget(self.bar)
        self._column.addWidget(self.words)
        self.stop.clicked.connect(self.stop_requested)
        self.go_on.clicked.connect(self.go_on_requested)
        self.discard.clicked.connect(self.discard_requested)
        theme.changed.connect(self._space)
        self._space()

    def show_state(self, state: RowState) -> None:
        """Show how far it is."""
        self.name.setText(state.repo)
        self.bar.setAccessibleName(state.repo)
        self.words.setText(("✕ " if state.trouble else "") + state.words)
        if state.share is None and state.running:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(round(_STEPS * (state.share or 0.0)))
        self.stop.setVisible(state.running)
        self.stop.setEnabled(not state.stopping)
        self.go_on.setVisible(not state.running)
        self.discard.setVisible(not state.running)

    def _space(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(10), px(8), px(10), px(8))
        self._column.setSpacing(px(6))


def row_states(downloads: DownloadsStore, models: ModelsStore) -> list[RowState]:
    """Those of this sitting, then what earlier ones have left."""
    rows = [_active(one) for one in downloads.active]
    known = {one.repo for one in downloads.active}
    for left in models.unfinished:
        if left.repo not in known:
            share = left.have_bytes / left.total_bytes if left.total_bytes else None
            rows.append(
                RowState(left.repo, _kept(left.have_bytes, left.total_bytes), _at_most_one(share), False)
            )
    return rows


def _active(one: ActiveDownload) -> RowState:
    said = one.progress
    have, total = (said.have_bytes, said.total_bytes) if said is not None else (0, 0)
    share = _at_most_one(have / total) if total else None
    if one.failure is not None:
        sentence = words.engine_sentence(one.failure.template, one.failure.values)
        return RowState(one.repo, sentence, share, False, trouble=True)
    if one.state == "stopped":
        return RowState(one.repo, _kept(have, total or None), share, False)
    return RowState(one.repo, _progress_words(one), share, True, stopping=one.state == "stopping")


def _progress_words(one: ActiveDownload) -> str:
    translate, said = QCoreApplication.translate, one.progress
    if said is None or said.phase == "asking":
        return translate("Models", "Asking the hub …")
    parts = [
        translate("Models", "{have} of {total}").format(
            have=words.size(said.have_bytes), total=words.size(said.total_bytes)
        )
    ]
    if said.phase == "checking":
        parts.append(translate("Models", "checking {file}").format(file=said.file))
    elif said.phase == "reconnecting":
        parts.append(translate("Models", "the connection broke, trying again"))
    elif said.bytes_per_s:
        parts.append(translate("Models", "{size}/s").format(size=words.size(round(said.bytes_per_s))))
        if one.left_s is not None:
            parts.append(translate("Models", "{time} left").format(time=words.duration(one.left_s)))
    return " · ".join(parts)


def _kept(have: int, total: int | None) -> str:
    translate = QCoreApplication.translate
    if total is None:
        return translate("Models", "Stopped: {have} are kept.").format(have=words.size(have))
    return translate("Models", "Stopped: {have} of {total} are kept.").format(
        have=words.size(min(have, total)), total=words.size(total)
    )


def _at_most_one(share: float | None) -> float | None:
    return None if share is None else min(share, 1.0)
