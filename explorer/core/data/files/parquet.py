"""Parquet files, record batch by record batch.

By pyarrow, the format's own library: no other reader is both smaller and as well kept. It is 55 MB, so it is
an extra (`pip install 'llm-explorer[parquet]'`) and imported here only.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from explorer.core.data.files.records import NO_TEXT, text_of
from explorer.core.data.files.report import Report
from explorer.errors import InputError

_ROWS = 1_000
"""Read at once."""
_COLUMNS = (
    "text", "content", "messages", "conversations", "instruction", "input", "output", "prompt", "response",
    "question", "answer", "system",
)  # fmt: skip


def parquet_texts(path: Path, report: Report) -> Iterator[str]:
    """Each row's text. Raises: InputError if pyarrow is missing, or the file damaged or without texts."""
    try:
        parquet: Any = import_module("pyarrow.parquet")
        errors: Any = import_module("pyarrow").ArrowException
    except ImportError as error:
        raise InputError(
            "To read {path}, Parquet's library is needed. Install it: pip install pyarrow", path=str(path)
        ) from error
    try:
        with parquet.ParquetFile(path) as file:
            columns = [name for name in _COLUMNS if name in file.schema_arrow.names]
            if not columns:
                raise InputError(
                    "{path} has no column of texts. Name one of its columns text.", path=str(path)
                )
            number = 0
            for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                for record in batch.to_pylist():
                    number += 1
                    text = text_of({name: value for name, value in record.items() if value is not None})
                    if text is None:
                        report.skip(path.name, number, NO_TEXT)
                    else:
                        yield text
    except (errors, OSError) as error:
        raise InputError(
            "{path} is not a Parquet file that can be read. Choose another file.", path=str(path)
        ) from error
