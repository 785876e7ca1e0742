"""What groups of models are called, wherever models are chosen."""

from PySide6.QtCore import QCoreApplication

from explorer.protocol import ModelOrigin


def group_name(origin: ModelOrigin) -> str:
    """Heading of a group of models."""
    translate = QCoreApplication.translate
    return {
        "run": translate("Models", "Trained here"),
        "shipped": translate("Models", "Came with the program"),
        "package": translate("Models", "Found on this computer"),
        "opened": translate("Models", "Opened by you"),
        "hub": translate("Models", "Downloaded"),
        "server": translate("Models", "At servers"),
    }[origin]
