"""`llm-explorer tokenize`: a text's tokens, as a table or as JSON."""

import argparse


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "tokenize", help="show the tokens of a text", description="Show a text's tokens."
    )
    parser.add_argument(
        "text", nargs="?", metavar="TEXT", help='the text; from standard input if missing or "-"'
    )
    parser.add_argument("--file", metavar="PATH", help="read the text from this UTF-8 file")
    parser.add_argument(
        "--encoding",
        default="o200k_base",
        metavar="NAME",
        help="a published encoding, or the folder of a run or checkpoint (default: o200k_base)",
    )
    parser.add_argument("--json", action="store_true", help='print {"encoding", "ids", "tokens"}')
