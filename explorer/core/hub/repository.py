"""What the hub says about a repository, its trouble in sentences."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2

from explorer.core.hub.choice import Offer, choose_files, offers_of
from explorer.core.hub.facts import HubFile
from explorer.errors import DamagedFileError, InputError, RemoteError

try:
    import huggingface_hub
    from huggingface_hub import errors as hub_errors
except ImportError:  # the extra `hub` is not installed: said when somebody asks, see `_need_hub`
    huggingface_hub = None
    hub_errors = None

T = TypeVar("T")
_PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at one commit."""

    repo: str
    commit: str
    files: tuple[HubFile, ...]
    """Those chosen."""
    urls: dict[str, str]
    """By path."""
    headers: dict[str, str]
    """For the hub itself, with the person's token if there is one; never for where it redirects to."""


async def look_up(
    repo: str, revision: str | None, include: Sequence[str], endpoint: str | None
) -> Repository:
    """Ask the hub. Raises: InputError, RemoteError, DamagedFileError."""
    described = await _describe(repo, revision, endpoint)
    names = choose_files(repo, list(described.siblings), include)
    return await _chosen(described, names)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a repository has to offer."""

    repo: str
    terms: str
    """The licence by its name, as the hub has it; empty if it tells none."""
    offers: tuple[tuple[Offer, tuple[HubFile, ...]], ...]


async def survey(repo: str, endpoint: str | None) -> Survey:
    """Ask the hub for everything that could be fetched. Raises: as `look_up`."""
    described = await _describe(repo, None, endpoint)
    names = list(described.siblings)
    offers = [
        (offer, (await _chosen(described, choose_files(repo, names, offer.include))).files)
        for offer in offers_of(repo, names)
    ]
    return Survey(repo, described.terms, tuple(offers))


@dataclass(frozen=True, slots=True)
class _Described:
    """The hub's own answer, checked as far as it counts."""

    repo: str
    commit: str
    siblings: dict[str, Any]
    terms: str
    endpoint: str


async def _describe(repo: str, revision: str | None, endpoint: str | None) -> _Described:
    hub = _need_hub()
    api = hub.HfApi(endpoint=endpoint)
    info = await _ask(
        repo,
        revision,
        lambda: api.model_info(repo, revision=revision, files_metadata=True, timeout=_PATIENCE_S),
    )
    siblings = {sibling.rfilename: sibling for sibling in info.siblings or ()}
    commit = info.sha
    if not (isinstance(commit, str) and commit.isalnum() and len(commit) <= 64):
        raise _strange(repo, "no commit")
    tags = [tag for tag in info.tags or () if isinstance(tag, str) and tag.startswith("license:")]
    terms = tags[0].removeprefix("license:")[:80] if tags else ""
    return _Described(repo, commit, siblings, terms, api.endpoint)


async def _chosen(described: _Described, names: Sequence[str]) -> Repository:
    hub = _need_hub()
    repo, commit = described.repo, described.commit
    urls = {name: hub.hf_hub_url(repo, name, revision=commit, endpoint=described.endpoint) for name in names}
    headers: dict[str, str] = hub.utils.build_hf_headers(library_name="llm-explorer")
    files = [await _described(repo, described.siblings[name], urls[name], headers) for name in names]
    return Repository(repo, commit, tuple(files), urls, headers)


async def _described(repo: str, sibling: Any, url: str, headers: dict[str, str]) -> HubFile:
    lfs = sibling.lfs
    size = lfs.size if lfs is not None else sibling.size
    digest = lfs.sha256 if lfs is not None else sibling.blob_id
    if size is None:  # a mirror that does not list sizes
        hub = _need_hub()
        found = await _ask(
            repo, None, lambda: hub.get_hf_file_metadata(url, headers=headers, timeout=_PATIENCE_S)
        )
        size, digest = found.size, found.etag
    if not isinstance(size, int) or not 0 <= size < 1 << 50:
        raise _strange(repo, f"no size for {sibling.rfilename}")
    known = isinstance(digest, str) and len(digest) in (40, 64) and set(digest) <= set("0123456789abcdef")
    return HubFile(sibling.rfilename, size, digest if known else "")


async def _ask(repo: str, revision: str | None, question: Callable[[], T]) -> T:
    """Run a blocking call of the library beside the loop. Its exceptions become sentences."""
    assert hub_errors is not None
    try:
        return await asyncio.to_thread(question)
    except hub_errors.GatedRepoError:
        raise RemoteError(
            "{repo} asks everyone to accept its terms first. Do so on its page, log in with `hf auth login`, "
            "and try again.",
            repo=repo,
        ) from None
    except hub_errors.RevisionNotFoundError:
        raise InputError(
            "{repo} has no revision {revision}. Name a branch, tag or commit that it has.",
            repo=repo,
            revision=revision or "main",
        ) from None
    except hub_errors.HFValidationError:
        raise InputError(
            "{repo} is not a repository's name. Write it as OWNER/NAME.", repo=repr(repo)
        ) from None
    except hub_errors.OfflineModeIsEnabled:
        raise RemoteError(
            "The environment variable HF_HUB_OFFLINE forbids to ask the hub. Unset it to download."
        ) from None
    except hub_errors.HfHubHTTPError as error:
        raise refused(repo, error.response.status_code) from None
    except (httpx2.HTTPError, OSError) as error:
        raise RemoteError(
            "The hub cannot be reached ({reason}). Check the network, or HF_ENDPOINT if it is set.",
            reason=" ".join(str(error).split())[:200] or type(error).__name__,
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _strange(repo, f"{type(error).__name__}: {error}"[:200]) from None


def refused(repo: str, status: int) -> RemoteError | InputError:
    """The sentence for an answer of the hub that is no file."""
    if status == 401:
        return RemoteError(
            "The hub has no {repo}, or only for people with access. Check the name; for a private one, log "
            "in with `hf auth login`.",
            repo=repo,
        )
    if status == 403:
        return RemoteError(
            "The hub does not allow you to have {repo}. Ask for access on its page, and log in with "
            "`hf auth login`.",
            repo=repo,
        )
    if status == 404:
        return InputError("The hub has no {repo}, or not all of its files. Check the name.", repo=repo)
    if status == 429:
        return RemoteError("The hub has had enough requests for now. Try again in some minutes.")
    return RemoteError(
        "The hub answers with {status}. Try again later; what is already here is kept.", status=status
    )


def _strange(repo: str, reason: str) -> DamagedFileError:
    return DamagedFileError(
        "What the hub says about {repo} makes no sense ({reason}). Check HF_ENDPOINT if it is set.",
        repo=repo,
        reason=reason,
    )


def _need_hub() -> Any:
    if huggingface_hub is None:
        raise InputError(
            "Downloads need the package huggingface_hub. Run `pip install 'llm-explorer[hub]'` and try again."
        )
    return huggingface_hub
