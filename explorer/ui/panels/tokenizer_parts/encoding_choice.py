"""Which encoding cuts the text: those that are known, and ways to any other."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog

from explorer.protocol import Encoding
from explorer.ui.stores.tokenizer import TokenizerStore

_CHARACTERS = 12
_FILE, _FOLDER = "\0file", "\0folder"
TOKENIZER_SUFFIXES = (".gguf", ".tiktoken")
TOKENIZER_NAMES = ("tokenizer.json", "tokenizer.model")


class EncodingChoice(QComboBox):
    """Shows the store's encodings; its last two entries ask for a file or a folder.

    Signals: `tokenizer_picked(path)`.
    """

    tokenizer_picked = Signal(str)

    def __init__(self, store: TokenizerStore) -> None:
        super().__init__()
        self._store = store
        self._shown: tuple[list[tuple[Encoding, str]], Encoding] = ([], "")
        self.setAccessibleName(self.tr("Encoding"))
        self.setToolTip(self.tr("Which vocabulary cuts the text"))
        # The list is as wide as its longest name, the button is not.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_CHARACTERS)
        self.setMaxVisibleItems(24)
        self.activated.connect(self._chosen)

    def show_encodings(self) -> None:
        """As the store has them."""
        store = self._store
        if self._shown == (store.encodings, store.encoding):
            return
        self._shown = store.encodings, store.encoding
        known = store.encodings
        if all(name != store.encoding for name, _ in known):
            known = [*known, (store.encoding, store.label(store.encoding))]
        with QSignalBlocker(self):
            self.clear()
            for name, label in known:
                self.addItem(label, name)
                if name != label:
                    self.setItemData(self.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
            self.insertSeparator(self.count())
            self.addItem(self.tr("A tokenizer's file …"), _FILE)
            self.addItem(self.tr("A model's folder …"), _FOLDER)
            self._show_chosen()
        self.view().setMinimumWidth(
            self.view().sizeHintForColumn(0) + self.view().verticalScrollBar().width()
        )

    def ask_for_file(self) -> None:
        """Choose a tokenizer.json, a GGUF file or a rank file; nothing waits."""
        dialog = QFileDialog(self, self.tr("Open a tokenizer"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        kinds = "*.json *.gguf *.tiktoken tokenizer.model"
        dialog.setNameFilters([self.tr("Tokenizers ({kinds})").format(kinds=kinds), self.tr("All files (*)")])
        self._ask(dialog)

    def ask_for_folder(self) -> None:
        """Choose the folder of a model or of a run."""
        dialog = QFileDialog(self, self.tr("Open the tokenizer of a model"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._ask(dialog)

    def _ask(self, dialog: QFileDialog) -> None:
        dialog.fileSelected.connect(self.tokenizer_picked)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, place: int) -> None:
        chosen = self.itemData(place)
        if chosen == _FILE:
            self._show_chosen()
            self.ask_for_file()
        elif chosen == _FOLDER:
            self._show_chosen()
            self.ask_for_folder()
        else:
            self._store.choose_encoding(chosen)

    def _show_chosen(self) -> None:
        self.setCurrentIndex(self.findData(self._store.encoding))


def is_tokenizer(path: str) -> bool:
    """Whether a dropped file or folder is meant as a tokenizer, not as a text."""
    file = Path(path)
    return file.is_dir() or file.suffix.lower() in TOKENIZER_SUFFIXES or file.name in TOKENIZER_NAMES
