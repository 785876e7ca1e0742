"""`llm-explorer surprisal`: how much each token of a text surprised a model."""

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from explorer.commands import local_model, sampler_options, text_argument
from explorer.commands.generate import numbers
from explorer.commands.token_words import quoted, score_json

if TYPE_CHECKING:
    from explorer.core.loading import LoadedModel
    from explorer.core.scores import Score
    from explorer.core.surprisal import ScoredToken, Total, Windows

_INTERRUPTED = 130
_SHADES = ((0.5, 24, 15), (1.5, 30, 15), (3.0, 36, 16), (6.0, 142, 16), (math.inf, 214, 16))
"""Up to how many nats a token gets which of a terminal's 256 colours, behind it and for it."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "surprisal",
        help="how much each token of a text surprised a model",
        description="How much each token of a text surprised a model: minus its log-probability, in nats. "
        "A text longer than the model's context is read in windows that overlap.",
    )
    local_model.add_options(parser)
    source = parser.add_mutually_exclusive_group()
    text_argument.add_to(source)
    source.add_argument("--ids", metavar="IDS", help="token ids in the place of a text: 1,7,290")
    parser.add_argument(
        "--top",
        type=int,
        default=3,
        metavar="N",
        help="show the N most likely tokens of each place (default: 3)",
    )
    parser.add_argument("--window", type=int, metavar="N", help="tokens a window (default: the context)")
    parser.add_argument(
        "--stride", type=int, metavar="N", help="new tokens a window (default: half a window)"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help='print {"tokens": [{"id", "token", "logprob", "entropy", "top", "after"}], "nats", ...}',
    )
    parser.add_argument("--no-color", action="store_true", help="print the table without colours")
    sampler_options.add_options(
        parser.add_argument_group("samplers", "For the numbers after the chain. Each is off by default."),
        seed=False,
    )


def run(arguments: argparse.Namespace) -> int:
    """Score the text. Raises: InputError, DamagedFileError; BrokenPipeError if the reader has left."""
    settings = sampler_options.settings(arguments)
    text = "" if arguments.ids is not None else text_argument.text_of(arguments)
    loaded = local_model.opened(arguments)

    from explorer.core.generate import start_ids
    from explorer.core.surprisal import score_text, windows_for

    ids = start_ids(loaded.tokenizer, text) if arguments.ids is None else numbers(arguments.ids)
    windows = windows_for(loaded.model.config.max_position_embeddings, arguments.window, arguments.stride)
    scored = score_text(loaded.model, loaded.tokenizer, ids, settings, top=arguments.top, windows=windows)
    output: _Json | _Table = (
        _Json(loaded, windows) if arguments.json else _Table(loaded, ids, windows, arguments)
    )
    try:
        for tokens in scored:
            output.take(tokens)
    except KeyboardInterrupt:
        output.finish()
        return _INTERRUPTED
    output.finish()
    return 0


class _Output:
    """What both ways of printing keep."""

    def __init__(self, loaded: "LoadedModel", windows: "Windows") -> None:
        self.tokenizer, self.windows = loaded.tokenizer, windows
        self.name = loaded.info.name
        self.scored: list[ScoredToken] = []

    def total(self) -> "Total":
        from explorer.core.surprisal import total_of

        return total_of(self.tokenizer, self.scored)


class _Json:
    """One object at the end."""

    def __init__(self, loaded: "LoadedModel", windows: "Windows") -> None:
        self._kept = _Output(loaded, windows)

    def take(self, tokens: "Sequence[ScoredToken]") -> None:
        self._kept.scored += tokens

    def finish(self) -> None:
        kept, total = self._kept, self._kept.total()
        print(
            json.dumps(
                {
                    "model": kept.name,
                    "window": kept.windows.length,
                    "stride": kept.windows.stride,
                    "tokens": [self._token(token) for token in kept.scored],
                    "scored": total.tokens,
                    "bytes": total.size_bytes,
                    "nats": total.nats,
                    "bits_per_byte": total.bits_per_byte,
                    "perplexity": total.perplexity if total.perplexity < math.inf else None,
                }
            ),
            flush=True,
        )

    def _token(self, token: "ScoredToken") -> dict[str, Any]:
        tokenizer = self._kept.tokenizer
        named = {
            "position": token.position,
            "id": token.id,
            "token": tokenizer.decode([token.id]),
            "context": token.context,
        }
        after = score_json(tokenizer, token.after)
        return named | score_json(tokenizer, token.before) | {"after": after}


class _Table:
    """A line a token, as they come."""

    def __init__(
        self, loaded: "LoadedModel", ids: Sequence[int], windows: "Windows", arguments: argparse.Namespace
    ) -> None:
        self._kept = _Output(loaded, windows)
        self._place_width = len(str(len(ids)))
        self._id_width = len(str(max(ids, default=0)))
        self._after = sampler_options.given(arguments)
        self._coloured = not arguments.no_color and sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def _print_heading(self) -> None:
        gap = " " * (self._place_width + self._id_width + 2)
        after = "  after the chain" if self._after else ""
        print(f"{gap}  surprisal  entropy{after}  token  (most likely)")

    def take(self, tokens: "Sequence[ScoredToken]") -> None:
        if not self._kept.scored:  # not before: what cannot be scored is refused without a table
            self._print_heading()
        self._kept.scored += tokens
        for token in tokens:
            print(self._line(token), flush=True)

    def _line(self, token: "ScoredToken") -> str:
        tokenizer = self._kept.tokenizer
        place = f"{token.position:>{self._place_width}}  {token.id:>{self._id_width}}"
        text = self._shaded(quoted(tokenizer, token.id), token.before)
        if token.before is None:
            return f"{place}  {'-':>9}  {'-':>7}{'  ' + ' ' * 15 if self._after else ''}  {text}"
        numbers = f"{-token.before.logprob:9.3f}  {token.before.entropy:7.3f}"
        if self._after and token.after is not None:
            cut = token.after.logprob == -math.inf
            numbers += f"  {'cut' if cut else format(-token.after.logprob, '.3f'):>15}"
        shown = "  ".join(
            f"{quoted(tokenizer, other)} {math.exp(logprob):.1%}" for other, logprob in token.before.top
        )
        return f"{place}  {numbers}  {text}" + (f"  ({shown})" if shown else "")

    def _shaded(self, text: str, score: "Score | None") -> str:
        if not self._coloured or score is None:
            return text
        ground, ink = next(colours for most, *colours in _SHADES if -score.logprob <= most)
        return f"\x1b[48;5;{ground};38;5;{ink}m{text}\x1b[0m"

    def finish(self) -> None:
        total, windows = self._kept.total(), self._kept.windows
        if not total.tokens:
            return
        bits = "" if total.bits_per_byte is None else f", {total.bits_per_byte:.3f} bits per byte"
        scored = f"{total.tokens:,} tokens ({total.size_bytes:,} bytes) after the first"
        print(f"{scored}: {total.nats:,.3f} nats{bits}, perplexity {total.perplexity:,.2f}")
        if len(self._kept.scored) > windows.length:
            print(
                f"Read in windows of {windows.length} tokens, {windows.stride} further each time: after the "
                f"first window every token stands after {windows.length - windows.stride} or more."
            )
