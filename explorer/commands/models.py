"""`llm-explorer models`: every model that the window knows, and what may be taken off the list."""

import argparse
import json
import sys
from pathlib import Path

import msgspec

from explorer.commands.data_dir import add_data_dir
from explorer.commands.generate_remote import tame
from explorer.commands.sizes import size
from explorer.errors import InputError
from explorer.protocol import (
    Command,
    DeleteModel,
    ForgetModel,
    ListModels,
    ModelInfo,
    ModelsListed,
    OpenModel,
    TidyCopies,
)

_WIDEST = 44


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "models",
        help="list the models on this machine and at known servers",
        description="Models that were trained here, shipped, installed as packages, opened, downloaded, and "
        "those of known servers. Without an action: list them.",
    )
    add_data_dir(parser)
    parser.add_argument("--json", action="store_true", help="print one object with everything that is known")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    add = actions.add_parser("add", help="put a folder or a GGUF file on the list")
    add.add_argument("path", metavar="PATH", type=Path)
    remove = actions.add_parser("remove", help="take a model off the list; a downloaded one is deleted")
    remove.add_argument("name", metavar="NAME", help="as the list says it, or its path")
    tidy = actions.add_parser("tidy", help="delete unpacked copies of GGUF files that nobody uses now")
    for action in (add, remove, tidy):
        add_data_dir(action, default=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Raises: InputError, DamagedFileError, StorageError."""
    if arguments.action == "add":
        return _add(arguments)
    if arguments.action == "tidy":
        before = _total_of_copies(_asked(arguments, ListModels(job="")))
        after = _total_of_copies(_asked(arguments, TidyCopies(job="")))
        print(f"{size(before - after)} freed, {size(after)} in use")
        return 0
    listed = _asked(arguments, ListModels(job=""))
    if arguments.action == "remove":
        return _remove(arguments, listed)
    if arguments.json:
        everything = msgspec.to_builtins(listed)
        names = ("models", "copies", "copies_limit_bytes", "unfinished", "servers")
        print(json.dumps({name: everything[name] for name in names}))
    else:
        _print(listed)
    return 0


def _asked(arguments: argparse.Namespace, command: Command) -> ModelsListed:
    """What the window's own service answers."""
    from explorer.services.models import ModelService

    last: ModelsListed | None = None
    for event in ModelService(str(arguments.data_dir)).run(command):
        last = event if isinstance(event, ModelsListed) else last
    assert last is not None
    return last


def _add(arguments: argparse.Namespace) -> int:
    """A damaged model stands on the list too, as in the window; it is said at once."""
    path = str(arguments.path.expanduser().absolute())
    listed = _asked(arguments, OpenModel(job="", path=path))
    model = next((one for one in listed.models if path in (one.path, one.place)), None)
    if model is None:
        return 0
    print(f"{tame(model.name)}: on the list", file=sys.stderr)
    if model.problem is not None:
        print(tame(model.problem.template.format(**model.problem.values)), file=sys.stderr)
    return 0 if model.problem is None else 1


def _remove(arguments: argparse.Namespace, listed: ModelsListed) -> int:
    model = _named(arguments.name, listed.models)
    if model.origin == "opened":
        _asked(arguments, ForgetModel(job="", key=model.key))
    elif model.origin == "hub":
        _asked(arguments, DeleteModel(job="", key=model.key))
    elif model.origin == "server":
        raise InputError(
            "{name} is at a server. Take that off with `llm-explorer server remove`.", name=model.name
        )
    else:
        raise InputError(
            "{name} is at {path} and stays on the list as long as it is there.",
            name=model.name,
            path=model.place,
        )
    print(f"{model.name}: removed", file=sys.stderr)
    return 0


def _named(name: str, models: list[ModelInfo]) -> ModelInfo:
    """Raises: InputError if none fits, or several."""
    fits = [one for one in models if name in (one.key, one.place)] or [
        one for one in models if one.name == name
    ]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise InputError(
            "{name} may be any of these: {paths}. Give the path.",
            name=name,
            paths=", ".join(one.place for one in fits),
        )
    raise InputError("There is no model called {name}. `llm-explorer models` lists them all.", name=name)


def _print(listed: ModelsListed) -> None:
    rows = [
        (
            tame(one.name)[:_WIDEST],
            one.origin,
            one.family,
            "" if one.parameters is None else f"{one.parameters / 1e6:.1f}M",
            one.packing,
            "" if one.size_bytes is None else size(one.size_bytes),
            one.path,
        )
        for one in listed.models
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(7)]
    for row, model in zip(rows, listed.models, strict=True):
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        if model.problem is not None:
            print("    " + tame(model.problem.template.format(**model.problem.values)))
    if not rows:
        print("No models yet. Train one, or fetch one: llm-explorer download OWNER/NAME", file=sys.stderr)
    for left in listed.unfinished:
        print(f"{tame(left.repo)}: unfinished download, {size(left.have_bytes)} here", file=sys.stderr)


def _total_of_copies(listed: ModelsListed) -> int:
    return sum(copy.size_bytes for copy in listed.copies)
