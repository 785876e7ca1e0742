"""Which draw the line shows: the one pointed at, the one that would come again, or the last."""

from PySide6.QtCore import QCoreApplication

from explorer.protocol import Distribution
from explorer.ui.stores.sampling import SamplingStore
from explorer.ui.stores.sampling_stream import Draw
from explorer.ui.widgets.draw_line import Fallen
from explorer.ui.widgets.next_token import DrawState
from explorer.ui.widgets.probability_bars import percent
from explorer.ui.widgets.token_text import visible


def draw_state(store: SamplingStore, pointed: int) -> tuple[DrawState, int]:
    """The line's contents, and the row of the bars to mark (-1 for none). `pointed` is a chip or -1."""
    stream, distribution = store.stream, store.distribution
    place = pointed - len(stream.prompt)
    if pointed >= 0 and 0 <= place < len(stream.drawn):
        return _past(QCoreApplication.translate("Draws", "How this token was drawn"), stream.drawn[place]), -1
    number = _number_here(store)
    if distribution is not None and number is not None:
        return _again(distribution, number)
    if stream.drawn:
        return _past(QCoreApplication.translate("Draws", "The last draw"), stream.drawn[-1]), -1
    return _to_come(distribution, store.sampler.temperature == 0), -1


def _number_here(store: SamplingStore) -> float | None:
    """The next draw's number, known if a token was taken back from here: same seed, same number."""
    before = store.stream.taken_back
    if before is None or not store.is_current or store.sampler.temperature == 0:
        return None
    return before.uniform if before.sampler.seed == store.sampler.seed else None


def _again(distribution: Distribution, number: float) -> tuple[DrawState, int]:
    row, fallen = _under(distribution, number)
    sentence = QCoreApplication.translate(
        "Draws", "The same seed gives the same number here, {number}: now it falls on {token}."
    ).format(
        number=f"{number:.4f}",
        token=fallen.text if row == len(distribution.candidates) else _named(fallen.text),
    )
    title = QCoreApplication.translate("Draws", "This place's draw")
    return DrawState(title, sentence, _segments(distribution), fallen), row


def _under(distribution: Distribution, number: float) -> tuple[int, Fallen]:
    before = 0.0
    for row, candidate in enumerate(distribution.candidates):
        if before + candidate.probability > number:
            return row, Fallen(candidate.text, number, before, candidate.probability)
        before += candidate.probability
    rest = QCoreApplication.translate("Draws", "one of the others")
    return len(distribution.candidates), Fallen(rest, number, before, max(0.0, 1 - before))


def _past(title: str, draw: Draw) -> DrawState:
    segments = _segments(draw.distribution) if draw.distribution else []
    fallen = Fallen(draw.token.text, draw.uniform, draw.cumulative_before, draw.probability)
    if draw.uniform is None:
        sentence = QCoreApplication.translate(
            "Draws", "Nothing was drawn: at T = 0 the most likely token, {token}, is taken."
        ).format(token=_named(draw.token.text))
    else:
        sentence = QCoreApplication.translate(
            "Draws", "The number {number} fell on {token}, which holds {share} of the line."
        ).format(number=f"{draw.uniform:.4f}", token=_named(draw.token.text), share=percent(draw.probability))
    return DrawState(title, sentence, segments, fallen)


def _to_come(distribution: Distribution | None, greedy: bool) -> DrawState:
    title = QCoreApplication.translate("Draws", "The next draw")
    if distribution is None:
        return DrawState(title, "")
    if greedy:
        sentence = QCoreApplication.translate("Draws", "At T = 0 a step takes the most likely token.")
    else:
        sentence = QCoreApplication.translate(
            "Draws", "A step draws a number from 0 to 1 and takes the token that it falls on."
        )
    return DrawState(title, sentence, _segments(distribution))


def _segments(distribution: Distribution) -> list[tuple[str, float]]:
    return [(candidate.text, candidate.probability) for candidate in distribution.candidates]


def _named(text: str) -> str:
    return f"“{visible(text)}”"
