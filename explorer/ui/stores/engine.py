"""How the resident engine is, and what it computes on: what the status bar says."""

from typing import Literal

from explorer.protocol import DeviceFound, Event, ModelLoaded
from explorer.ui.stores.base import Store

EngineState = Literal["starting", "ready", "lost"]


class EngineStore(Store):
    """State of the resident workers, by role."""

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, EngineState] = {"text": "starting", "inference": "starting"}
        self.words = ""
        """The end of what a dead worker wrote, for the tooltip."""
        self.device: DeviceFound | None = None
        self.model = ""
        """Name of the model that the engine loaded last."""

    def apply(self, event: Event) -> None:
        """The device, once torch is loaded, and the model that answers."""
        if isinstance(event, DeviceFound):
            self.device = event
            self.changed.emit()
        elif isinstance(event, ModelLoaded):
            self.model = event.name
            self.changed.emit()

    def role_ready(self, role: str) -> None:
        """A resident worker is up."""
        self.states[role] = "ready"
        self.changed.emit()

    def role_lost(self, role: str, words: str) -> None:
        """A resident worker died."""
        self.states[role] = "lost"
        self.words = words
        if role == "inference":
            self.device = None
            self.model = ""
        self.changed.emit()

    @property
    def settled(self) -> bool:
        """Whether every worker is up and the device is known."""
        return all(state == "ready" for state in self.states.values()) and self.device is not None
