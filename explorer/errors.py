"""The few errors of our own. Each carries one sentence for a person, who is told what to do.

The sentence is a template with named fields, so that the window can show it in another language:
the engine sends template and values, and the window translates the template before filling it in.
"""


class ExplorerError(Exception):
    """Something a person can mend. `template` says what is wrong and what to do, `values` fill it.

    Templates are literals at the place of the raise: the translation tool collects them from there.
    """

    def __init__(self, template: str, **values: str | int | float) -> None:
        self.template = template
        self.values = {name: str(value) for name, value in values.items()}
        super().__init__(template.format(**self.values))


class InputError(ExplorerError):
    """What the person gave cannot be used: a missing file, an unknown name, an empty text."""


class DamagedFileError(ExplorerError):
    """A file of ours (or of a model) cannot be trusted: truncated, wrong sizes, not what it says."""


class StorageError(ExplorerError):
    """The disk refused: full, read-only, gone. Nothing half-written stands under a final name."""


class TrainingError(ExplorerError):
    """A run cannot go on by itself: the loss is no number any more."""
