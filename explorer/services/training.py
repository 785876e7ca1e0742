"""One training run a worker: started or resumed, paused, stopped, in order on disk when the window goes."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from explorer.core.runs import RunFolder, clear_abandoned, new_run_path
from explorer.protocol import (
    Command,
    ContinueTraining,
    Device,
    Event,
    JobCancelled,
    PauseTraining,
    ResumeTraining,
    SampleNow,
    StartTraining,
    StopTraining,
    TextRead,
    TrainingEnded,
    TrainingStage,
)
from explorer.services import Job, Wait

if TYPE_CHECKING:
    from explorer.core.training.loop import Control


class TrainingService:
    """Start or resume makes a job that lives as long as the run; the other commands steer it."""

    commands: tuple[type[Command], ...] = (
        StartTraining,
        ResumeTraining,
        PauseTraining,
        ContinueTraining,
        StopTraining,
        SampleNow,
    )

    def __init__(self) -> None:
        self._controls: dict[str, Control] = {}

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        match command:
            case StartTraining():
                return self._start(command)
            case ResumeTraining():
                return self._train(command.job, Path(command.path), command.device, command.steps)
            case _:
                return self._steer(command)

    def close(self) -> None:
        """Nothing is left to do: a job that is closed saves its run."""

    def _steer(self, command: Command) -> Job:
        control = self._controls.get(command.job)
        if control is not None:
            match command:
                case PauseTraining():
                    control.pause = True
                case ContinueTraining():
                    control.pause = False
                case StopTraining():
                    control.stop = True
                case _:
                    control.sample = True
        yield None

    def _start(self, command: StartTraining) -> Job:
        from explorer.core.devices import choose
        from explorer.core.training.loop import Control
        from explorer.core.training.prepare import Plan
        from explorer.core.training.stages import prepare

        choose(command.device)  # before a text is prepared for a device that is not there
        # Before a word is said: a stop may follow at once.
        control = self._controls[command.job] = Control()
        plan = Plan(
            text=command.text,
            preset=command.preset,
            tokenizer=command.tokenizer,
            vocab_size=command.vocab_size,
            steps=command.steps,
            seed=command.seed,
            name=command.name,
            stage=command.stage,
            parent=command.parent,
            options=command.options,
        )
        runs_dir = Path(command.runs_dir)
        clear_abandoned(runs_dir)
        folder = new_run_path(runs_dir, command.name or _label(command))
        try:
            with closing(prepare(plan, folder)) as facts:
                for fact in facts:
                    if control.stop:
                        break
                    yield _of_job(command.job, fact) if isinstance(fact, TrainingStage | TextRead) else None
            if not RunFolder(folder).exists:
                yield JobCancelled(job=command.job)  # nothing was begun, and nothing is left behind
                return
            yield from self._train(command.job, folder, command.device, None)
        finally:
            self._controls.pop(command.job, None)

    def _train(self, job: str, folder: Path, device: Device, steps: int | None) -> Job:
        from explorer.core.devices import choose
        from explorer.core.training.loop import Control
        from explorer.core.training.stages import open_trainer

        control = self._controls.setdefault(job, Control())
        yield TrainingStage(job=job, stage="model", share=0.0)
        ended: TrainingEnded | None = None
        with open_trainer(RunFolder(folder), choose(device), control, steps) as trainer:
            try:
                for fact in trainer.run():
                    if isinstance(fact, TrainingEnded):
                        ended = fact
                    elif fact is not None:
                        yield _of_job(job, fact)
                    else:
                        yield Wait() if trainer.waiting else None
            except GeneratorExit:
                # The window is gone, or the job was cancelled: nothing that was learned is lost.
                if trainer.unsaved:
                    trainer.save()
                raise
            finally:
                self._controls.pop(job, None)
        if ended is not None:
            yield _of_job(job, ended)  # now that nobody holds the folder: whoever hears it may go on at once


def _label(command: StartTraining) -> str:
    """What to call a run that has no name."""
    return command.preset if command.stage == "pretrain" else command.stage


def _of_job(job: str, event: Event) -> Event:
    return msgspec.structs.replace(event, job=job)
