"""The thinking panel's sentences: parts of a trace, verdicts, shares and votes."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from explorer.protocol import AttemptsCounted, CheckedSum, Judgement
from explorer.text.spans import split_spans
from explorer.ui import words
from explorer.ui.stores.answering import Part
from explorer.ui.stores.attempts import Attempts
from explorer.ui.stores.thinking import ThinkingStore
from explorer.ui.stores.thinking_ways import way_of
from explorer.ui.widgets.answer_text import Piece
from explorer.ui.widgets.export import Row

REASONS = {
    "another number": lambda: QCoreApplication.translate("Thinking", "another number"),
    "no number": lambda: QCoreApplication.translate("Thinking", "no number"),
    "several answers": lambda: QCoreApplication.translate("Thinking", "several answers"),
    "empty": lambda: QCoreApplication.translate("Thinking", "nothing was said"),
    "thinking does not end": lambda: QCoreApplication.translate("Thinking", "the thinking does not end"),
    "no answer after thinking": lambda: QCoreApplication.translate("Thinking", "no answer after thinking"),
    "tags twice": lambda: QCoreApplication.translate("Thinking", "it thought twice"),
    "a sum that was not done": lambda: QCoreApplication.translate("Thinking", "a sum that was not done"),
}


def verdict_words(judgement: Judgement | None) -> tuple[str, str]:
    """What the verifier says, and the kind of piece that it is: "right", "wrong", "prompt"."""
    if judgement is None:
        return "", "prompt"
    found = judgement.answer_found
    if found is None:
        said = QCoreApplication.translate("Thinking", "✗ no answer to be read: {reason}").format(
            reason=_reason(judgement.reason)
        )
        return said, "wrong"
    if judgement.right is None:
        said = QCoreApplication.translate("Thinking", "answer {answer}; nobody knows what is right")
        return said.format(answer=found), "prompt"
    if judgement.right:
        return QCoreApplication.translate("Thinking", "✓ right: {answer}").format(answer=found), "right"
    said = QCoreApplication.translate("Thinking", "✗ wrong: {answer}").format(answer=found)
    return said, "wrong"


def _reason(reason: str) -> str:
    return REASONS[reason]() if reason in REASONS else reason


def parts_words(parts: Sequence[Part]) -> str:
    """Tokens and seconds of thinking and of the answer."""
    said: list[str] = []
    for kind in ("thinking", "answer"):
        mine = [part for part in parts if part.kind == kind]
        if mine:
            said.append(
                _part_words(kind).format(
                    tokens=words.count(sum(part.tokens for part in mine)),
                    seconds=f"{sum(part.seconds for part in mine):.1f}",
                )
            )
    return " · ".join(said)


def _part_words(kind: str) -> str:
    if kind == "thinking":
        return QCoreApplication.translate("Thinking", "thinking: {tokens} tokens, {seconds} s")
    return QCoreApplication.translate("Thinking", "answer: {tokens} tokens, {seconds} s")


def marked_pieces(text: str, sums: Sequence[CheckedSum]) -> list[Piece]:
    """A text with its special tokens by name, as pieces; a check or a cross stands behind each sum."""
    marks = sorted((one.end, one.right) for one in sums if one.end <= len(text))
    # Marks are put in as characters of their own that no model writes, and taken out of each span again.
    at, marked = 0, ""
    for end, right in marks:
        marked += text[at:end] + (_RIGHT if right else _WRONG)
        at = end
    spans = split_spans(marked + text[at:])
    return [piece for span in spans for piece in _with_marks(span.kind, span.text.lstrip())]


_RIGHT, _WRONG = "\ue010", "\ue011"
"""Of the private use area."""


def _with_marks(kind: str, text: str) -> list[Piece]:
    pieces: list[Piece] = []
    start = 0
    for place, character in enumerate(text):
        if character in (_RIGHT, _WRONG):
            pieces.append(Piece(kind, text[start:place]))
            right = character == _RIGHT
            pieces.append(Piece("right" if right else "wrong", " ✓" if right else " ✗"))
            start = place + 1
    return [*pieces, Piece(kind, text[start:])]


def share_words(attempts: Attempts) -> str:
    """How many are right, and how far it is."""
    total, counted = len(attempts.list), attempts.counted
    if not total:
        return ""
    done = counted.done if counted is not None else 0
    if counted is None or counted.right is None:
        said = QCoreApplication.translate("Thinking", "{done} of {total} attempts have ended").format(
            done=done, total=total
        )
    else:
        share = f"{100 * counted.right / max(done, 1):.0f}"
        said = QCoreApplication.translate("Thinking", "{right} of {done} right ({share} %)").format(
            right=counted.right, done=done, share=share
        )
        if done < total:
            said += " · " + QCoreApplication.translate("Thinking", "{left} to come").format(left=total - done)
    if attempts.ended is not None:
        said += " · " + QCoreApplication.translate("Thinking", "{tokens} tokens in {seconds} s").format(
            tokens=words.count(attempts.ended.tokens), seconds=f"{attempts.ended.elapsed_s:.1f}"
        )
        if attempts.ended.stopped:
            said += " · " + QCoreApplication.translate("Thinking", "stopped")
    return said


def vote_words(counted: AttemptsCounted | None) -> str:
    """What the majority says, the counts behind it."""
    if counted is None or not counted.answers:
        return ""
    first = counted.answers[0]
    tied = [one for one in counted.answers if one.count == first.count]
    if len(tied) > 1:
        said = QCoreApplication.translate("Thinking", "Majority vote: a tie between {answers}").format(
            answers=", ".join(one.answer for one in tied[:4])
        )
    else:
        said = QCoreApplication.translate("Thinking", "Majority vote: {answer}").format(answer=first.answer)
        if first.right is not None:
            said += " ✓" if first.right else " ✗"
    if first.right is None:
        said += " · " + QCoreApplication.translate("Thinking", "without a right answer there are no marks")
    return said


def vote_lines(counted: AttemptsCounted | None) -> list[str]:
    """One line an answer, the most frequent first."""
    if counted is None:
        return []
    marks = {True: "✓", False: "✗", None: ""}
    lines = [
        f"{'█' * min(one.count, 24)} {one.count} × {one.answer} {marks[one.right]}".rstrip()
        for one in counted.answers[:6]
    ]
    if len(counted.answers) > 6:
        rest = sum(one.count for one in counted.answers[6:])
        lines.append(QCoreApplication.translate("Thinking", "{count} × other answers").format(count=rest))
    if counted.without_answer:
        lines.append(
            QCoreApplication.translate("Thinking", "{count} × no answer").format(count=counted.without_answer)
        )
    return lines


def way_words(store: ThinkingStore) -> str:
    """How this model is made to think, where that is not its own way."""
    model = store.trace.model
    if model is None:
        return ""
    way = way_of(model)
    if way == "none":
        return QCoreApplication.translate(
            "Thinking",
            "This model has no chat format, so it cannot be asked to think. Choose one that has learned "
            "from conversations.",
        )
    if way == "words":
        return QCoreApplication.translate(
            "Thinking", "This model has no tokens for thinking: it is asked in words to work in steps."
        )
    return ""


def attempt_rows(store: ThinkingStore) -> list[Row]:
    """One row an attempt."""
    return [
        {
            "attempt": number,
            "seed": store.attempts.seed + number - 1,
            "tokens": attempt.tokens,
            "answer": attempt.judgement.answer_found if attempt.judgement else None,
            "right": attempt.judgement.right if attempt.judgement else None,
            "reason": attempt.judgement.reason if attempt.judgement else None,
            "text": attempt.text,
        }
        for number, attempt in enumerate(store.attempts.list, 1)
    ]
