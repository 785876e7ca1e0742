"""`llm-explorer server`: the OpenAI-compatible servers that the person uses, and their keys."""

import argparse
import json
import sys

from explorer.commands.data_dir import add_data_dir
from explorer.commands.generate_remote import add_key_options, read_key


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "server",
        help="name OpenAI-compatible servers and keep their keys",
        description="Servers that speak OpenAI's protocol: vLLM, llama.cpp, Ollama, LM Studio. A model there "
        "is `generate --model server:NAME#MODEL`.",
    )
    add_data_dir(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="keep a server's address under a name")
    add.add_argument("name", metavar="NAME")
    add.add_argument("url", metavar="URL", help="its base address: http://localhost:8080/v1")
    add.add_argument("--model", default="", metavar="MODEL", help="the model to use if none is named")
    listing = actions.add_parser("list", help="the servers kept")
    listing.add_argument("--json", action="store_true", help="print a list of {name, url, model}")
    remove = actions.add_parser("remove", help="forget a server and its key")
    remove.add_argument("name", metavar="NAME")
    key = actions.add_parser("set-key", help="put a server's key into the system's keyring")
    key.add_argument("name", metavar="NAME", help="the key itself is asked for, or read from standard input")
    models = actions.add_parser("models", help="ask a server which models it has")
    models.add_argument("name", metavar="NAME|URL")
    add_key_options(models)
    for action in (add, listing, remove, key, models):
        add_data_dir(action, default=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Raises: InputError, RemoteError, StorageError, DamagedFileError."""
    return _ACTIONS[arguments.action](arguments)


def _add(arguments: argparse.Namespace) -> int:
    from explorer.core.remote.known import add_server

    server = add_server(arguments.data_dir, arguments.name, arguments.url, arguments.model)
    print(f"{server.name}: {server.url}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from explorer.core.remote.known import read_servers

    servers = read_servers(arguments.data_dir)
    if arguments.json:
        print(json.dumps([{"name": one.name, "url": one.url, "model": one.model} for one in servers]))
        return 0
    width = max((len(one.name) for one in servers), default=0)
    for one in servers:
        print(f"{one.name:{width}}  {one.url}  {one.model}".rstrip())
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from explorer.core.remote.keys import forget_key, kept_key
    from explorer.core.remote.known import read_servers, remove_server

    gone = remove_server(arguments.data_dir, arguments.name)
    shared = any(one.url == gone.url for one in read_servers(arguments.data_dir))
    if not shared and kept_key(gone.url) is not None:
        forget_key(gone.url)
    return 0


def _set_key(arguments: argparse.Namespace) -> int:
    from explorer.core.remote.address import is_loopback
    from explorer.core.remote.keys import keep_key
    from explorer.core.remote.known import find_server

    url = find_server(arguments.data_dir, arguments.name).url
    keep_key(url, read_key(url))
    if url.startswith("http://") and not is_loopback(url):
        print(
            f"{url} is not encrypted: the key travels in the open. Use https:// if it can.", file=sys.stderr
        )
    return 0


def _models(arguments: argparse.Namespace) -> int:
    from explorer.commands.generate_remote import server_at, tame
    from explorer.core.pump import wait_for
    from explorer.core.remote.address import base_url, is_remote
    from explorer.core.remote.known import find_server
    from explorer.core.remote.model import list_models

    name: str = arguments.name
    url = base_url(name) if is_remote(name) else find_server(arguments.data_dir, name).url
    for model in wait_for(list_models(server_at(url, arguments))):
        print(tame(model))
    return 0


_ACTIONS = {"add": _add, "list": _list, "remove": _remove, "set-key": _set_key, "models": _models}
