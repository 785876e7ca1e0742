"""What the row "Try this" sets up. In the language of the models, whatever the window's."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from explorer.paths import resources_dir
from explorer.text.chatml import TOOLS_LINE
from explorer.ui.stores.context import ContextStore
from explorer.ui.stores.context_documents import Attachment

HAIKU = "Write a haiku about what it's like to be a large language model."
PASSAGE = (
    "Laila Blackward works as a potter. Laila Blackward was born in 1931. "
    "On birthdays Laila Blackward always asks for fried fish."
)
PASSAGE_QUESTION = "What is the job of Laila Blackward?"
SMALL_WINDOW = 160
FORGOTTEN = (
    ("user", "My name is Quillan and I have a red boat."),
    ("assistant", "Hello, Quillan. A red boat sounds lovely."),
    ("user", "Tell me about the sea. What is it like in the morning, before anybody is awake?"),
    (
        "assistant",
        "In the morning the sea is grey and calm. The gulls are the first to wake, then the boats.",
    ),
    ("user", "And in the evening, when the boats come home and the lamps are lit along the shore?"),
    (
        "assistant",
        "In the evening the sea is dark. The boats come home one by one, and the lamps shine on it.",
    ),
    ("user", "What do the people do then, after supper, when it is too dark to work on the nets?"),
    ("assistant", "They sit together and tell stories. The children listen until they fall asleep."),
)
FORGOTTEN_QUESTION = "What is my name, and what colour is my boat?"
SUM = "What is 3489 x 772?"
SEARCH = "Which animal does Nils Hartberry keep?"


NEED_TOOLS = 2
"""The last starters are for models that have learned to call tools."""


def starters(store: ContextStore) -> list[tuple[str, Callable[[], object]]]:
    """Names and what they do."""

    def ask(text: str, **settings: object) -> None:
        store.new_chat()
        store.set(window=0, **settings)
        store.set_composer(text)
        store.hand_over()

    def document() -> None:
        store.new_chat()
        store.set(window=0, alone=True, tools=False, system="")
        store.attach(Attachment(PASSAGE))
        store.set_composer(PASSAGE_QUESTION)
        store.hand_over()

    def folder() -> str:
        """The person's own, or a few small texts."""
        return store.settings.folder or str(resources_dir() / "documents")

    def full() -> None:
        store.set(policy="drop_oldest", window=SMALL_WINDOW, tools=False)
        store.begin_with(FORGOTTEN)
        store.set_composer(FORGOTTEN_QUESTION)
        store.hand_over()

    return [
        (
            QCoreApplication.translate("ContextStarters", "A haiku"),
            lambda: ask(HAIKU, tools=False, system=""),
        ),
        (QCoreApplication.translate("ContextStarters", "A question about a text"), document),
        (QCoreApplication.translate("ContextStarters", "A window that is too small"), full),
        (
            QCoreApplication.translate("ContextStarters", "A sum too large"),
            lambda: ask(SUM, tools=True, stepwise=True, system=TOOLS_LINE),
        ),
        (
            QCoreApplication.translate("ContextStarters", "A search"),
            lambda: ask(SEARCH, tools=True, stepwise=True, system=TOOLS_LINE, folder=folder()),
        ),
    ]
