"""Server-sent events from bytes as they arrive: only their data, which is all that these servers use.

Source: WHATWG HTML, "Server-sent events", 9.2.5 and 9.2.6. Unlike there, bytes that are not UTF-8 are an
error, and so is a line without end: the peer may be anybody.
"""

from collections.abc import Iterator

MAX_LINE = 4 << 20
"""Bytes. A token with 20 alternatives takes some kilobytes."""


class NotEventsError(ValueError):
    """The bytes are no event stream that we can take; says why."""


class EventReader:
    """Feed bytes, get the data of each event that is complete."""

    def __init__(self, max_line: int = MAX_LINE) -> None:
        self._max_line = max_line
        self._partial = bytearray()
        self._data: list[str] = []
        self._size = 0
        self._first = True
        self._skip_newline = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Data of the events that `chunk` completes, one by one: those before a fault still come.

        Raises: NotEventsError; the reader is of no use then.
        """
        if not chunk:
            return
        if self._skip_newline:
            chunk = chunk.removeprefix(b"\n")
        self._skip_newline = chunk.endswith(b"\r")
        for line in chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").splitlines(keepends=True):
            self._partial += line
            if len(self._partial) > self._max_line:
                raise NotEventsError("a line has no end")
            if line.endswith(b"\n"):
                complete = bytes(self._partial[:-1])
                self._partial.clear()
                yield from self._take(complete)

    def _take(self, line: bytes) -> Iterator[str]:
        if self._first:
            line = line.removeprefix(b"\xef\xbb\xbf")
            self._first = False
        if not line:
            if self._data:
                yield "\n".join(self._data)
            self._data, self._size = [], 0
            return
        name, _, value = line.partition(b":")
        if name != b"data":
            return  # a comment, or a field that these servers do not use
        self._size += len(value)
        if self._size > self._max_line:
            raise NotEventsError("an event has no end")
        try:
            self._data.append(value.removeprefix(b" ").decode("utf-8"))
        except UnicodeDecodeError:
            raise NotEventsError("text that is not UTF-8") from None
