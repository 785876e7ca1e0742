"""What a run has tried, read back from its rollouts.jsonl. No torch: the text worker shows it too."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from explorer.protocol import Rollout, RolloutGroup

_STEP = re.compile(rb'\{"step":(\d+),')
_LINES_AT_ONCE = 5_000


class _Line(msgspec.Struct):
    """As the stages write it; the ids and log-probabilities are for others."""

    group: int
    question: str
    text: str
    length: int
    reward: float
    advantage: float
    expected: str = ""
    parts: dict[str, float] = {}
    right: bool | None = None
    note: str = ""
    ended: bool = True


def groups_at(path: Path, step: int | None) -> Iterator[tuple[int, list[RolloutGroup]] | None]:
    """The groups of the last update up to `step` (None: of all), with its number; nothing if there is none.

    Yields None now and then on the way through a long file. Torn and damaged lines are passed over.
    """
    found, lines = -1, list[bytes]()
    with suppress(FileNotFoundError), path.open("rb") as stream:
        for number, line in enumerate(stream):
            if number % _LINES_AT_ONCE == _LINES_AT_ONCE - 1:
                yield None
            match = _STEP.match(line)
            if match is None or not line.endswith(b"\n"):
                continue
            own = int(match[1])
            if own < found or (step is not None and own > step):
                continue
            if own > found:
                found, lines = own, []
            lines.append(line)
    groups = _groups(lines)
    if groups:
        yield found, groups


def _groups(lines: list[bytes]) -> list[RolloutGroup]:
    by_number: dict[int, list[_Line]] = {}
    for line in lines:
        with suppress(msgspec.DecodeError):
            content = msgspec.json.decode(line, type=_Line)
            by_number.setdefault(content.group, []).append(content)
    return [_group(by_number[number]) for number in sorted(by_number)]


def _group(lines: list[_Line]) -> RolloutGroup:
    return RolloutGroup(
        question=lines[0].question,
        expected=lines[0].expected,
        rollouts=[Rollout(**_told(line)) for line in lines],
        flat=len({line.reward for line in lines}) == 1,
    )


def _told(line: _Line) -> dict[str, Any]:
    known = {field: getattr(line, field) for field in Rollout.__struct_fields__ if field != "tokens"}
    return {**known, "tokens": line.length}
