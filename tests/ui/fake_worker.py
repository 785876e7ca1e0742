"""A worker that misbehaves on purpose: `python fake_worker.py MODE`. Speaks the real framing."""

import os
import signal
import sys

READY = b'{"type":"Ready","job":"","pid":%d,"version":"0"}\n' % os.getpid()
DRAFT = b'{"type":"DraftLoaded","job":"j","name":"n","text":"%d"}\n'


def say(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def main(mode: str) -> None:
    if mode == "never-speaks":
        sys.stdin.buffer.read()
        return
    say(READY)
    if mode == "flood":
        say(b"".join(DRAFT % i for i in range(5000)))
        sys.stdin.buffer.read()
    elif mode == "torn-lines":
        line = DRAFT % 1
        for byte in line:
            say(bytes([byte]))
        say(DRAFT % 2 + b'{"type":"DraftLoaded","job":"j","na')
        os.kill(os.getpid(), signal.SIGKILL)
    elif mode == "crash":
        sys.stderr.write("something broke in here\n")
        sys.stderr.flush()
        sys.exit(3)
    elif mode == "nonsense":
        say(b"not json\n" + b'{"type":"NoSuchEvent"}\n' + DRAFT % 7)
        sys.stdin.buffer.read()
    elif mode == "echo":
        for _ in sys.stdin.buffer:
            say(DRAFT % 1)


main(sys.argv[1])
