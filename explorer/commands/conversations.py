"""`llm-explorer conversations`: those that the window keeps, in a terminal."""

import argparse
import json
import sys
import time
import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.data_dir import add_data_dir

if TYPE_CHECKING:
    from explorer.protocol import ConversationForm, ConversationRow


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "conversations",
        help="list, export and import the conversations that were had in the window",
        description="The conversations of the Context panel. A file's name tells its form: .jsonl has "
        "messages, one conversation a line; .md can be read; .json has everything, token ids included.",
    )
    add_data_dir(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="those kept, newest first")
    listing.add_argument("words", nargs="*", metavar="WORD", help="only those in which all these words stand")
    listing.add_argument(
        "--json", action="store_true", help="print a list of {id, title, turns, changed_s, excerpt}"
    )
    export = actions.add_parser("export", help="write one, or all, to a file")
    export.add_argument("conversation", metavar="ID|all", help="the first characters of its id are enough")
    export.add_argument("path", type=Path, metavar="FILE", help="ends in .jsonl, .md or .json")
    imported = actions.add_parser(
        "import", help="keep the conversations of a file: messages, ShareGPT, Alpaca, or exported from here"
    )
    imported.add_argument("path", type=Path, metavar="FILE")
    for action in (listing, export, imported):
        add_data_dir(action, default=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Raises: InputError, StorageError, DamagedFileError."""
    return {"list": _list, "export": _export, "import": _import}[arguments.action](arguments)


def _list(arguments: argparse.Namespace) -> int:
    from explorer.core.conversations.shelf import Shelf
    from explorer.text.templates import finished

    shelf = Shelf(arguments.data_dir)
    rows = finished(shelf.found(" ".join(arguments.words)))
    if arguments.json:
        print(json.dumps([_described(row) for row in rows], ensure_ascii=False))
        return 0
    for row in rows:
        when = datetime.fromtimestamp(row.changed_s).strftime("%Y-%m-%d %H:%M")
        line = f"{row.conversation[:8]:8}  {when}  {row.turns:4}  {row.title or row.first_words}"
        print(f"{line}  {row.excerpt}".rstrip())
    if not rows:
        print("No conversations.", file=sys.stderr)
    return 0


def _described(row: "ConversationRow") -> dict[str, object]:
    return {
        "id": row.conversation,
        "title": row.title or row.first_words,
        "turns": row.turns,
        "changed_s": row.changed_s,
        "excerpt": row.excerpt,
    }


def _export(arguments: argparse.Namespace) -> int:
    from explorer.core.conversations.exporting import SUFFIXES, export
    from explorer.core.conversations.journal import Journal
    from explorer.core.conversations.shelf import Shelf
    from explorer.errors import InputError
    from explorer.text.templates import finished

    path: Path = arguments.path
    forms: dict[str, ConversationForm] = {suffix: form for form, suffix in SUFFIXES.items()}
    form = forms.get(path.suffix.lower())
    if form is None:
        raise InputError("{path} should end in .jsonl, .md or .json: that tells the form.", path=str(path))
    shelf = Shelf(arguments.data_dir)
    rows, _ = finished(shelf.rows())
    everything = arguments.conversation == "all"
    wanted = [
        row.conversation
        for row in rows
        if not row.damaged and (everything or row.conversation.startswith(arguments.conversation))
    ]
    if not wanted or (len(wanted) > 1 and not everything):
        raise InputError(
            "{count} conversations have ids that begin with {beginning}. `conversations list` shows them.",
            count=len(wanted),
            beginning=arguments.conversation,
        )
    export((Journal(shelf.path(name)).conversation for name in wanted), path, form)
    print(f"{path}: {len(wanted)} conversations")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from explorer.core.conversations.importing import read_file
    from explorer.core.conversations.journal import Journal
    from explorer.core.conversations.shelf import Shelf

    shelf = Shelf(arguments.data_dir)
    kept = skipped = 0
    for conversation in read_file(arguments.path, time.time()):
        if conversation is None:
            skipped += 1
        else:
            Journal.begin(shelf.path(uuid.uuid4().hex), [conversation.whole()])
            kept += 1
    print(f"{arguments.path}: {kept} conversations kept")
    if skipped:
        print(f"{skipped} lines are no conversation and were left out.", file=sys.stderr)
    return 0
