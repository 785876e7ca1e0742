"""A model from the hub into the folder of models: planned, fetched, and only then under its own name."""

import shutil
from collections.abc import AsyncGenerator, Generator, Sequence
from pathlib import Path

import httpx2

from explorer.core.hub.facts import DownloadDone, DownloadPlanned, Fact, FileDone, HubFile
from explorer.core.hub.fetch import fetch, have_bytes, unreachable
from explorer.core.hub.record import UNFINISHED, read_record, remember
from explorer.core.hub.repository import Repository, look_up
from explorer.core.pump import pump
from explorer.core.storage import storage_errors
from explorer.errors import InputError, StorageError

_SPARE_BYTES = 256 << 20
"""A disk must not become quite full."""


def folder_of(models_dir: Path, repo: str) -> Path:
    """Where a repository's files stand: `owner--name`."""
    return models_dir / repo.replace("/", "--")


def check_name(repo: str) -> None:
    """A name must not lead out of the folder of models. Raises: InputError."""
    if repo.count("/") > 1 or not all(part.strip(". ") for part in repo.split("/")) or "\\" in repo:
        raise InputError("{repo} is not a repository's name. Write it as OWNER/NAME.", repo=repr(repo))


def missing_bytes(folder: Path, files: Sequence[HubFile]) -> int:
    """Of `files`, what neither stands in `folder` nor has begun to come."""
    work = folder.with_name(UNFINISHED + folder.name)
    missing = [file for file in files if not (_is_here(folder, file) or _is_here(work, file))]
    return sum(file.size_bytes - min(have_bytes(work, file), file.size_bytes) for file in missing)


def download(
    repo: str,
    models_dir: Path,
    *,
    revision: str | None = None,
    include: Sequence[str] = (),
    endpoint: str | None = None,
) -> Generator[Fact | None]:
    """Fetch a repository's model: `DownloadPlanned`, progress, at last `DownloadDone`.

    None stands for "nothing yet". Close the generator to stop: what had come is kept, and the same call goes
    on from there. Nothing stands under the final name before it is whole. `endpoint`: another hub than
    HF_ENDPOINT or huggingface.co. Raises: InputError, RemoteError, DamagedFileError, StorageError.
    """
    check_name(repo)
    return pump(_download(repo, models_dir, revision, include, endpoint))


async def _download(
    repo: str, models_dir: Path, revision: str | None, include: Sequence[str], endpoint: str | None
) -> AsyncGenerator[Fact]:
    repository = await look_up(repo, revision, include, endpoint)
    final = folder_of(models_dir, repo)
    work = final.with_name(UNFINISHED + final.name)
    with storage_errors(work):
        work.mkdir(parents=True, exist_ok=True)
    with _only_one(work, repo):
        plan = _plan(repository, final, work)
        yield plan
        _check_room(work, plan)
        remember(work, repository, [], include, plan.total_bytes)
        done_before = 0
        timeout = httpx2.Timeout(30.0, connect=15.0)
        async with httpx2.AsyncClient(timeout=timeout, follow_redirects=True, max_redirects=5) as client:
            for file in plan.files:
                with unreachable():
                    async for fact in fetch(client, repository, file, work, done_before):
                        if isinstance(fact, FileDone):
                            remember(work, repository, [file])
                        yield fact
                done_before += file.size_bytes
        _put_in_place(work, final, repository)
    yield DownloadDone(final)


def _plan(repository: Repository, final: Path, work: Path) -> DownloadPlanned:
    missing = tuple(file for file in repository.files if not (_is_here(final, file) or _is_here(work, file)))
    return DownloadPlanned(
        repository.repo,
        repository.commit,
        final,
        missing,
        sum(file.size_bytes for file in missing),
        sum(min(have_bytes(work, file), file.size_bytes) for file in missing),
    )


def _is_here(folder: Path, file: HubFile) -> bool:
    record, path = read_record(folder), folder / file.path
    return (
        record is not None
        and record.digests.get(file.path) == file.digest
        and path.is_file()
        and path.stat().st_size == file.size_bytes
    )


def _check_room(work: Path, plan: DownloadPlanned) -> None:
    with storage_errors(work):
        free = shutil.disk_usage(work).free
    need = plan.total_bytes - plan.have_bytes + (_SPARE_BYTES if plan.files else 0)
    if free < need:
        raise StorageError(
            "{repo} needs {need} MB, and the disk of {path} has {free} MB left. Make room, or choose another "
            "folder with --data-dir.",
            repo=plan.repo,
            need=round(need / 1e6),
            free=round(free / 1e6),
            path=str(plan.folder.parent),
        )


def _only_one(work: Path, repo: str) -> "_Lock":
    return _Lock(work.with_name(work.name + ".lock"), repo)


class _Lock:
    """One download of a repository at a time; the system opens the lock when a process dies."""

    def __init__(self, path: Path, repo: str) -> None:
        from filelock import FileLock

        self._lock, self._repo = FileLock(path, timeout=0), repo

    def __enter__(self) -> None:
        from filelock import Timeout

        try:
            self._lock.acquire()
        except Timeout:
            raise InputError(
                "{repo} is being downloaded already. Wait until that is done.", repo=self._repo
            ) from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _put_in_place(work: Path, final: Path, repository: Repository) -> None:
    """What is whole goes under its own name; parts of files that nobody wants any more go away."""
    with storage_errors(final):
        if not final.exists():
            for left in work.rglob("*.part"):
                left.unlink()
            work.rename(final)
            return
        moved = [file for file in repository.files if _is_here(work, file)]
        for file in moved:
            (final / file.path).parent.mkdir(parents=True, exist_ok=True)
            (work / file.path).replace(final / file.path)
        shutil.rmtree(work)
    remember(final, repository, moved)
