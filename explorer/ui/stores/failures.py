"""Why something did not work, from what the engine says."""

from explorer.protocol import Failed
from explorer.ui.stores.run_data import Failure


def failure_of(event: Failed) -> Failure:
    """The same, without its job."""
    return Failure(event.template, event.values, event.details)
