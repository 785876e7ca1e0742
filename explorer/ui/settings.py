"""What the window remembers from day to day, in settings.ini of the data folder."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings


class Settings:
    """Typed access to one INI file. Values that cannot be read count as never set."""

    def __init__(self, data_dir: Path) -> None:
        self._store = QSettings(str(data_dir / "settings.ini"), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        """A remembered word or path."""
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def number(self, key: str, default: float) -> float:
        """A remembered number."""
        try:
            return float(str(self._store.value(key, default)))
        except ValueError:
            return default

    def flag(self, key: str, default: bool) -> bool:
        """A remembered switch."""
        return str(self._store.value(key, default)).lower() in ("true", "1")

    def blob(self, key: str) -> QByteArray:
        """A remembered geometry or splitter state; empty if never set."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set(self, key: str, value: str | float | bool | QByteArray) -> None:
        """Remember; written to disk at once, so that a kill does not lose it."""
        self._store.setValue(key, value)
        self._store.sync()
