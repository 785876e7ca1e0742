"""One engine process as the window sees it: commands in, events out, and word of its death."""

import sys
from collections import deque
from time import perf_counter

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from explorer.protocol import Command, Event, Ready, decode_event, encode

TURN_S = 0.004
"""At most this long in events before the window gets its turn (a frame has 16 ms)."""
_LOG_TAIL = 4000


def engine_command(role: str, data_dir: str) -> list[str]:
    """The command line of a worker of this very program."""
    return [sys.executable, "-m", "explorer", "worker", role, data_dir]


class EngineClient(QObject):
    """Starts a worker and speaks the protocol with it.

    Signals: `received(Event)` for each event in order; `ready` when the worker spoke first;
    `ended(expected, words)` when its process is gone: `expected` after `stop()`, and `words` with the end
    of its stderr otherwise.
    """

    received = Signal(object)
    ready = Signal()
    ended = Signal(bool, str)

    def __init__(self, command: list[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = command
        self._lines: deque[bytes] = deque()
        self._partial = b""
        self._log = ""
        self._stopping = False
        self._gone = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self._handle_lines)
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_log)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._error)

    @property
    def pid(self) -> int:
        """The worker's process id, 0 when it does not run."""
        return self._process.processId()

    @property
    def running(self) -> bool:
        """Whether the process is there (or starting)."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    @property
    def log(self) -> str:
        """The end of what the worker wrote to stderr."""
        return self._log

    def start(self) -> None:
        """Start the process; commands sent from now on are kept until it reads them."""
        self._gone = self._stopping = False
        self._lines.clear()
        self._partial = b""
        self._process.start(self._command[0], self._command[1:])

    def send(self, command: Command) -> None:
        """Write one command. A command to a dead engine is dropped: `ended` has said so."""
        if self.running:
            self._process.write(encode(command))

    def stop(self) -> None:
        """Close the pipe: the worker puts the disk in order and ends by itself."""
        self._stopping = True
        if self.running:
            self._process.closeWriteChannel()

    def wait_for_end(self, timeout_ms: int) -> bool:
        """Block until the process has ended; only for the program's own last moments."""
        if self.running and not self._process.waitForFinished(timeout_ms):
            self._process.kill()
            return self._process.waitForFinished(1000)
        return True

    def _read(self) -> None:
        data = self._partial + bytes(self._process.readAllStandardOutput().data())
        *lines, self._partial = data.split(b"\n")
        self._lines.extend(lines)
        if not self._again.isActive():
            self._handle_lines()

    def _handle_lines(self) -> None:
        deadline = perf_counter() + TURN_S
        while self._lines:
            self._handle(self._lines.popleft())
            if perf_counter() > deadline:
                break
        if self._lines:
            self._again.start()
        elif self._gone:
            self._say_ended()

    def _handle(self, line: bytes) -> None:
        try:
            event: Event = decode_event(line)
        except msgspec.DecodeError as error:
            # Half a line of a dying worker, or another version's: said in the log, nothing to act on.
            self._log = (self._log + f"\n{error}: {line[:200]!r}")[-_LOG_TAIL:]
            return
        if isinstance(event, Ready):
            self.ready.emit()
        self.received.emit(event)

    def _read_log(self) -> None:
        text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        self._log = (self._log + text)[-_LOG_TAIL:]

    def _error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._log += self._process.errorString()
            self._finished()

    def _finished(self) -> None:
        self._read_log()
        self._gone = True
        self._read()  # whatever it said last comes before word of its end

    def _say_ended(self) -> None:
        self._gone = False
        self.ended.emit(self._stopping, self._log.strip())
