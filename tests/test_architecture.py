"""The architecture, held to by machine: who may import whom, and what the window may load."""

import subprocess
import sys
from pathlib import Path

import explorer

PACKAGE = Path(explorer.__file__).parent
UI_MODULES = sorted(
    "explorer." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in PACKAGE.joinpath("ui").rglob("*.py")
    if path.name != "__init__.py"
)


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)


def test_every_module_of_the_window_loads_without_torch() -> None:
    imports = "\n".join(f"import {name}" for name in [*UI_MODULES, "explorer.app", "explorer.launch"])
    done = _python(
        f"{imports}\nimport sys\nassert 'torch' not in sys.modules\nassert 'explorer.core' not in sys.modules"
    )
    assert done.returncode == 0, done.stderr


def test_the_core_and_the_services_load_without_qt() -> None:
    code = """
import sys, pkgutil, importlib
sys.modules["PySide6"] = sys.modules["pyqtgraph"] = None
import explorer
for name in ("core", "text", "services"):
    package = importlib.import_module(f"explorer.{name}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
import explorer.worker
"""
    done = _python(code)
    assert done.returncode == 0, done.stderr


def test_the_text_worker_never_loads_torch() -> None:
    code = """
import sys
import explorer.worker
explorer.worker._services("text", ".")
assert "torch" not in sys.modules
"""
    done = _python(code)
    assert done.returncode == 0, done.stderr
