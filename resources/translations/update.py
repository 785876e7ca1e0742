"""Collect every string that a person can see into the .ts files: `python resources/translations/update.py`.

Strings of the window are found by lupdate in explorer/. Sentences that the engine sends are literals at the
place where an error is raised (first argument of one of our errors, `template=` of a Failed): they are
collected here from the syntax tree and handed to lupdate as translations of the context "errors".
"""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "translations"
ERRORS = ("ExplorerError", "InputError", "DamagedFileError", "StorageError", "TrainingError")


def engine_sentences(package: Path) -> list[str]:
    """Every sentence template in `package`, in order, once each."""
    found: dict[str, None] = {}
    for path in sorted(package.rglob("*.py")):
        for sentence in _sentences(ast.parse(path.read_text(encoding="utf-8"))):
            found[sentence] = None
    return list(found)


def _sentences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in ERRORS and node.args:
            yield from _constant(node.args[0])
        elif name == "Failed":
            for keyword in node.keywords:
                if keyword.arg == "template":
                    yield from _constant(keyword.value)


def _constant(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def update(targets: list[Path]) -> None:
    """Bring the .ts files up to date; entries that are no longer in the code go."""
    with tempfile.TemporaryDirectory() as folder:
        collected = Path(folder) / "engine_sentences.py"
        calls = (
            f"QCoreApplication.translate('errors', {sentence!r})"
            for sentence in engine_sentences(ROOT / "explorer")
        )
        collected.write_text("\n".join(calls) + "\n", encoding="utf-8")
        sources = [str(path) for path in sorted((ROOT / "explorer").rglob("*.py"))]
        lupdate = Path(sys.executable).parent / "pyside6-lupdate"
        command = [str(lupdate), "-locations", "none", "-no-obsolete", *sources, str(collected), "-ts"]
        subprocess.run([*command, *(str(target) for target in targets)], check=True)


if __name__ == "__main__":
    update(sorted(FOLDER.glob("*.ts")) or [FOLDER / "zh_CN.ts"])
