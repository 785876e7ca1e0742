"""What can be copied from the panel, as tables."""

from collections.abc import Sequence

from explorer.ui.panels.training_parts.run_views import RunView
from explorer.ui.widgets.export import Row


def points_table(views: Sequence[RunView]) -> list[Row]:
    """Every point of the drawn runs, one line a step."""
    return [{"run": view.name, **row} for view in views for row in view.data.rows()]


def sayings_table(view: RunView) -> list[Row]:
    """Everything that a model said, oldest first."""
    return [
        {
            "run": view.name,
            "step": sample.step,
            "temperature": sample.temperature,
            "prompt": sample.prompt,
            "text": sample.text,
        }
        for sample in view.data.samples
    ]
