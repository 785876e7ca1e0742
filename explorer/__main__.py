"""`python -m explorer`, the same as `llm-explorer`: the window, a sub-command, or the engine."""

import sys

from explorer.commands import SUBCOMMANDS


def main(argv: list[str] | None = None) -> int:
    """Choose by the first word; each way imports only what it needs."""
    arguments = sys.argv[1:] if argv is None else argv
    first = arguments[0] if arguments else ""
    if first == "worker":
        from explorer.worker import main as worker_main

        role, data_dir = arguments[1], arguments[2]
        return worker_main(role, data_dir)
    if first in SUBCOMMANDS:
        from explorer.cli import main as cli_main

        return cli_main(arguments)
    from explorer.launch import main as window_main

    return window_main(arguments)


if __name__ == "__main__":
    sys.exit(main())
