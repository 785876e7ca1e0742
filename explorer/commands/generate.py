"""`llm-explorer generate`: what a model writes after a prompt, as it comes, or as JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from explorer.commands import generate_remote, sampler_options
from explorer.commands.token_words import score_json
from explorer.core.threads import wait_without_spinning
from explorer.errors import InputError
from explorer.paths import default_data_dir

if TYPE_CHECKING:
    from explorer.core.generate import Fact, Feeding
    from explorer.core.loading import LoadedModel
    from explorer.protocol import SamplerSettings

_INTERRUPTED = 130


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "generate", help="let a model go on with a text", description="Let a model go on with a text."
    )
    parser.add_argument(
        "--model",
        required=True,
        metavar="WHERE",
        help="a checkpoint's or a run's folder, a Hugging Face folder, a GGUF file, a model by its name "
        "(explorer-chat, smollm2); or a model at an OpenAI-compatible server: http://host:port/v1#NAME, or "
        "server:NAME of `llm-explorer server`",
    )
    prompt = parser.add_mutually_exclusive_group()
    prompt.add_argument("--prompt", default="", metavar="TEXT", help="what to go on with (default: nothing)")
    prompt.add_argument("--prompt-ids", metavar="IDS", help="the same as token ids: 1,7,290")
    prompt.add_argument("--chat", metavar="TEXT", help="say this to an assistant, by its own template")
    parser.add_argument("--max-tokens", type=int, default=200, metavar="N", help="(default: 200)")
    parser.add_argument("--stop", action="append", default=[], metavar="TEXT", help="end before this text")
    parser.add_argument("--ignore-eos", action="store_true", help="go on after the end-of-text token")
    parser.add_argument(
        "--json",
        action="store_true",
        help='print {"ids", "text", "stop_reason", "dtype"}, and "suggested_sampler" where that was used',
    )
    parser.add_argument(
        "--top-logprobs",
        type=int,
        metavar="N",
        help='with --json: add "logprobs", entropy and the N most likely, before the chain and "after" it',
    )
    parser.add_argument(
        "--dtype",
        choices=("auto", "float32", "bfloat16", "int8"),
        default="auto",
        help="what the weights are kept in; int8: on a processor only, several times faster and nearly the "
        "same; auto: float32 up to 50 million parameters, above that int8, or bfloat16 on a card "
        "(default: auto)",
    )
    parser.add_argument(
        "--compile",
        action="store_true",
        help="for long answers on a card: the first token takes a minute, the rest are quicker",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        metavar="DIR",
        help="where unpacked GGUF files and the servers of `llm-explorer server add` are kept",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    generate_remote.add_options(parser.add_argument_group("models at a server"))
    sampler_options.add_options(
        parser.add_argument_group(
            "samplers",
            "Each is off by default; but with --chat, if none of them is given (the seed does not count), "
            "those that the model's makers suggest in its generation_config.json are used.",
        )
    )


def run(arguments: argparse.Namespace) -> int:
    """Generate. Raises: InputError, DamagedFileError; BrokenPipeError if the reader has left."""
    settings = sampler_options.settings(arguments)
    if arguments.max_tokens < 1:
        raise InputError(
            "{tokens} tokens cannot be generated. Give a number above 0.", tokens=arguments.max_tokens
        )
    if arguments.top_logprobs is not None and (arguments.top_logprobs < 0 or not arguments.json):
        raise InputError("--top-logprobs takes a number from 0 on, and needs --json.")
    if generate_remote.is_remote(arguments.model):
        return generate_remote.run(arguments, settings)

    wait_without_spinning()
    from explorer.core import devices
    from explorer.core.generate import feed, fit_prompt, generate
    from explorer.core.loading import load_model, opened_dir

    loaded = load_model(
        arguments.model,
        devices.choose(arguments.device),
        dtype=arguments.dtype,
        cache_dir=opened_dir(arguments.data_dir),
    )
    if arguments.dtype == "auto" and loaded.dtype != "float32":
        print(f"Weights in {loaded.dtype}, for speed (--dtype float32 for exact ones).", file=sys.stderr)
    if loaded.terms:
        print(loaded.terms, file=sys.stderr)
    suggested = _suggested(loaded, arguments)
    if suggested is not None:
        settings = suggested
    asked = _asked(loaded, arguments)
    context = loaded.model.config.max_position_embeddings
    prompt, cut = fit_prompt(asked, context)
    if cut:
        print(
            f"The first {cut} of the prompt's {len(asked)} tokens were left out: the model sees {context}.",
            file=sys.stderr,
        )
    facts = generate(
        loaded.model,
        loaded.tokenizer,
        [prompt],
        settings,
        max_tokens=arguments.max_tokens,
        end_tokens=() if arguments.ignore_eos else loaded.end_tokens,
        stop_strings=arguments.stop,
        top_logprobs=arguments.top_logprobs,
        feeding=_compiled(loaded) if arguments.compile else feed,
    )
    output = _Json(loaded, arguments.top_logprobs, suggested) if arguments.json else _Plain()
    try:
        for fact in facts:
            output.take(fact)
    except KeyboardInterrupt:
        output.finish()
        return _INTERRUPTED
    output.finish()
    return 0


def _suggested(loaded: "LoadedModel", arguments: argparse.Namespace) -> "SamplerSettings | None":
    """What the model's makers suggest for a conversation, if the person leaves it to them."""
    suggested = loaded.suggested_sampler
    if suggested is None or arguments.chat is None or sampler_options.given(arguments):
        return None
    return msgspec.structs.replace(suggested, seed=sampler_options.settings(arguments).seed)


def _compiled(loaded: "LoadedModel") -> "Feeding":
    """Raises: InputError."""
    from explorer.core.static_step import StaticFeed

    if loaded.dtype == "int8":
        raise InputError(
            "Weights in 8 bits go through code that is compiled already. "
            "Leave --compile out, or choose another --dtype."
        )
    return StaticFeed(compiled=True)


def _asked(loaded: "LoadedModel", arguments: argparse.Namespace) -> list[int]:
    """The prompt's ids. Raises: InputError."""
    from explorer.core.generate import start_ids

    if arguments.prompt_ids is not None:
        return numbers(arguments.prompt_ids)
    if arguments.chat is None:
        return start_ids(loaded.tokenizer, arguments.prompt)
    from explorer.text.chat import encode_chat
    from explorer.text.templates import ChatMessage, TemplateRenderer

    if loaded.speech.template is None:
        raise InputError(
            "{name} has no chat template: it goes on with texts. Use --prompt.", name=loaded.info.name
        )
    with TemplateRenderer() as renderer:
        said = [ChatMessage("user", arguments.chat)]
        return encode_chat(
            renderer, loaded.tokenizer, loaded.speech.template, said, loaded.speech.named_tokens
        ).ids


def numbers(text: str) -> list[int]:
    """The ids of `--prompt-ids`. Raises: InputError."""
    try:
        return [int(number) for number in text.split(",")]
    except ValueError:
        raise InputError("{text} are no token ids. Give numbers such as 1,7,290.", text=text) from None


class _Plain:
    """Text as it comes."""

    def __init__(self) -> None:
        self._last = ""

    def take(self, fact: "Fact") -> None:
        if fact.text:
            print(fact.text, end="", flush=True)
            self._last = fact.text

    def finish(self) -> None:
        """The prompt of a shell shall stand on its own line."""
        if not self._last.endswith("\n"):
            print(flush=True)


class _Json:
    """One object at the end."""

    def __init__(
        self, loaded: "LoadedModel", top_logprobs: int | None, suggested: "SamplerSettings | None"
    ) -> None:
        self._tokenizer, self._dtype = loaded.tokenizer, loaded.dtype
        self._suggested = suggested
        self._ids: list[int] = []
        self._texts: list[str] = []
        self._stop_reason = "interrupted"
        self._logprobs: list[dict[str, Any]] | None = None if top_logprobs is None else []

    def take(self, fact: "Fact") -> None:
        from explorer.core.generate import RowEnded

        self._texts.append(fact.text)
        if isinstance(fact, RowEnded):
            self._stop_reason = fact.stop_reason
            return
        self._ids.append(fact.id)
        if self._logprobs is not None:
            assert fact.before is not None
            named = {"id": fact.id, "token": self._tokenizer.decode([fact.id])}
            after = score_json(self._tokenizer, fact.after)
            self._logprobs.append(named | score_json(self._tokenizer, fact.before) | {"after": after})

    def finish(self) -> None:
        """Escapes for what is not ASCII: JSON stays JSON in every terminal's encoding."""
        result: dict[str, Any] = {
            "ids": self._ids,
            "text": "".join(self._texts),
            "stop_reason": self._stop_reason,
            "dtype": self._dtype,
        }
        if self._logprobs is not None:
            result["logprobs"] = self._logprobs
        if self._suggested is not None:
            result["suggested_sampler"] = sampler_options.as_json(self._suggested)
        print(json.dumps(result), flush=True)
