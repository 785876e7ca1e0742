"""A model from the Hugging Face hub: which, how large, and how far it is."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import RepoSurveyed
from explorer.ui import words
from explorer.ui.panels.models_parts.download_row import DownloadRow, row_states
from explorer.ui.stores.downloads import DownloadsStore
from explorer.ui.stores.models import ModelsStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.flow_layout import FlowLayout


@dataclass(frozen=True)
class Suggestion:
    """A small open model, as its makers describe it; the exact size is the hub's to say."""

    repo: str
    about_gb: float
    terms: str


SUGGESTIONS = (
    Suggestion("HuggingFaceTB/SmolLM2-135M-Instruct", 0.27, "Apache-2.0"),
    Suggestion("HuggingFaceTB/SmolLM2-360M-Instruct", 0.72, "Apache-2.0"),
    Suggestion("openai-community/gpt2", 0.55, "MIT"),
    Suggestion("Qwen/Qwen2.5-0.5B-Instruct", 0.99, "Apache-2.0"),
    Suggestion("Qwen/Qwen3-0.6B", 1.5, "Apache-2.0"),
    Suggestion("TinyLlama/TinyLlama-1.1B-Chat-v1.0", 2.2, "Apache-2.0"),
)


class DownloadPage(QWidget):
    """Nothing is sent before the person presses a button."""

    def __init__(self, theme: Theme, downloads: DownloadsStore, models: ModelsStore) -> None:
        super().__init__()
        self._theme, self._downloads, self._models = theme, downloads, models
        self._shown: RepoSurveyed | None = None
        self._rows: dict[str, DownloadRow] = {}
        self._build()
        self.repo.returnPressed.connect(self._look_up)
        self.look.clicked.connect(self._look_up)
        self.fetch.clicked.connect(self._fetch)
        self.choice.currentIndexChanged.connect(lambda: self._render_choice())
        downloads.changed.connect(self._render)
        models.changed.connect(self._render)
        theme.changed.connect(self._space)
        self._space()
        self._render()

    def _build(self) -> None:
        self.repo = QLineEdit()
        self.repo.setPlaceholderText("owner/name")
        self.repo.setAccessibleName(self.tr("Repository on the Hugging Face hub"))
        self.look = QPushButton(self.tr("Look it up"))
        self.look.setToolTip(self.tr("Ask the hub which files it has"))
        row = QHBoxLayout()
        row.addWidget(self.repo, 1)
        row.addWidget(self.look)
        self.words = self._label("muted")
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Which of its models"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(16)
        self.amount = self._label("")
        self.fetch = QPushButton(self.tr("Download"))
        self.fetch.setProperty("kind", "primary")
        self._list = QVBoxLayout()
        title = self._label("muted")
        title.setText(self.tr("Small open models that fit a laptop:"))
        self._suggestions = FlowLayout()
        for one in SUGGESTIONS:
            self._suggestions.addWidget(self._suggestion(one))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._heading())
        self._column.addLayout(row)
        for widget in (self.words, self.choice, self.amount):
            self._column.addWidget(widget)
        self._column.addWidget(self.fetch, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addLayout(self._list)
        self._column.addWidget(title)
        self._column.addLayout(self._suggestions)
        self._column.addStretch(1)
        CalmWheel(self)

    def _heading(self) -> QLabel:
        label = self._label("muted")
        label.setText(
            self.tr("A model from the Hugging Face hub. Nothing is sent before you press a button.")
        )
        return label

    def _label(self, role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _suggestion(self, one: Suggestion) -> QPushButton:
        size = words.size(round(one.about_gb * 1e9))
        button = QPushButton(
            self.tr("{name} · about {size} · {terms}").format(
                name=one.repo.partition("/")[2], size=size, terms=one.terms
            )
        )
        button.setProperty("kind", "starter")
        button.setToolTip(one.repo)
        button.clicked.connect(lambda: self._suggest(one.repo))
        return button

    def _suggest(self, repo: str) -> None:
        self.repo.setText(repo)
        self.look.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------ intents

    def _look_up(self) -> None:
        if self.repo.text().strip():
            self._downloads.look_up(self.repo.text())

    def _fetch(self) -> None:
        survey, place = self._downloads.survey, self.choice.currentIndex()
        if survey is not None and place >= 0:
            self._downloads.fetch(survey.repo, survey.choices[place].include)

    # ------------------------------------------------------------ rendering

    def _render(self) -> None:
        survey = self._downloads.survey
        self.words.setText(self._words())
        self.words.setVisible(bool(self.words.text()))
        if survey != self._shown:
            self._shown = survey
            self.choice.clear()
            for choice in () if survey is None else survey.choices:
                self.choice.addItem(f"{choice.name} · {words.size(choice.size_bytes)}")
        self.choice.setVisible(survey is not None and len(survey.choices) > 1)
        self._render_choice()
        self._render_rows()

    def _render_choice(self) -> None:
        survey, place = self._downloads.survey, self.choice.currentIndex()
        known = survey is not None and place >= 0
        self.amount.setVisible(known)
        self.fetch.setVisible(known)
        if survey is None or place < 0:
            return
        choice = survey.choices[place]
        fits = choice.size_bytes < survey.free_bytes
        busy = self._downloads.find(survey.repo)
        running = busy is not None and busy.state in ("running", "stopping")
        self.fetch.setEnabled(choice.size_bytes > 0 and fits and not running)
        self.amount.setText(self._size_words(survey, choice.size_bytes, len(choice.files), fits))

    def _size_words(self, survey: RepoSurveyed, size: int, files: int, fits: bool) -> str:
        if size == 0:
            return self.tr("{repo} is here already: {folder}").format(repo=survey.repo, folder=survey.folder)
        said = self.tr(
            "{count} files, {size} to fetch; the disk has {free} free. It goes to {folder}."
        ).format(count=files, size=words.size(size), free=words.size(survey.free_bytes), folder=survey.folder)
        terms = self.tr("Terms: {terms}").format(terms=survey.terms) if survey.terms else ""
        short = "" if fits else "✕ " + self.tr("The disk has no room for it.")
        return "\n".join(part for part in (said, terms, short) if part)

    def _words(self) -> str:
        store = self._downloads
        if store.surveying:
            return self.tr("Asking the hub about {repo} …").format(repo=store.asked)
        if store.survey_failure is not None:
            failure = store.survey_failure
            return "✕ " + words.engine_sentence(failure.template, failure.values)
        return ""

    def _render_rows(self) -> None:
        states = {state.repo: state for state in row_states(self._downloads, self._models)}
        for gone in self._rows.keys() - states.keys():
            row = self._rows.pop(gone)
            self._list.removeWidget(row)
            row.deleteLater()
        for repo, state in states.items():
            if repo not in self._rows:
                self._rows[repo] = self._make_row(repo)
            self._rows[repo].show_state(state)

    def _make_row(self, repo: str) -> DownloadRow:
        row = DownloadRow(self._theme)
        row.stop_requested.connect(lambda: self._downloads.stop(repo))
        row.go_on_requested.connect(lambda: self._go_on(repo))
        row.discard_requested.connect(lambda: self._downloads.discard(repo))
        self._list.addWidget(row)
        return row

    def _go_on(self, repo: str) -> None:
        active = self._downloads.find(repo)
        left = next((one for one in self._models.unfinished if one.repo == repo), None)
        if active is not None:
            self._downloads.fetch(repo, active.include)
        elif left is not None:
            self._downloads.resume(left)

    def row(self, repo: str) -> DownloadRow | None:
        """How far a download is."""
        return self._rows.get(repo)

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(8))
        self._list.setSpacing(self._theme.px(8))
        self._suggestions.setSpacing(self._theme.px(6))
