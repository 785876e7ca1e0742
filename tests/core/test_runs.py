"""Run folders: their logs, checkpoints' names, and the one writer."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from explorer.core.runs import (
    METRICS_FILE,
    RUN_FILE,
    RunFolder,
    RunLog,
    RunRecord,
    clear_abandoned,
    metric_line,
    metric_point,
    new_run_path,
    read_log,
    read_log_from,
    sample_line,
    sample_of,
)
from explorer.errors import InputError, StorageError
from explorer.protocol import MetricPoint, Sample
from tests.core.training.small_runs import record_of


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = tmp_path / "run"
    folder.mkdir()
    run = RunFolder(folder)
    run.write_record(record_of())
    return run


def point(step: int, val_loss: float | None = None) -> MetricPoint:
    return MetricPoint(
        step=step,
        train_loss=3.0 + 1 / 3,
        val_loss=val_loss,
        val_bpb=val_loss,
        learning_rate=1e-3,
        grad_norm=0.5,
        tokens_per_s=100.0,
        elapsed_s=step / 7,
    )


def write_points(run: RunFolder, *points: MetricPoint) -> None:
    lines = [msgspec.json.encode(metric_line(each)) + b"\n" for each in points]
    (run.path / METRICS_FILE).write_bytes(b"".join(lines))


# ---------------------------------------------------------------- what a list shows


def test_a_run_tells_its_newest_numbers(run: RunFolder) -> None:
    write_points(run, point(1, 4.0), *map(point, range(2, 30)))
    info = run.info()
    assert (info.run, info.name, info.status, info.step) == ("run", "A run", "interrupted", 29)
    assert (info.train_loss, info.val_loss, info.vocab_size) == (3.0 + 1 / 3, 4.0, 300)


def test_a_run_before_its_first_step(run: RunFolder) -> None:
    info = run.info()
    assert (info.step, info.train_loss, info.val_loss, info.checkpoint) == (0, None, None, "")


def test_strange_lines_are_passed_over(run: RunFolder) -> None:
    write_points(run, point(1, 4.0), point(2))
    with (run.path / METRICS_FILE).open("ab") as stream:
        stream.write(b'\xff\xfe\n[1]\n{"step":"3"}\n{"step":4}\n{"step":5,"train/loss":null}\n')
        stream.write(b'{"step":6,"train/loss":"low"}\n{"step":7,"train/loss":1.0,"val/loss":"\xff"}\n\n')
        stream.write(b'{"step":8,"train/lo')
    info = run.info()
    assert (info.step, info.train_loss, info.val_loss) == (2, 3.0 + 1 / 3, 4.0)
    assert [line["step"] for line in read_log(run.path / METRICS_FILE)] == [1, 2, 4, 5, 6]


@pytest.mark.parametrize("content", [b"", b"{}", b"{", b"\xff", b"[]", b'{"name": 3}', None])
def test_a_damaged_record_is_an_error_in_words(run: RunFolder, content: bytes | None) -> None:
    (run.path / RUN_FILE).unlink()
    if content is not None:
        (run.path / RUN_FILE).write_bytes(content)
    with pytest.raises(InputError, match="holds no run that can be read"):
        run.info()


def test_states(run: RunFolder) -> None:
    assert run.info().status == "interrupted"
    run.write_record(msgspec.structs.replace(run.record(), finished=True))
    assert run.info().status == "finished"
    run.write_record(msgspec.structs.replace(run.record(), finished=False, failure="It broke."))
    assert run.info().status == "failed"
    with run:
        assert run.info().status == "running" and run.writer() == os.getpid()
    assert run.info().status == "failed"


# ---------------------------------------------------------------- checkpoints


def test_checkpoints_are_in_the_order_of_their_steps(run: RunFolder) -> None:
    for step in (20, 999_999, 1_000_000, 5):
        run.checkpoint_path(step).mkdir(parents=True)
    for name in ("step-x", ".partial-step-000030-1", "step-000040.bak", "damaged-step-000050"):
        (run.path / "checkpoints" / name).mkdir()
    steps = [5, 20, 999_999, 1_000_000]
    assert run.checkpoints() == [run.checkpoint_path(step) for step in steps]
    assert run.newest_checkpoint() == run.checkpoint_path(1_000_000)
    run.prune_checkpoints(2)
    assert run.checkpoints() == [run.checkpoint_path(step) for step in steps[2:]]
    run.prune_checkpoints(2)
    run.set_aside_checkpoints_after(999_999)
    assert run.checkpoints() == [run.checkpoint_path(999_999)]


# ---------------------------------------------------------------- logs


def test_a_point_goes_to_disk_and_back() -> None:
    for each in (point(1), point(2, 4.5)):
        assert metric_point(metric_line(each)) == each
        assert metric_point(msgspec.json.decode(msgspec.json.encode(metric_line(each)))) == each
    assert set(metric_line(point(1))) >= {"step", "train/loss"} and "val/loss" not in metric_line(point(1))
    assert metric_line(point(2, 4.5))["val/loss"] == 4.5
    sample = Sample(step=3, text="Once 😀\n", temperature=0.8)
    assert sample_of(sample_line(sample)) == sample
    assert sample_of({"step": 3}) is None and sample_of({"step": 3, "text": 1, "temperature": 1}) is None


def test_another_programs_line_is_read_as_far_as_it_goes() -> None:
    known = metric_point({"step": 7, "train/loss": 2, "gpu": 3})
    assert known is not None and (known.step, known.train_loss, known.learning_rate) == (7, 2.0, 0.0)
    assert known.series == {"gpu": 3.0}


def test_a_stages_own_numbers_go_to_disk_and_back() -> None:
    own = msgspec.structs.replace(point(3), train_loss=None, series={"reward": 0.25, "share_right": 1.0})
    line = metric_line(own)
    assert line["reward"] == 0.25 and "train/loss" not in line
    assert metric_point(msgspec.json.decode(msgspec.json.encode(line))) == own
    clashing = msgspec.structs.replace(point(3), series={"step": 99.0, "lr": 7.0})
    assert metric_point(metric_line(clashing)) == point(3)
    odd = metric_point({"step": 3, "reward": 1, "right": True, "kl": float("inf"), "note": "x"})
    assert odd is not None and odd.series == {"reward": 1.0}


def test_a_log_goes_on_after_a_step(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"step":1,"x":0.1}\nrubbish\n{"step":2}\n{"step":3}\n{"ste')
    log = RunLog(path, keep_to_step=2)
    log.append({"step": 3, "again": True})
    assert path.read_bytes() == b'{"step":1,"x":0.1}\n{"step":2}\n{"step":3,"again":true}\n'
    log.sync()
    log.close()


def test_a_log_that_cannot_be_read_is_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").mkdir()
    with pytest.raises(StorageError):
        RunLog(tmp_path / "log.jsonl", 0)
    assert [path.name for path in tmp_path.iterdir()] == ["log.jsonl"]


def test_reading_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"step":1}\n{"step":2}\n{"st')
    (_, _), (end, line) = read_log_from(path, 0)
    assert line == {"step": 2}
    with path.open("ab") as stream:
        stream.write(b'ep":3}\n')
    assert [line for _, line in read_log_from(path, end)] == [{"step": 3}]


# ---------------------------------------------------------------- the one writer


def test_a_second_writer_is_refused(run: RunFolder) -> None:
    with run:
        for _ in range(2):
            with pytest.raises(InputError, match=f"being trained already, by process {os.getpid()}"):
                RunFolder(run.path).__enter__()
    with RunFolder(run.path):
        pass


def test_another_process_is_named_and_its_death_frees_the_run(run: RunFolder) -> None:
    code = """
import sys
from pathlib import Path
from explorer.core.runs import RunFolder
held = RunFolder(Path(sys.argv[1])).__enter__()
print("in", flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", code, str(run.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert run.writer() == process.pid
        with pytest.raises(InputError, match=f"by process {process.pid}"):
            run.__enter__()
        # Even with the file's words gone, the system's own lock holds.
        (run.path / "run.lock").write_bytes(b"")
        with pytest.raises(InputError, match="being trained already"):
            run.__enter__()
        process.kill()
    assert run.writer() is None
    with run:
        assert run.writer() == os.getpid()


@pytest.mark.parametrize("lock", ["dead", "reused", "torn", "binary"])
def test_a_stale_lock_is_not_in_the_way(run: RunFolder, lock: str) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    parent = psutil.Process(os.getppid())
    content = {
        "dead": msgspec.json.encode({"pid": process.pid, "started_s": 1.0}),
        "reused": msgspec.json.encode({"pid": parent.pid, "started_s": parent.create_time() - 1000}),
        "torn": b'{"pid": 1',
        "binary": b"\xff\0",
    }[lock]
    (run.path / "run.lock").write_bytes(content)
    assert run.writer() is None
    with run:
        assert run.writer() == os.getpid()


def test_a_clock_that_was_put_right_does_not_let_a_second_one_in(run: RunFolder) -> None:
    parent = psutil.Process(os.getppid())
    started_s = parent.create_time() - 5
    (run.path / "run.lock").write_bytes(msgspec.json.encode({"pid": parent.pid, "started_s": started_s}))
    assert run.writer() == parent.pid
    with pytest.raises(InputError, match=f"by process {parent.pid}"):
        run.__enter__()


def test_the_writer_clears_what_a_kill_left(run: RunFolder) -> None:
    (run.path / "checkpoints" / ".partial-step-000001-1").mkdir(parents=True)
    (run.path / ".partial-run.json-1").write_text("{")
    with run:
        assert sorted(path.name for path in run.path.rglob("*")) == ["checkpoints", "run.json", "run.lock"]


def test_no_run_no_writer(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no run"):
        RunFolder(tmp_path).__enter__()
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- new folders


def test_a_new_run_gets_a_name_that_is_free(tmp_path: Path) -> None:
    first = new_run_path(tmp_path, "../My text: 中文/" + "x" * 300)
    assert first.parent == tmp_path and "My-text--中文" in first.name and len(first.name) < 60
    first.mkdir()
    taken = {first}
    for _ in range(3):
        path = new_run_path(tmp_path, "../My text: 中文/" + "x" * 300)
        assert path not in taken
        taken.add(path)
        path.with_name(f".partial-{path.name}-12").mkdir()  # being prepared
    assert new_run_path(tmp_path, "...").name.endswith("-run")


def test_what_a_killed_preparation_left_is_cleared(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    for name in (f".partial-a-{process.pid}", f".partial-b-{os.getpid()}", ".partial-other", "c"):
        (tmp_path / name).mkdir()
    clear_abandoned(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        f".partial-b-{os.getpid()}",
        ".partial-other",
        "c",
    }
    clear_abandoned(tmp_path / "not there yet")


def test_a_record_of_a_later_version_is_read(run: RunFolder) -> None:
    record = msgspec.to_builtins(run.record()) | {"invented": "later"}
    (run.path / RUN_FILE).write_bytes(msgspec.json.encode(record))
    assert isinstance(run.record(), RunRecord)
