"""`llm-explorer export`: a model trained here as a file for other programs."""

import argparse
from pathlib import Path


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "export",
        help="write a model for llama.cpp",
        description="Write a model trained here as GGUF. (Its checkpoints open in transformers as they are.)",
    )
    parser.add_argument("--model", required=True, metavar="DIR", help="a run's or a checkpoint's folder")
    parser.add_argument("--format", choices=("gguf",), default="gguf")
    parser.add_argument(
        "--quantize", choices=("f16", "q8_0"), help="16 or 8 bits a number instead of 32 (smaller, rounded)"
    )
    parser.add_argument("--out", required=True, metavar="FILE", help="the file to write")


def run(arguments: argparse.Namespace) -> int:
    """Write it. Raises: InputError, DamagedFileError, StorageError."""
    from explorer.core.families.gguf_export import export_gguf
    from explorer.core.loading import load_model

    loaded = load_model(arguments.model, "cpu")
    target = Path(arguments.out)
    export_gguf(
        loaded.model,
        loaded.tokenizer,
        loaded.speech,
        loaded.info.name,
        target,
        arguments.quantize or "f32",
    )
    print(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0
