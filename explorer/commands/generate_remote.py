"""`llm-explorer generate --model http://...`: the model is at an OpenAI-compatible server."""

import argparse
import getpass
import json
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from explorer.errors import InputError, RemoteError
from explorer.protocol import SamplerSettings

if TYPE_CHECKING:
    from explorer.core.remote.address import Server
    from explorer.core.remote.facts import Fact, TokenScore
    from explorer.core.remote.model import RemoteModel

_INTERRUPTED = 130
_KNOWN = "server:"


def add_options(group: "argparse._ArgumentGroup") -> None:  # pyright: ignore[reportPrivateUsage]
    """What only a model at a server can be told."""
    add_key_options(group)
    group.add_argument(
        "--timeout",
        type=float,
        metavar="S",
        help="how long the server may be silent (default: 600 s for the first token, then 60 s)",
    )


def add_key_options(group: "argparse._ActionsContainer") -> None:  # pyright: ignore[reportPrivateUsage]
    """Where the key comes from, if not from the keyring."""
    choice = group.add_mutually_exclusive_group()
    choice.add_argument("--api-key-env", metavar="VAR", help="the environment variable that holds the key")
    choice.add_argument("--ask-key", action="store_true", help="ask for the key, and keep it nowhere")


def is_remote(model: str) -> bool:
    """Whether `--model` names a server: `http://host:port/v1#name` or `server:NAME#name`."""
    return model.lower().startswith(("http://", "https://", _KNOWN))


def run(arguments: argparse.Namespace, settings: SamplerSettings) -> int:
    """Generate. Raises: InputError, RemoteError; then what had come is already said."""
    from explorer.core.remote.model import Wish

    if arguments.device != "auto":
        raise InputError("--device is for models on this machine: a server chooses its own.")
    if arguments.dtype != "auto" or arguments.compile:
        raise InputError("--dtype and --compile are for models on this machine. Leave them out.")
    model = _model(arguments)
    wish = Wish(
        settings,
        max_tokens=arguments.max_tokens,
        stop_strings=arguments.stop,
        top_logprobs=arguments.top_logprobs,
        ignore_end=arguments.ignore_eos,
    )
    facts = _facts(arguments, model, wish)
    output = _Json(model.name, arguments.top_logprobs is not None) if arguments.json else _Plain()
    try:
        for fact in facts:
            if fact is not None:
                output.take(fact)
    except KeyboardInterrupt:
        output.finish("interrupted")
        return _INTERRUPTED
    except RemoteError as error:
        output.finish("failed", str(error))
        raise
    finally:
        facts.close()
    output.finish("unknown")
    return 0


def _facts(arguments: argparse.Namespace, model: "RemoteModel", wish: Any) -> "Generator[Fact | None]":
    if arguments.chat is not None:
        return model.chat([{"role": "user", "content": arguments.chat}], wish)
    if arguments.prompt_ids is not None:
        from explorer.commands.generate import numbers

        return model.complete(numbers(arguments.prompt_ids), wish)
    return model.complete(arguments.prompt, wish)


def _model(arguments: argparse.Namespace) -> "RemoteModel":
    from explorer.core.remote.address import split_model
    from explorer.core.remote.model import RemoteModel

    text: str = arguments.model
    if text.lower().startswith(_KNOWN):
        from explorer.core.remote.known import find_server

        known, _, name = text[len(_KNOWN) :].partition("#")
        entry = find_server(arguments.data_dir, known)
        url, name = entry.url, name or entry.model
    else:
        url, name = split_model(text)
    server = server_at(url, arguments, arguments.timeout)
    return RemoteModel(server, name or _only_model(server))


def read_key(url: str) -> str:
    """From the terminal without an echo, or the first line of what is piped in."""
    return getpass.getpass(f"Key for {url}: ") if sys.stdin.isatty() else sys.stdin.readline()


def server_at(url: str, arguments: argparse.Namespace, timeout_s: float | None = None) -> "Server":
    """The server at a base URL, with its key: as the options of `add_key_options` say, or the keyring's."""
    from explorer.core.remote.address import Server, Timeouts
    from explorer.core.remote.http import check_key
    from explorer.core.remote.keys import kept_key, key_from_environment

    if arguments.ask_key:
        key = check_key(read_key(url))
    elif arguments.api_key_env:
        key = key_from_environment(arguments.api_key_env)
    else:
        key = kept_key(url)
    if timeout_s is None:
        return Server(url, key)
    if not 0 < timeout_s < 1e6:
        raise InputError("{seconds} seconds cannot be waited. Give a number above 0.", seconds=timeout_s)
    defaults = Timeouts()
    return Server(
        url,
        key,
        Timeouts(min(timeout_s, defaults.connect_s), timeout_s, timeout_s, min(timeout_s, defaults.list_s)),
    )


def _only_model(server: "Server") -> str:
    from explorer.core.pump import wait_for
    from explorer.core.remote.model import list_models

    models = wait_for(list_models(server))
    if len(models) != 1:
        raise InputError(
            "{server} has these models: {models}. Name one after the address: {server}#NAME.",
            server=server.url,
            models=", ".join(map(tame, models)) or "–",
        )
    return models[0]


class _Plain:
    """The answer as it comes on stdout; the reasoning, which is not the answer, on stderr."""

    def __init__(self) -> None:
        self._last = ""
        self._tames = sys.stdout.isatty(), sys.stderr.isatty()
        self._reasoning = False

    def take(self, fact: "Fact") -> None:
        from explorer.core.remote.facts import TextArrived

        if not isinstance(fact, TextArrived) or not fact.text:
            return
        thinks = fact.channel == "reasoning"
        if self._reasoning and not thinks:
            print("\n", file=sys.stderr, flush=True)
        self._reasoning = thinks
        text = tame(fact.text) if self._tames[thinks] else fact.text
        print(text, end="", flush=True, file=sys.stderr if thinks else sys.stdout)
        self._last = text

    def finish(self, stop_reason: str, error: str = "") -> None:
        """The prompt of a shell, and an error's sentence, shall stand on a line of their own."""
        if self._last and not self._last.endswith("\n"):
            print(flush=True)


class _Json:
    """One object at the end."""

    def __init__(self, model: str, logprobs: bool) -> None:
        from explorer.core.remote.facts import Transcript

        self._model, self._logprobs = model, logprobs
        self._said = Transcript()

    def take(self, fact: "Fact") -> None:
        self._said.add(fact)

    def finish(self, stop_reason: str, error: str = "") -> None:
        """`stop_reason` counts if the server gave none. Escapes for what is not ASCII, as everywhere."""
        said = self._said
        result: dict[str, Any] = {
            "model": self._model,
            "text": said.text,
            "reasoning": said.reasoning,
            "stop_reason": said.stop_reason or stop_reason,
            "usage": None if said.usage is None else _usage(said.usage),
        }
        if self._logprobs:
            result["logprobs"] = [_scored(token) | {"channel": channel} for channel, token in said.tokens]
        if error:
            result["error"] = error
        print(json.dumps(result), flush=True)


def _usage(usage: Any) -> dict[str, int]:
    names = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens")
    return {name: getattr(usage, name) for name in names if getattr(usage, name) is not None}


def _scored(token: "TokenScore") -> dict[str, Any]:
    top = [{"token": text, "logprob": logprob} for text, logprob in token.top]
    return {"id": token.id, "token": token.text, "logprob": token.logprob, "top": top}


def tame(text: str) -> str:
    """A stranger's text for a terminal: without escape sequences."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
