"""Words about a conversation: whose turn it is, what it would be billed, what happens when it is full."""

from PySide6.QtCore import QCoreApplication

from explorer.ui import words
from explorer.ui.prices import Price, cost, money
from explorer.ui.stores.context import ContextStore
from explorer.ui.stores.context_stream import Request
from explorer.ui.widgets.turn_arrow import Writer


def writer_of(store: ContextStore) -> tuple[Writer, str]:
    """Who may write now, and how it came to that."""
    session = store.session
    if store.live.phase == "loading":
        return "nobody", QCoreApplication.translate("Context", "the model is being loaded")
    if store.live.model is None or store.lost is not None:
        return "nobody", ""
    match session.turn:
        case "tool":
            return "tool", QCoreApplication.translate("Context", "the model has stopped and waits")
        case "call":
            return "user", QCoreApplication.translate("Context", "the model has stopped at a call")
        case "model" if store.live.phase == "reading":
            return "assistant", QCoreApplication.translate("Context", "it reads first")
        case "model":
            return "assistant", ""
        case _:
            return "user", _handed_back(store)


def _handed_back(store: ContextStore) -> str:
    session = store.session
    if session.full:
        return QCoreApplication.translate("Context", "the window is full")
    if session.handed_back:
        return QCoreApplication.translate("Context", "handed back by {token}").format(
            token=session.handed_back
        )
    path = session.path
    if path and path[-1].role == "assistant" and not path[-1].finished:
        return QCoreApplication.translate("Context", "the model has not ended")
    return ""


def bill_words(requests: list[Request], price: Price) -> str:
    """What an API would bill: the last exchange, and all of them together."""
    if not requests:
        return ""
    last = requests[-1]
    prompt = sum(request.prompt for request in requests)
    completion = sum(request.completion for request in requests)
    spent = cost(prompt, price.input_per_million) + cost(completion, price.output_per_million)
    return QCoreApplication.translate(
        "Context",
        "As an API bills it: this exchange {prompt} prompt + {completion} completion; "
        "the conversation, sent anew each time, {all_prompt} + {all_completion} = {money}",
    ).format(
        prompt=words.count(last.prompt),
        completion=words.count(last.completion),
        all_prompt=words.count(prompt),
        all_completion=words.count(completion),
        money=money(spent),
    )


def fallen_words(store: ContextStore) -> str:
    """What has fallen out; empty if nothing has."""
    stream = store.stream
    tokens = len(stream.gone) + stream.gone_unseen
    if not tokens:
        return ""
    return QCoreApplication.translate(
        "Context", "{tokens} tokens have fallen out of the window: the model knows nothing of them any more."
    ).format(tokens=words.count(tokens))


def full_words(store: ContextStore) -> str:
    """What to do with a window that is full; empty if it is not."""
    if not store.session.full:
        return ""
    if store.settings.policy == "stop":
        return QCoreApplication.translate(
            "Context",
            "The window of {window} tokens is full. Choose what falls out of it, make it larger, "
            "or begin a new chat.",
        ).format(window=words.count(store.session.window))
    return QCoreApplication.translate(
        "Context",
        "The last question alone leaves no room in the window of {window} tokens. "
        "Make the window larger, or ask something shorter.",
    ).format(window=words.count(store.session.window))
