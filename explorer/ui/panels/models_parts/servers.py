"""Servers that speak OpenAI's protocol: added, tested, removed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import ServerInfo
from explorer.ui import words
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.servers import ServersStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.elided_label import ElidedLabel


class ServersPage(QWidget):
    """A list of servers, and a form for one more."""

    def __init__(self, theme: Theme, servers: ServersStore, models: ModelsStore) -> None:
        super().__init__()
        self._theme, self._servers, self._models = theme, servers, models
        self._machine = ""
        self._rows: dict[str, _Row] = {}
        self._build()
        self.add.clicked.connect(self._add)
        for field in (self.name, self.url, self.key):
            field.returnPressed.connect(self._add)
        servers.changed.connect(self._render)
        models.changed.connect(self._render)
        theme.changed.connect(self._space)
        self._space()
        self._render()

    def _build(self) -> None:
        heading = self._label("muted")
        heading.setText(
            self.tr("Models at servers that speak OpenAI's protocol: vLLM, llama.cpp, Ollama, LM Studio.")
        )
        self._list = QVBoxLayout()
        self.url = self._field("http://localhost:8080/v1", self.tr("Address"))
        self.name = self._field(self.tr("my-server"), self.tr("Name"))
        self.key = self._field(self.tr("none needed for most local servers"), self.tr("Key"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.add = QPushButton(self.tr("Add and test"))
        self.add.setProperty("kind", "primary")
        self.result = self._label("")
        self.where = self._label("caption")
        form = QGridLayout()
        form.setColumnStretch(1, 1)
        rows = ((self.tr("Address"), self.url), (self.tr("Name"), self.name), (self.tr("Key"), self.key))
        for place, (title, field) in enumerate(rows):
            label = QLabel(title)
            label.setBuddy(field)
            form.addWidget(label, place, 0)
            form.addWidget(field, place, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(heading)
        self._column.addLayout(self._list)
        self._column.addLayout(form)
        self._column.addWidget(self.where)
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.result)
        self._column.addStretch(1)

    def _label(self, role: str) -> QLabel:
        label = QLabel()
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _field(self, example: str, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(example)
        field.setAccessibleName(name)
        return field

    def show_place(self, machine: str) -> None:
        """Whose addresses and keyring these are: another computer's, or ours if it has no name."""
        self._machine = machine
        self._render()

    def _add(self) -> None:
        if self.url.text().strip():
            name = self.name.text().strip() or _name_of(self.url.text())
            self._servers.add(name, self.url.text(), self.key.text())
            self.key.clear()

    # ------------------------------------------------------------ rendering

    def _render(self) -> None:
        self.where.setText(
            self.tr("The key goes into the keyring of {machine}; the address is as seen from there.").format(
                machine=self._machine
            )
            if self._machine
            else self.tr("The key goes into the system's keyring, never into a file.")
        )
        known = {server.name: server for server in self._models.servers}
        for gone in self._rows.keys() - known.keys():
            row = self._rows.pop(gone)
            self._list.removeWidget(row)
            row.deleteLater()
        for name, server in known.items():
            if name not in self._rows:
                self._rows[name] = self._make_row(name)
            self._rows[name].show_server(server, self._servers.testing == name)
        self.result.setText(self._words())

    def _make_row(self, name: str) -> "_Row":
        row = _Row(self._theme)
        row.test.clicked.connect(lambda: self._servers.test(name))
        row.remove.clicked.connect(lambda: self._servers.remove(name))
        self._list.addWidget(row)
        return row

    def row(self, name: str) -> "_Row":
        """What is shown of a server."""
        return self._rows[name]

    def _words(self) -> str:
        store = self._servers
        if store.testing:
            return self.tr("Asking {name} for its models …").format(name=store.testing)
        if store.failure is not None:
            return "✕ " + words.engine_sentence(store.failure.template, store.failure.values)
        if store.probed is None:
            return ""
        said = self.tr("✓ {name} answers and has {count} models. They stand in the list.").format(
            name=store.probed.name, count=words.count(len(store.probed.models))
        )
        if store.probed.unprotected_key:
            said += " " + self.tr("Its address is not encrypted: the key travels in the open.")
        return said

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(8))
        self._list.setSpacing(self._theme.px(8))


class _Row(QFrame):
    """One server with its buttons."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("surface")
        self.name, self.facts = ElidedLabel(), ElidedLabel()
        self.facts.setProperty("role", "caption")
        self.test = QPushButton(self.tr("Test"))
        self.remove = QPushButton(self.tr("Remove"))
        self.remove.setToolTip(self.tr("Forget its address and its key"))
        text = QVBoxLayout()
        text.addWidget(self.name)
        text.addWidget(self.facts)
        self._line = QHBoxLayout(self)
        self._line.addLayout(text, 1)
        self._line.addWidget(self.test)
        self._line.addWidget(self.remove)
        theme.changed.connect(self._space)
        self._space()

    def show_server(self, server: ServerInfo, testing: bool) -> None:
        """Its name, address and how many models it told of."""
        self.name.setText(server.name)
        count = self.tr("{count} models").format(count=words.count(len(server.models)))
        self.facts.setText(f"{server.url} · {count}")
        self.test.setEnabled(not testing)

    def _space(self) -> None:
        px = self._theme.px
        self._line.setContentsMargins(px(10), px(8), px(10), px(8))
        self._line.setSpacing(px(8))


def _name_of(url: str) -> str:
    """A name for a server that was given none: its machine and port."""
    host = url.strip().partition("://")[2].partition("/")[0]
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in host) or "server"
