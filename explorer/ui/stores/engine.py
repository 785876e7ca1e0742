"""How the resident engine is, where it runs, and what it computes on: what the status bar says."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Signal

from explorer.protocol import DeviceFound, Event, ModelLoaded
from explorer.ui.stores.base import Store

EngineState = Literal["starting", "ready", "lost", "gone"]
"""A lost worker is started again by itself; one that is gone waits for the person."""


class EngineStore(Store):
    """State of the resident workers, by role.

    `place`: the command that starts the engine on another computer; empty if it is this one.

    Signals: `restart_requested`, an intent: start what is gone.
    """

    restart_requested = Signal()

    def __init__(self, roles: Sequence[str] = ("text", "inference"), place: str = "") -> None:
        super().__init__()
        self.states: dict[str, EngineState] = dict.fromkeys(roles, "starting")
        self.place = place
        self.machine = ""
        """The other computer's own name, once its engine has spoken."""
        self.other_version = ""
        """The version of the program there, if it is not ours."""
        self.words = ""
        """The end of what a dead worker wrote."""
        self.device: DeviceFound | None = None
        self.model = ""
        """Name of the model that the engine loaded last."""
        self.model_in_front = ""
        """Name of the model that answers in the panel that is shown; empty if that has none of its own."""

    def apply(self, event: Event) -> None:
        """The device, once torch is loaded, and the model that answers."""
        if isinstance(event, DeviceFound):
            self.device = event
            self.changed.emit()
        elif isinstance(event, ModelLoaded):
            self.model = event.name
            self.changed.emit()

    def show_model(self, name: str) -> None:
        """Another panel came to the front, or another model into it."""
        if name != self.model_in_front:
            self.model_in_front = name
            self.changed.emit()

    def role_ready(self, role: str) -> None:
        """A resident worker is up."""
        self.states[role] = "ready"
        self.changed.emit()

    def found_at(self, machine: str, other_version: str) -> None:
        """The computer that computes has said who it is."""
        self.machine, self.other_version = machine, other_version
        self.changed.emit()

    def role_lost(self, role: str, words: str, again: bool = True) -> None:
        """A resident worker died; `again`: it is started again by itself."""
        self.states[role] = "lost" if again else "gone"
        self.words = words
        if role == "inference":
            self.device = None
            self.model = self.machine = ""
        self.changed.emit()

    def try_again(self) -> None:
        """The person wants what is gone to be started."""
        for role, state in self.states.items():
            if state == "gone":
                self.states[role] = "starting"
        self.changed.emit()
        self.restart_requested.emit()

    @property
    def settled(self) -> bool:
        """Whether every worker is up and the device is known."""
        return all(state == "ready" for state in self.states.values()) and self.device is not None
