"""Models that answer: one session a job id, whose commands act in the order in which they came.

Commands are short, except `Generate`. Whatever else comes for its session ends it first, but for `Reshape`,
which gives it other settings from the next token on, and those that only look.
"""

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from explorer.core.threads import wait_without_spinning
from explorer.protocol import (
    CloseSession,
    Command,
    DeviceFound,
    DropTokens,
    FindDevice,
    Generate,
    LoadModel,
    LookBack,
    MeasureContext,
    ModelLoaded,
    RemoveLast,
    Reshape,
    ScoreText,
    SetChat,
    SetPrompt,
    StepToken,
    StopGenerating,
    TryManyTimes,
    WantedPrecision,
    WriteTokens,
)
from explorer.services import Job
from explorer.text.template_names import template_name
from explorer.text.templates import TemplateRenderer

if (
    TYPE_CHECKING
):  # torch is loaded when the first command comes, not before the worker can say that it is there
    import torch

    from explorer.core.loading import LoadedModel
    from explorer.services.session_jobs import Talk


class InferenceService:
    """Keeps sessions by job id, and each model once, however many sessions it answers in."""

    commands: tuple[type[Command], ...] = (
        FindDevice,
        LoadModel,
        SetPrompt,
        Reshape,
        StepToken,
        Generate,
        StopGenerating,
        RemoveLast,
        DropTokens,
        CloseSession,
        SetChat,
        WriteTokens,
        TryManyTimes,
        LookBack,
        ScoreText,
        MeasureContext,
    )

    def __init__(self, data_dir: str = "") -> None:
        """`data_dir` keeps unpacked GGUF files; by default the person's own."""
        wait_without_spinning()
        self._data_dir = data_dir
        self._talks: dict[str, Talk] = {}
        self._renderer = TemplateRenderer()
        self._models: WeakValueDictionary[tuple[str, int, int, str, str], LoadedModel] = WeakValueDictionary()

    def close(self) -> None:
        """Nothing of this is on the disk."""
        self._renderer.close()
        self._talks.clear()

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        if isinstance(command, FindDevice):
            return _find_device(command)
        from explorer.services import attempt_jobs, chat_jobs, looking_jobs
        from explorer.services import session_jobs as jobs

        talk = self._talks.setdefault(command.job, jobs.Talk())
        if isinstance(command, Reshape):
            return jobs.steer(talk, command) if talk.runs else jobs.in_turn(talk, jobs.reshape(talk, command))
        if isinstance(command, LookBack | ScoreText | MeasureContext):
            return looking_jobs.aside(talk, command)
        talk.end_runs()
        match command:
            case Generate():
                return jobs.generate(talk, command)
            case TryManyTimes():
                return attempt_jobs.try_many_times(talk, command)
            case LoadModel():
                work = self._load(talk, command)
            case SetPrompt():
                work = jobs.set_prompt(talk, command)
            case SetChat():
                work = chat_jobs.set_chat(talk, command, self._renderer)
            case WriteTokens():
                work = chat_jobs.write_tokens(talk, command)
            case StepToken():
                work = jobs.step(talk, command)
            case RemoveLast():
                work = jobs.remove_last(talk, command)
            case DropTokens():
                work = jobs.drop(talk, command)
            case CloseSession():
                work = self._close_session(talk, command)
            case _:
                assert isinstance(command, StopGenerating)
                return iter(())
        return jobs.in_turn(talk, work)

    def _load(self, talk: "Talk", command: LoadModel) -> Job:
        from explorer.core import devices
        from explorer.core.session import Session

        device = devices.choose(command.device)
        loaded = self._model(command.path, device, command.dtype)
        talk.loaded = loaded
        talk.session = Session(loaded.model, loaded.tokenizer, loaded.end_tokens)
        yield ModelLoaded(
            job=command.job,
            path=str(loaded.info.path),
            name=loaded.info.name,
            step=loaded.info.step,
            parameters=loaded.info.parameters,
            vocab_size=loaded.tokenizer.n_vocab,
            context=talk.session.context,
            weights_hash=loaded.info.weights_hash,
            device=device.type,
            dtype=loaded.dtype,
            has_template=loaded.speech.template is not None,
            template_name=template_name(loaded.speech.template or ""),
            special_tokens=sorted(
                loaded.tokenizer.special_tokens, key=loaded.tokenizer.special_tokens.__getitem__
            ),
            suggested_sampler=loaded.suggested_sampler,
        )

    def _model(self, path: str, device: "torch.device", dtype: WantedPrecision) -> "LoadedModel":
        """From the disk, unless a session has the very same one."""
        from explorer.core import checkpoints
        from explorer.core.loading import load_model, model_folder, opened_dir

        cache_dir = opened_dir(self._data_dir)
        folder = model_folder(path, cache_dir)
        weights = folder / checkpoints.WEIGHTS
        if not weights.is_file():
            # Several files, or it knows the sentence.
            return load_model(path, device, dtype=dtype, cache_dir=cache_dir)
        stat = weights.stat()
        key = (str(folder.resolve()), stat.st_mtime_ns, stat.st_size, str(device), dtype)
        loaded = self._models.get(key)
        if loaded is None:
            loaded = self._models[key] = load_model(path, device, dtype=dtype, cache_dir=cache_dir)
        return loaded

    def _close_session(self, talk: "Talk", command: CloseSession) -> Job:
        talk.loaded = talk.session = None
        if len(talk.turns) == 1:  # nobody has come back to it meanwhile
            del self._talks[command.job]
        yield None


def _find_device(command: FindDevice) -> Job:
    """Loads torch: some seconds on a cold disk, spent while the window is looked at."""
    import torch

    from explorer.core import devices

    facts = devices.describe(devices.choose(command.device))
    yield DeviceFound(
        job=command.job,
        kind=facts.kind,
        name=facts.name,
        threads=facts.threads,
        memory_free_bytes=facts.memory_free_bytes,
        memory_total_bytes=facts.memory_total_bytes,
        torch_version=str(torch.__version__),
    )
