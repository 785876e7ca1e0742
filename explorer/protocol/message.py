"""What any worker hears and says, and the base of every message."""

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Base of everything on the wire."""

    job: str = ""


class Cancel(Message, tag=True, frozen=True, kw_only=True):
    """Close the job's generator: it stops at its next step and says nothing more than `JobCancelled`."""


class Ready(Message, tag=True, frozen=True, kw_only=True):
    """The worker's first line."""

    pid: int
    version: str
    machine: str = ""
    """The name of the computer that it runs on."""
    data_dir: str = ""
    """Its data folder, a path of that computer."""


class Failed(Message, tag=True, frozen=True, kw_only=True):
    """A job ended in words. `template` and `values` as in `explorer.errors`; `details` for the fold."""

    template: str
    values: dict[str, str] = {}
    details: str = ""


class JobCancelled(Message, tag=True, frozen=True, kw_only=True):
    """The job was closed as asked."""


WorkerCommand = Cancel
WorkerEvent = Ready | Failed | JobCancelled
