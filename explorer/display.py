"""Can a window be opened here? Found out before Qt is asked, for Qt's answer to "no" is to abort."""

import ctypes
import importlib
import importlib.util
import os
import sys
from pathlib import Path

_DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def why_no_window() -> str:
    """One sentence that says what to install or set, or "" when a window can be opened."""
    if not sys.platform.startswith("linux"):
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if not platform and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return (
            "There is no display here to open a window on: start llm-explorer on a desktop, or install Xvfb "
            "and run `xvfb-run llm-explorer`; without a window use "
            "`llm-explorer tokenize`, `train` or `generate`."
        )
    missing = _missing_library(platform)
    if missing:
        return _install_sentence(missing)
    if not platform.startswith("xcb") and (platform or os.environ.get("WAYLAND_DISPLAY")):
        return ""
    return _unreachable_display()


def _missing_library(platform: str) -> str:
    """File name of a system library that Qt needs and this system lacks, or ""."""
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        return str(error).split(":", 1)[0]
    wants_xcb = platform.startswith("xcb") or (not platform and not os.environ.get("WAYLAND_DISPLAY"))
    spec = importlib.util.find_spec("PySide6")
    if not wants_xcb or spec is None or spec.origin is None:
        return ""
    plugin = Path(spec.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error).split(":", 1)[0]
    return ""


def _install_sentence(library: str) -> str:
    package = _DEBIAN_PACKAGES.get(library)
    if package:
        return (
            f"The system library {library} that the window needs is missing: install it "
            f"(on Debian or Ubuntu: `apt install {package}`) and start again."
        )
    return f"The system library {library} that the window needs is missing: install it and start again."


def _unreachable_display() -> str:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return _install_sentence("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if failed:
        return (
            f"The display {os.environ.get('DISPLAY', '')} does not answer: check DISPLAY, or install Xvfb "
            "and run `xvfb-run llm-explorer`."
        )
    return ""
