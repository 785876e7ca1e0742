"""What a run tried, read back, also while it is being written and after a kill."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from explorer.core import rollout_log
from explorer.core.runs import ROLLOUTS_FILE, RunLog
from explorer.protocol import ReadRollouts, RolloutsRead
from explorer.services.rollouts import RolloutService


def line(step: int, group: int, reward: float, **others: Any) -> dict[str, Any]:
    return {
        "step": step,
        "group": group,
        "place": 0,
        "question": f"Question {group}",
        "expected": "7",
        "text": f"{step}/{group}/{reward}",
        "ids": [1, 2],
        "logprobs": [-0.1, -0.2],
        "length": 2,
        "ended": True,
        "reward": reward,
        "parts": {"right": reward},
        "right": reward > 0,
        "note": "",
        "advantage": 0.5,
        **others,
    }


@pytest.fixture
def run(tmp_path: Path) -> Path:
    log = RunLog(tmp_path / ROLLOUTS_FILE, 0)
    for step in (1, 2, 4):
        for group in (1, 0):
            for reward in (1.0, 0.0) if group else (1.0, 1.0):
                log.append(line(step, group, reward))
    log.close()
    return tmp_path


def read(run: Path, step: int | None) -> RolloutsRead:
    *_, answer = RolloutService().run(ReadRollouts(job="here", path=str(run), step=step))
    assert isinstance(answer, RolloutsRead) and answer.job == "here"
    return answer


@pytest.mark.parametrize(("step", "found"), [(None, 4), (99, 4), (4, 4), (3, 2), (1, 1)])
def test_the_last_update_up_to_a_step(run: Path, step: int | None, found: int) -> None:
    answer = read(run, step)
    assert answer.step == found
    flat, other = answer.groups
    assert (flat.question, flat.flat, other.flat) == ("Question 0", True, False)
    assert [one.text for one in other.rollouts] == [f"{found}/1/1.0", f"{found}/1/0.0"]
    assert [(one.tokens, one.right, one.parts) for one in other.rollouts] == [
        (2, True, {"right": 1.0}),
        (2, False, {"right": 0.0}),
    ]


def test_torn_and_strange_lines_are_passed_over(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout_log, "_LINES_AT_ONCE", 3)
    with (run / ROLLOUTS_FILE).open("ab") as stream:
        stream.write(b'{"step":4,"group":"one"}\n\xff\n{"other": 1}\n')
        stream.write(msgspec.json.encode(line(5, 0, 1.0)))
    assert [len(group.rollouts) for group in read(run, None).groups] == [2, 2]


def test_no_tries_so_far(run: Path, tmp_path: Path) -> None:
    assert read(run, 0) == RolloutsRead(job="here", step=None, groups=[])
    assert read(tmp_path / "nowhere", None).groups == []
