"""The tiles under the curves: what the current run measures now."""

from explorer.ui import words
from explorer.ui.panels.training_parts.run_views import RunView
from explorer.ui.theme import Theme
from explorer.ui.widgets.tiles import Tiles, TileSpec

_READING = ("train_loss", "val_loss", "val_bpb")
_PRACTICE = ("share_right", "pass_at_1", "reward", "response_length")
_OWN = {
    "rejection": _PRACTICE,
    "grpo": _PRACTICE,
    "reward": ("preference_loss", "accuracy", "held_out_accuracy", "true_accuracy", "learning_rate"),
    "rlhf": ("reward", "true_score", "kl", "response_length"),
}
"""What each stage measures, where it is not what reading measures."""
_IF_KNOWN = ("true_accuracy", "true_score")
"""Hidden where nobody's rule labelled the pairs."""
_FORMATS = {
    "preference_loss": "{:.3f}",
    "accuracy": "{:.1%}",
    "held_out_accuracy": "{:.1%}",
    "true_accuracy": "{:.1%}",
    "true_score": "{:.2f}",
    "kl": "{:.3f}",
    "train_loss": "{:.3f}",
    "val_loss": "{:.3f}",
    "val_bpb": "{:.3f}",
    "share_right": "{:.1%}",
    "pass_at_1": "{:.1%}",
    "reward": "{:.2f}",
    "response_length": "{:.1f}",
    "grad_norm": "{:.2f}",
    "learning_rate": "{:.2e}",
}


class MeasureTiles(Tiles):
    """Step, what the stage measures, speed, gradient norm, learning rate, time left."""

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
                    "share_right",
                    self.tr("Right"),
                    self.tr("Share of this update's answers that are right"),
                    "100.0%",
                ),
                TileSpec(
                    "pass_at_1",
                    self.tr("Held-out right"),
                    self.tr("Pass@1: one answer each to problems that it does not learn from"),
                    "100.0%",
                ),
                TileSpec("reward", self.tr("Reward"), self.tr("Mean of this update's answers"), "-0.00"),
                TileSpec(
                    "true_score",
                    self.tr("By the rule"),
                    self.tr("What the labeller's own rule gives the same answers, 0 to 1"),
                    "0.00",
                ),
                TileSpec("kl", self.tr("Distance"), self.tr("KL from its beginning, nats"), "0.000"),
                TileSpec(
                    "preference_loss", self.tr("Pair loss"), self.tr("Nats per pair, this step's"), "0.000"
                ),
                TileSpec(
                    "accuracy",
                    self.tr("Right order"),
                    self.tr("Share of this step's pairs in which the preferred answer scores higher"),
                    "100.0%",
                ),
                TileSpec(
                    "held_out_accuracy",
                    self.tr("Held-out order"),
                    self.tr("The same, of pairs that it does not learn from"),
                    "100.0%",
                ),
                TileSpec(
                    "true_accuracy",
                    self.tr("By the rule"),
                    self.tr("The same, with the labeller's errors put right"),
                    "100.0%",
                ),
                TileSpec(
                    "response_length",
                    self.tr("Answer length"),
                    self.tr("Tokens, mean of this update's answers"),
                    "000.0",
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
        own = _OWN.get(view.stage if view is not None else "", (*_READING, "learning_rate"))
        data = view.data if view is not None else None
        own = [name for name in own if name not in _IF_KNOWN or (data is not None and data.has(name))]
        self.show_only({"step", *own, "tokens_per_s", "grad_norm", "time"})
        for measure, form in _FORMATS.items():
            known = view is not None and view.data.has(measure)
            value = view.data.latest(measure) if view is not None and known else None
            self.set_value(measure, None if value is None else form.format(value))
        speed = view.data.latest("tokens_per_s") if view is not None else None
        self.set_value("tokens_per_s", None if speed is None else words.count(round(speed)))
        left = view.live.eta_s if view is not None and view.live is not None else None
        self.set_value("time", None if left is None else words.duration(left))
