"""Build hook: compiles every .ts here to the .qm that the window loads, with Qt's own lrelease."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("resources") / "translations"


def compile_all(folder: Path) -> list[Path]:
    """Compile the .ts files of `folder`. Returns the .qm files. Raises: RuntimeError if lrelease fails."""
    import PySide6

    tools = Path(PySide6.__file__).parent
    candidates = [tools / "lrelease", tools / "lrelease.exe", tools / "Qt" / "libexec" / "lrelease"]
    lrelease = next((str(tool) for tool in candidates if tool.exists()), None)
    command = [lrelease] if lrelease else [sys.executable, "-m", "PySide6.scripts.pyside_tool", "lrelease"]
    compiled: list[Path] = []
    for source in sorted(folder.glob("*.ts")):
        target = source.with_suffix(".qm")
        done = subprocess.run([*command, str(source), "-qm", str(target)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"lrelease failed on {source.name}: {done.stdout}{done.stderr}")
        compiled.append(target)
    return compiled


class CompileTranslations(BuildHookInterface[Any]):
    """Runs before the wheel is put together; the compiled files travel with resources/."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile in the tree; .gitignore hides the results, so they are named as artifacts."""
        compile_all(Path(self.root) / FOLDER)
        build_data["artifacts"].append("resources/translations/*.qm")
