"""What was on the screen yesterday is there today: the runs that were looked at."""

from explorer.ui.settings import Settings
from explorer.ui.stores.runs import RunsStore

_SHOWN, _CURRENT = "training/shown", "training/current"


def remember_opened(settings: Settings, runs: RunsStore) -> None:
    """Whose curves are drawn, and which run is the current one."""
    shown = "\n".join(runs.shown)
    if shown != settings.text(_SHOWN):
        settings.set(_SHOWN, shown)
    if runs.current and runs.current != settings.text(_CURRENT):
        settings.set(_CURRENT, runs.current)


def remembered_opened(settings: Settings, runs: RunsStore) -> tuple[list[str], str]:
    """Runs whose curves were drawn beside the current one, and that one; of those that are still there."""
    known = {info.path for info in (*runs.runs, *runs.recorded)}
    current = settings.text(_CURRENT)
    shown = settings.text(_SHOWN).split("\n")
    return [key for key in shown if key in known and key != current], current if current in known else ""
