"""`llm-explorer tokenize`: a text's tokens, as a table or as JSON."""

import argparse
import json
import os
import sys
from pathlib import Path

from explorer.commands import text_argument
from explorer.core.tokenizer_source import open_tokenizer
from explorer.text.chat_templates import OWN, TEMPLATES
from explorer.text.tokenizer import Tokenizer
from explorer.text.vocabulary import ORDERS, WAYS, finished, read_vocabulary, search


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "tokenize",
        help="show the tokens of a text",
        description="Show the tokens of a text, or of a conversation; or compare encodings.",
    )
    text_argument.add_to(parser.add_mutually_exclusive_group())
    parser.add_argument(
        "--encoding",
        default="o200k_base",
        metavar="NAME",
        help="a published encoding, a tokenizer.json, .gguf or .tiktoken file, or the folder of a run or of "
        "a model (default: o200k_base)",
    )
    parser.add_argument("--json", action="store_true", help='print {"encoding", "ids", "tokens"}')
    parser.add_argument(
        "--search", metavar="QUERY", help="instead of a text's tokens, the entries of the vocabulary that fit"
    )
    parser.add_argument(
        "--by", choices=WAYS, default="contains", help="how QUERY is meant (default: contains)"
    )
    parser.add_argument("--order", choices=ORDERS, default="id", help="of what was found (default: id)")
    _add_ways(parser)


def _add_ways(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--compare",
        nargs="*",
        metavar="NAME",
        help="the text under several encodings (default: all published ones); write the text first",
    )
    parser.add_argument(
        "--chat",
        type=Path,
        metavar="FILE",
        help="a conversation: .jsonl with one message a line, or one conversation (the first is taken)",
    )
    parser.add_argument(
        "--template",
        default="",
        metavar="NAME",
        help=f"for --chat: {', '.join((*TEMPLATES, OWN))}, or a file with Jinja (default: what fits)",
    )
    parser.add_argument("--no-specials", action="store_true", help="for --chat: special tokens are text")
    parser.add_argument(
        "--no-generation-prompt", action="store_true", help="for --chat: do not open the assistant's turn"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the tokens. Raises: InputError, DamagedFileError."""
    if arguments.chat is not None or arguments.compare is not None:
        # What these ways need besides takes as long to load as all the rest.
        from explorer.commands import tokenize_ways

        if arguments.chat is None:
            tokenize_ways.compare(text_argument.text_of(arguments), arguments.compare, arguments.json)
        else:
            tokenize_ways.chat(arguments)
        return 0
    tokenizer = open_tokenizer(arguments.encoding).tokenizer
    if arguments.search is not None:
        _search(arguments, tokenizer)
        return 0
    text = text_argument.text_of(arguments)
    ids = tokenizer.encode(text)
    tokens = [tokenizer.token_bytes(token).decode("utf-8", "replace") for token in ids]
    if arguments.json:
        _print_json({"encoding": arguments.encoding, "ids": ids, "tokens": tokens})
    else:
        _print_table(tokenizer, ids, tokens)
        _print_counts(text, len(ids))
    return 0


def _print_table(tokenizer: Tokenizer, ids: list[int], tokens: list[str]) -> None:
    """One token a line: its place, its id, its text in quotes, and its bytes where they are no whole text."""
    place_width, id_width = len(str(len(ids))), len(str(max(ids, default=0)))
    for place, (token, text) in enumerate(zip(ids, tokens, strict=True)):
        data = tokenizer.token_bytes(token)
        note = "" if data == text.encode() else f"  bytes {data.hex(' ')}"
        print(f"{place:>{place_width}}  {token:>{id_width}}  {json.dumps(text, ensure_ascii=False)}{note}")


def _search(arguments: argparse.Namespace, tokenizer: Tokenizer) -> None:
    """Print the entries that fit. Raises: InputError."""
    query = os.fsencode(arguments.search).decode("utf-8", "replace")
    vocabulary = finished(read_vocabulary(tokenizer))
    places = vocabulary.ordered(finished(search(vocabulary, query, arguments.by)), arguments.order)
    ids = [vocabulary.ids[place] for place in places.tolist()]
    tokens = [tokenizer.token_bytes(token).decode("utf-8", "replace") for token in ids]
    if arguments.json:
        _print_json({"encoding": arguments.encoding, "ids": ids, "tokens": tokens})
    else:
        _print_table(tokenizer, ids, tokens)
        print(f"{len(ids):,} of {len(vocabulary):,} entries")


def _print_json(content: dict[str, object]) -> None:
    plain = sys.stdout.encoding.lower().replace("-", "") != "utf8"
    print(json.dumps(content, ensure_ascii=plain))


def _print_counts(text: str, tokens: int) -> None:
    ratio = f", {len(text) / tokens:.2f} characters per token" if tokens else ""
    size = len(text.encode())
    print(f"{tokens:,} tokens, {len(text):,} characters, {size:,} bytes{ratio}")
