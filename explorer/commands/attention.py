"""`llm-explorer attention`: what a token looked at."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from explorer.commands import local_model
from explorer.commands.generate import numbers
from explorer.commands.token_words import quoted
from explorer.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.core.session import Session

_BAR = 40
"""A weight of 1, in characters."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "attention",
        help="what a token of a text looked at",
        description="The attention of one token of a text to itself and to each token before it: by layer "
        "and head, or their average.",
    )
    local_model.add_options(parser)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--prompt", metavar="TEXT", help="the text")
    source.add_argument("--prompt-ids", metavar="IDS", help="the same as token ids: 1,7,290")
    parser.add_argument(
        "--position",
        type=int,
        default=-1,
        metavar="N",
        help="which token, from 0; -1 is the last (default: -1)",
    )
    parser.add_argument("--layer", type=int, metavar="L", help="from 0 (default: the average of all)")
    parser.add_argument("--head", type=int, metavar="H", help="from 0 (default: the average of all)")
    parser.add_argument(
        "--json",
        action="store_true",
        help='print {"position", "tokens", "average", "layers", "heads", "weights"}: a list a layer of lists '
        "a head of weights",
    )


def run(arguments: argparse.Namespace) -> int:
    """Look back. Raises: InputError, DamagedFileError; BrokenPipeError if the reader has left."""
    loaded = local_model.opened(arguments)

    from explorer.core.attention_maps import averaged
    from explorer.core.generate import start_ids
    from explorer.core.session import Session

    session = Session(loaded.model, loaded.tokenizer, loaded.end_tokens)
    ids = (
        start_ids(loaded.tokenizer, arguments.prompt)
        if arguments.prompt_ids is None
        else numbers(arguments.prompt_ids)
    )
    session.set_prompt_ids(ids)
    if session.truncated:
        print(
            f"The first {session.truncated} of the prompt's {len(ids)} tokens were left out: "
            f"the model sees {session.context}.",
            file=sys.stderr,
        )
    position = arguments.position
    if position < 0:
        position += len(session.ids)
    if not 0 <= position < len(session.ids):
        raise InputError(
            "There is no token at position {position}: the text has {tokens} tokens.",
            position=arguments.position,
            tokens=len(session.ids),
        )
    weights = session.look_back(position)
    average = averaged(weights, arguments.layer, arguments.head)
    if arguments.json:
        _print_json(session, position, arguments, weights, average)
    else:
        _print_table(session, position, average)
    return 0


def _print_json(
    session: "Session", position: int, arguments: argparse.Namespace, weights: "Tensor", average: "Tensor"
) -> None:
    layers = list(range(weights.shape[0])) if arguments.layer is None else [arguments.layer]
    heads = list(range(weights.shape[1])) if arguments.head is None else [arguments.head]
    tokens = [
        {"id": token, "token": session.tokenizer.decode([token])} for token in session.ids[: position + 1]
    ]
    print(
        json.dumps(
            {
                "position": position,
                "tokens": tokens,
                "average": average.tolist(),
                "layers": layers,
                "heads": heads,
                "weights": weights[layers][:, heads].tolist(),
            }
        )
    )


def _print_table(session: "Session", position: int, average: "Tensor") -> None:
    """One token a line, with its share as a bar."""
    place_width, id_width = len(str(position)), len(str(max(session.ids)))
    for place, share in enumerate(average.tolist()):
        token = session.ids[place]
        bar = "#" * round(share * _BAR)
        text = quoted(session.tokenizer, token)
        print(f"{place:>{place_width}}  {token:>{id_width}}  {share:7.2%}  {bar:<{_BAR}}  {text}".rstrip())
