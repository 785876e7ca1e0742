"""What the bubbles show: the turns of the branch that is looked at, and the answer without the document."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from explorer.protocol.conversations import Said
from explorer.text.chatml import SEARCH_OPEN
from explorer.text.spans import Span, split_spans
from explorer.ui.stores.answering import Part
from explorer.ui.stores.context import ContextStore
from explorer.ui.widgets.bubble import Turn
from explorer.ui.widgets.pieces import Piece

_MOST_REMEMBERED = 300


class TurnsShown:
    """Remembers how answers split into thinking, calls and results: that is not done anew for every token."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[int, str], tuple[Piece, ...]] = {}

    def turn(self, store: ContextStore, said: Said, tokens: int) -> Turn:
        """One turn; `tokens`: how many it has."""
        session = store.session
        writes = said.id == session.answer
        live = writes and bool(store.live.tokens)
        siblings = [one.id for one in store.conversation.siblings(said.id)]
        fallen = _has_fallen(store, said)
        return Turn(
            author=said.role,
            pieces=_live_pieces(store) if live else self._kept_pieces(said),
            source="" if writes else said.content,
            document=said.document,
            document_name=said.document_name,
            label=_label(store, said),
            note=_note(store, said, writes),
            tokens=tokens or None,
            branch=siblings.index(said.id) + 1,
            branches=len(siblings),
            finished=said.finished or not writes,
            gone=fallen,
            id=said.id,
            may_regenerate=said.role == "assistant" and not store.busy,
            may_delete=not writes,
        )

    def twin(self, store: ContextStore) -> Turn:
        """The answer from the parameters alone."""
        answering = store.twin.answering
        pieces = _pieces(answering.parts)
        waits = QCoreApplication.translate("Context", "The model is asked without the document …")
        return Turn(
            author="assistant",
            pieces=pieces,
            note=waits if store.twin.busy and not pieces else "",
            finished=not store.twin.busy,
        )

    def _kept_pieces(self, said: Said) -> tuple[Piece, ...]:
        if said.role != "assistant":
            return (Piece("answer", said.content),)
        key = (said.id, said.content)
        if key not in self._pieces:
            if len(self._pieces) > _MOST_REMEMBERED:
                self._pieces.clear()
            self._pieces[key] = _pieces(split_spans(said.content))
        return self._pieces[key]


def _has_fallen(store: ContextStore, said: Said) -> bool:
    """Whether no token of it is in the window any more."""
    stream = store.stream
    if said.id in store.session.dropped:
        return True
    lost = bool(stream.gone or stream.gone_unseen)
    return lost and said.id != store.session.answer and not stream.tokens_by_turn().get(said.id)


def _live_pieces(store: ContextStore) -> tuple[Piece, ...]:
    return _pieces(store.live.parts)


def _pieces(parts: Iterable[Part | Span]) -> tuple[Piece, ...]:
    """A call and its result stand on lines of their own, and say what they are."""
    found: list[Piece] = []
    after_tool = False
    for part in parts:
        line = part.kind in ("tool", "result")
        text = part.text if not after_tool or line else part.text.lstrip("\n")
        if found and (line or after_tool):
            found.append(Piece("answer", "\n"))
        if part.kind == "tool":
            search = part.opening == SEARCH_OPEN
            found.append(
                Piece(
                    "prompt",
                    QCoreApplication.translate("Context", "search: ")
                    if search
                    else QCoreApplication.translate("Context", "calculate: "),
                )
            )
        elif part.kind == "result":
            found.append(Piece("prompt", QCoreApplication.translate("Context", "result: ")))
        found.append(Piece(part.kind, text))
        after_tool = line
    return tuple(piece for piece in found if piece.text)


def _label(store: ContextStore, said: Said) -> str:
    if said.role == "assistant" and not said.model:
        return QCoreApplication.translate("Context", "by hand")
    if said.role == "assistant" and said.model != store.session.model_mark and store.live.model is not None:
        return QCoreApplication.translate("Context", "of {model}").format(model=said.model.rpartition(" ")[0])
    return ""


def _note(store: ContextStore, said: Said, writes: bool) -> str:
    if said.role != "assistant" or writes:
        return ""
    parts: list[str] = []
    path = store.session.path
    last = bool(path) and path[-1].id == said.id
    answered = store.tools.answered
    if last and answered is not None and answered.found and answered.hits:
        parts.append(
            QCoreApplication.translate("Context", "Found in {file}").format(file=answered.hits[0].file)
        )
    if not said.finished:
        parts.append(
            QCoreApplication.translate("Context", "Not ended: it was stopped, or had no more tokens")
        )
    elif last and store.session.handed_back:
        parts.append(
            QCoreApplication.translate("Context", "Handed back by {token}").format(
                token=store.session.handed_back
            )
        )
    return " · ".join(parts)
