"""The tiles under the curves: what the current run measures now."""

from explorer.ui import words
from explorer.ui.panels.training_parts.run_views import RunView
from explorer.ui.stores.run_data import Measure
from explorer.ui.theme import Theme
from explorer.ui.widgets.tiles import Tiles, TileSpec


class MeasureTiles(Tiles):
    """Step, losses, bits per byte, speed, gradient norm, learning rate, time left."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            (
                TileSpec("step", self.tr("Step"), self.tr("Updates of the weights so far"), "00,000"),
                TileSpec(
                    "train_loss",
                    self.tr("Training loss"),
                    self.tr("Nats per token, this step's batch"),
                    "0.000",
                ),
                TileSpec(
                    "val_loss",
                    self.tr("Held-out loss"),
                    self.tr("Nats per token, on text it does not learn from"),
                    "0.000",
                ),
                TileSpec(
                    "val_bpb",
                    self.tr("Bits per byte"),
                    self.tr("On held-out text; comparable across vocabularies"),
                    "0.000",
                ),
                TileSpec(
                    "tokens_per_s", self.tr("Tokens/s"), self.tr("Tokens learned from in a second"), "00,000"
                ),
                TileSpec(
                    "grad_norm",
                    self.tr("Gradient norm"),
                    self.tr("How strongly this batch pulls, before clipping"),
                    "00.00",
                ),
                TileSpec(
                    "learning_rate", self.tr("Learning rate"), self.tr("How far a step goes"), "0.00e-00"
                ),
                TileSpec("time", self.tr("Time left"), self.tr("At the present rate"), "0:00:00"),
            ),
        )

    def show_run(self, view: RunView | None) -> None:
        """Numbers of a run; None: there is none."""
        self.set_value("step", words.count(view.step) if view is not None else None)
        formats: dict[Measure, str] = {
            "train_loss": "{:.3f}",
            "val_loss": "{:.3f}",
            "val_bpb": "{:.3f}",
            "grad_norm": "{:.2f}",
            "learning_rate": "{:.2e}",
        }
        for measure, form in formats.items():
            value = view.data.latest(measure) if view is not None else None
            self.set_value(measure, None if value is None else form.format(value))
        speed = view.data.latest("tokens_per_s") if view is not None else None
        self.set_value("tokens_per_s", None if speed is None else words.count(round(speed)))
        left = view.live.eta_s if view is not None and view.live is not None else None
        self.set_value("time", None if left is None else words.duration(left))
