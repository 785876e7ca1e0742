"""A whole program in small, for tests of where engines run: `python fake_engine.py worker ROLE DATA_DIR`.

Answers every command with what it is and where it was asked, as a draft's text.
"""

import sys
from pathlib import Path

from explorer.paths import OWN_DATA_DIR, default_data_dir
from explorer.protocol import (
    Cancel,
    DraftLoaded,
    JobCancelled,
    Message,
    Ready,
    StartTraining,
    decode_command,
    encode,
)

_, worker, role, data_dir = sys.argv
assert worker == "worker"
if data_dir == OWN_DATA_DIR:
    data_dir = str(default_data_dir())


def say(message: Message) -> None:
    sys.stdout.buffer.write(encode(message))
    sys.stdout.buffer.flush()


print("Welcome to gpubox! This line is a greeting of the machine, not of the engine.", flush=True)
say(Ready(pid=1, version="9.9", machine="gpubox", data_dir=data_dir))
for line in sys.stdin.buffer:
    command = decode_command(line)
    if isinstance(command, Cancel):
        say(JobCancelled(job=command.job))
    else:
        where = command.runs_dir if isinstance(command, StartTraining) else str(Path.cwd())
        say(DraftLoaded(job=command.job, name=f"{role} {type(command).__name__}", text=where))
