"""OpenAI-compatible servers: named, tested, forgotten, and asked. Keys stay in the system's keyring."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from explorer.core.pump import last_of
from explorer.core.remote import known
from explorer.core.remote.address import Server, is_loopback
from explorer.core.remote.facts import RowEnded, TextArrived
from explorer.core.remote.keys import forget_key, keep_key, kept_key
from explorer.core.remote.model import RemoteModel, Wish, list_models
from explorer.errors import InputError
from explorer.protocol import (
    AddServer,
    AskServer,
    Command,
    ListModels,
    ProbeServer,
    RemoveServer,
    ScoredToken,
    ServerEnded,
    ServerProbed,
    ServerSaid,
)
from explorer.services import Job

_SCHEME = "server:"


class ServerService:
    """Knows servers.json of `data_dir`. `list_again` is the job that answers `ListModels`."""

    commands: tuple[type[Command], ...] = (AddServer, ProbeServer, RemoveServer, AskServer)

    def __init__(self, data_dir: str, list_again: Callable[[ListModels], Job]) -> None:
        self._data_dir = Path(data_dir)
        self._list_again = list_again

    def close(self) -> None:
        """Connections end with their jobs."""

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        match command:
            case AddServer():
                return self._add(command)
            case ProbeServer():
                return self._probe(command.job, command.name)
            case RemoveServer():
                return self._remove(command)
            case _:
                assert isinstance(command, AskServer)
                return self._ask(command)

    def _add(self, command: AddServer) -> Job:
        server = known.add_server(self._data_dir, command.name.strip(), command.url)
        yield from self._list_again(ListModels(job=command.job))
        if command.key.strip():
            keep_key(server.url, command.key)
        yield from self._probe(command.job, server.name)

    def _probe(self, job: str, name: str) -> Job:
        url = known.find_server(self._data_dir, name).url
        key = kept_key(url)
        found = yield from last_of(list_models(Server(url, key)))
        known.remember_models(self._data_dir, name, found)
        yield from self._list_again(ListModels(job=job))
        open_key = key is not None and url.startswith("http://") and not is_loopback(url)
        yield ServerProbed(job=job, name=name, models=found, unprotected_key=open_key)

    def _remove(self, command: RemoveServer) -> Job:
        gone = known.remove_server(self._data_dir, command.name)
        shared = any(one.url == gone.url for one in known.read_servers(self._data_dir))
        yield from self._list_again(ListModels(job=command.job))
        if not shared and kept_key(gone.url) is not None:
            forget_key(gone.url)

    def _ask(self, command: AskServer) -> Job:
        if not command.text.strip():
            raise InputError("There is nothing to answer. Write a message first.")
        name, _, model = command.path.removeprefix(_SCHEME).partition("#")
        url = known.find_server(self._data_dir, name).url
        began = monotonic()
        wish = Wish(max_tokens=command.max_tokens, top_logprobs=0)
        facts = RemoteModel(Server(url, kept_key(url)), model).chat(
            [{"role": "user", "content": command.text}], wish
        )
        try:
            for fact in facts:
                match fact:
                    case TextArrived():
                        yield ServerSaid(
                            job=command.job,
                            channel=fact.channel,
                            text=fact.text,
                            tokens=[ScoredToken(text=one.text, logprob=one.logprob) for one in fact.tokens],
                        )
                    case RowEnded():
                        yield ServerEnded(
                            job=command.job,
                            stop_reason=fact.stop_reason,
                            tokens=fact.tokens,
                            elapsed_s=monotonic() - began,
                        )
                    case _:
                        yield None
        finally:
            facts.close()
