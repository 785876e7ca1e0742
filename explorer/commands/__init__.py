"""The window's work without a window, one sub-command a module: `add_parser(subparsers)`, `run(args)`.

A module's top imports nothing slow: what `run` needs (torch above all) is imported inside `run`, so that
`--help` and the other sub-commands start in a blink. `run` returns the exit code and raises
ExplorerError for what the person can mend; `explorer.cli` says it.
"""

SUBCOMMANDS = (
    "tokenize",
    "train",
    "corpus",
    "generate",
    "evaluate",
    "make",
    "surprisal",
    "attention",
    "export",
    "server",
    "download",
    "models",
    "conversations",
)
"""In the order in which `--help` lists them."""
