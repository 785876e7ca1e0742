"""The small hub of tests/core/hub, filled with models, for who downloads through a service or a window."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.models_on_disk import write_folder, write_gguf_file

PROGRAM = str(Path(__file__).parent / "core" / "hub" / "hub_server.py")
BIG = 3_000_000


@dataclass(frozen=True)
class Hub:
    """Its address, and a hand on its faults."""

    endpoint: str

    def arm(self, faults: dict[str, str]) -> None:
        """By the path's end."""
        httpx2.post(f"{self.endpoint}/arm", content=json.dumps(faults), trust_env=False)

    def seen(self) -> list[str]:
        """Requests since it was armed last."""
        every = json.loads(httpx2.get(f"{self.endpoint}/seen", trust_env=False).content)
        return [entry["request"] for entry in every]


@contextmanager
def running_hub(root: Path) -> Iterator[Hub]:
    """owner/tiny (a folder), owner/quants (three GGUF files, one in pieces), owner/pickles."""
    folder = write_folder(root / "owner" / "tiny")
    (folder / "tokenizer.json").write_bytes(b" " * BIG + (folder / "tokenizer.json").read_bytes())
    for name in ("tiny-Q4.gguf", "tiny-Q8.gguf", "tiny-F16-00001-of-00002.gguf"):
        write_gguf_file(root / "owner" / "quants" / name, name)
    (root / "owner" / "quants" / "README.md").write_text("# Quants")
    (root / "owner" / "pickles").mkdir()
    (root / "owner" / "pickles" / "pytorch_model.bin").write_bytes(b"a pickle")
    with subprocess.Popen(
        [sys.executable, PROGRAM, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield Hub(f"http://127.0.0.1:{int(process.stdout.readline())}")
        process.communicate(timeout=10)
