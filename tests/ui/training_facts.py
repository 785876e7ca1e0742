"""What an engine says of a run, made by hand for the tests of the training panel."""

from math import exp, log

from explorer.protocol import MetricPoint, RunInfo, RunStarted, Sample, Sampled, StepDone


def point(step: int, loss: float | None = None, val_loss: float | None = None) -> MetricPoint:
    """A point of a falling curve; each hundredth step is evaluated."""
    falling = 1.5 + 5.4 * exp(-step / 300)
    evaluated = val_loss if val_loss is not None else falling + 0.1 if step % 100 == 0 else None
    return MetricPoint(
        step=step,
        train_loss=falling if loss is None else loss,
        val_loss=evaluated,
        val_bpb=None if evaluated is None else evaluated / log(2) / 3,
        learning_rate=0.004,
        grad_norm=1.25,
        tokens_per_s=17_500.0,
        elapsed_s=step * 0.1,
    )


def info(run: str = "run-1", **changes: object) -> RunInfo:
    """A run of 2,000 steps."""
    facts: dict[str, object] = {
        "run": run,
        "path": f"/data/runs/{run}",
        "name": run,
        "stage": "pretrain",
        "preset": "nano",
        "text": "the Python manual",
        "created_s": 1_700_000_000.0,
        "step": 0,
        "steps": 2000,
        "status": "running",
        "train_loss": None,
        "val_loss": None,
        "parameters": 1_050_000,
        "checkpoint": "",
        "vocab_size": 1024,
    }
    return RunInfo(**(facts | changes))  # type: ignore[arg-type]


def started(job: str, run: RunInfo) -> RunStarted:
    """The folder of `run` exists; it goes on from `run.step`."""
    return RunStarted(
        job=job,
        info=run,
        device="cpu",
        vocab_size=1024,
        train_tokens=150_000,
        val_tokens=15_000,
        tokens_per_step=1024,
        uniform_loss=log(1024),
    )


def step_done(job: str, step: int, loss: float | None = None) -> StepDone:
    """One step of a run of 2,000."""
    return StepDone(job=job, point=point(step, loss), eta_s=(2000 - step) * 0.1)


def sampled(job: str, step: int, text: str = "") -> Sampled:
    """A saying."""
    return Sampled(job=job, sample=Sample(step=step, text=text or f"said at {step}", temperature=0.8))
