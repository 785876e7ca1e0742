"""One file from the hub to the disk: goes on where it was, and counts only when its fingerprint fits.

Bytes go to `NAME.FINGERPRINT.part`; the file takes its name when it is whole and checked. A connection that
breaks is taken up again a few times.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx2

from explorer.core.hub.facts import ConnectionLost, FileChecking, FileDone, FileProgress, HubFile
from explorer.core.hub.repository import Repository, refused
from explorer.core.storage import storage_errors
from explorer.errors import DamagedFileError, RemoteError

TRIES = 5
"""In a row without a byte."""
PAUSE_S = 0.5
"""Before the second try; then twice as long each time."""
_BLOCK = 4 << 20
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


def part_of(folder: Path, file: HubFile) -> Path:
    """Where the file grows. Another content under the same name grows elsewhere."""
    return folder / f"{file.path}.{file.digest[:12] or file.size_bytes}.part"


def have_bytes(folder: Path, file: HubFile) -> int:
    """What an earlier try has left."""
    part = part_of(folder, file)
    return part.stat().st_size if part.is_file() else 0


async def fetch(
    client: httpx2.AsyncClient, repository: Repository, file: HubFile, folder: Path, done_before: int
) -> AsyncGenerator[FileProgress | FileChecking | ConnectionLost | FileDone]:
    """Bring `file` into `folder`. `done_before`: bytes of other files, for the sum.

    Raises: RemoteError; DamagedFileError if the content is not what the hub announced: it is deleted;
    StorageError. What had come is kept otherwise.
    """
    part = part_of(folder, file)
    with storage_errors(part):
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as sink:
            tries = TRIES
            while (have := sink.tell()) < file.size_bytes:
                before = have
                try:
                    async for have in _stream(client, repository, file, sink):
                        yield FileProgress(file.path, have, file.size_bytes, done_before + have)
                except httpx2.TransportError:
                    pass
                if have >= file.size_bytes:
                    break
                tries = TRIES if have > before else tries - 1
                if not tries:
                    raise _gave_up(file, have)
                yield ConnectionLost(file.path, have, tries)
                await asyncio.sleep(PAUSE_S * 2 ** (TRIES - tries))
            sink.flush()
            os.fsync(sink.fileno())
        async for checking in _check(file, part):
            yield checking
        part.replace(folder / file.path)
    yield FileDone(file.path)


async def _stream(
    client: httpx2.AsyncClient, repository: Repository, file: HubFile, sink: BinaryIO
) -> AsyncGenerator[int]:
    """Append what the hub sends: after each piece, how many bytes are here."""
    have = sink.tell()
    headers = dict(repository.headers) | {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    async with client.stream("GET", repository.urls[file.path], headers=headers) as response:
        if response.status_code >= 500:
            raise httpx2.ReadError("the hub has a problem of its own")  # worth another try
        if response.status_code == 416 or (
            response.status_code == 206 and not _goes_on(response, file, have)
        ):
            sink.truncate(0)  # what is here is not a beginning of it: begin again
            sink.seek(0)
            return
        if response.status_code == 200 and have:
            sink.truncate(0)  # it does not know Range and sends everything
            sink.seek(0)
            have = 0
        elif response.status_code not in (200, 206):
            raise refused(f"{repository.repo}/{file.path}", response.status_code)
        announced = response.headers.get("content-length")
        if announced is not None and announced != str(file.size_bytes - have):
            raise _wrong_size(file)
        async for chunk in response.aiter_raw():
            have += len(chunk)
            if have > file.size_bytes:
                raise _wrong_size(file)
            sink.write(chunk)
            yield have


def _goes_on(response: httpx2.Response, file: HubFile, have: int) -> bool:
    found = _RANGE.fullmatch(response.headers.get("content-range", ""))
    return found is not None and (int(found[1]), int(found[2])) == (have, file.size_bytes)


async def _check(file: HubFile, part: Path) -> AsyncGenerator[FileChecking]:
    """Compare the content with the hub's fingerprint. Raises: DamagedFileError; then it is deleted."""
    if not file.digest:
        return
    if len(file.digest) == 64:
        digest = hashlib.sha256()
    else:
        digest = hashlib.sha1(b"blob %d\0" % file.size_bytes, usedforsecurity=False)
    checked = 0
    with part.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
            checked += len(block)
            yield FileChecking(file.path, checked, file.size_bytes)
    if digest.hexdigest() != file.digest:
        part.unlink()
        raise DamagedFileError(
            "{file} arrived damaged and was deleted. Run the same command again to fetch it anew.",
            file=file.path,
        )


def _wrong_size(file: HubFile) -> DamagedFileError:
    return DamagedFileError(
        "{file} is not as large as the hub says ({size} bytes). Try again; if it stays so, do not use it.",
        file=file.path,
        size=file.size_bytes,
    )


def _gave_up(file: HubFile, have: int) -> RemoteError:
    return RemoteError(
        "The connection to the hub breaks again and again. {have} of {size} bytes of {file} are kept: run "
        "the same command to go on from there.",
        file=file.path,
        have=have,
        size=file.size_bytes,
    )


@contextmanager
def unreachable() -> Generator[None]:
    """Turn what is left of the network's trouble into a sentence. Raises: RemoteError."""
    try:
        yield
    except httpx2.HTTPError as error:
        raise RemoteError(
            "The hub cannot be reached ({reason}). Check the network, or HF_ENDPOINT if it is set.",
            reason=" ".join(str(error).split())[:200] or type(error).__name__,
        ) from error
