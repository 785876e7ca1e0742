"""What crosses the process boundary: commands to the engine, events from it, one JSON object a line.

Both are tagged structs, so a wrong message is refused with a reason, and a log of the pipe can be read
by a person. Every message names its `job`: the panel (or run) that asked and will get the answers.
A leaf: it imports nothing of ours. A file a concern; each ends with the unions of its commands and events.
"""

import msgspec

from explorer.protocol.chat import (
    ChatCommand,
    ChatEvent,
    ChatTurn,
    SetChat,
    TokensWritten,
    WriteTokens,
    WrittenPart,
)
from explorer.protocol.documents import (
    ChooseEncoding,
    DocumentCommand,
    DocumentEvent,
    DocumentText,
    DraftLoaded,
    EditDocument,
    Encoding,
    EncodingsListed,
    FileText,
    ListEncodings,
    LoadDraft,
    OpenDocument,
    ReadFile,
    SaveDraft,
    TokensPatched,
)
from explorer.protocol.inference import (
    SAMPLER_ORDER,
    Candidate,
    CloseSession,
    DeviceFound,
    Distribution,
    DropTokens,
    FindDevice,
    Generate,
    GenerationEnded,
    InferenceCommand,
    InferenceEvent,
    LoadModel,
    ModelLoaded,
    Precision,
    PromptSet,
    RemoveLast,
    Reshape,
    SamplerSettings,
    SetPrompt,
    StepToken,
    StopGenerating,
    StreamToken,
    TokenSampled,
    TokensDropped,
    TokensRemoved,
    WantedPrecision,
)
from explorer.protocol.looking import (
    Alternative,
    AttentionSeen,
    Chance,
    ContextMeasured,
    LookBack,
    LookingCommand,
    LookingEvent,
    MeasureContext,
    ScoredText,
    ScoreText,
    TextScored,
    TextScoreEnded,
)
from explorer.protocol.message import Cancel, Failed, JobCancelled, Message, Ready, WorkerCommand, WorkerEvent
from explorer.protocol.models import (
    AddServer,
    AskServer,
    DeleteModel,
    DescribeModel,
    DiscardDownload,
    Download,
    DownloadEnded,
    DownloadProgress,
    FileChoice,
    ForgetModel,
    LimitCopies,
    ListModels,
    MemoryEstimate,
    ModelCommand,
    ModelDescribed,
    ModelEvent,
    ModelInfo,
    ModelOrigin,
    ModelShape,
    ModelsListed,
    OpenModel,
    ProbeServer,
    RemoveServer,
    RepoSurveyed,
    ScoredToken,
    Sentence,
    ServerEnded,
    ServerInfo,
    ServerProbed,
    ServerSaid,
    SurveyRepo,
    TidyCopies,
    UnfinishedDownload,
    UnpackedCopy,
)
from explorer.protocol.preferences import (
    AskPreferences,
    GivePreference,
    PreferenceAsked,
    PreferenceCommand,
    PreferenceEvent,
)
from explorer.protocol.problems import (
    AnswerCount,
    AttemptDone,
    AttemptPiece,
    AttemptsCounted,
    AttemptsEnded,
    AttemptsGrew,
    CheckedSum,
    DrawProblem,
    GradedProblem,
    Judgement,
    JudgeText,
    ProblemCommand,
    ProblemDrawn,
    ProblemEvent,
    ProblemKind,
    TextJudged,
    TryManyTimes,
)
from explorer.protocol.rollouts import (
    GroupDrawn,
    ReadRollouts,
    Rollout,
    RolloutCommand,
    RolloutEvent,
    RolloutGroup,
    RolloutsRead,
)
from explorer.protocol.runs import (
    BinRun,
    EmptyBin,
    ListRuns,
    MetricPoint,
    OpenRun,
    RenameRun,
    RestoreRun,
    RunCommand,
    RunEvent,
    RunInfo,
    RunMetrics,
    RunOpened,
    RunSamples,
    RunsListed,
    RunStatus,
    Sample,
)
from explorer.protocol.training import (
    BUILT_IN_TEXT,
    WORLD_TEXT,
    CheckpointSaved,
    ContinueTraining,
    Device,
    PauseTraining,
    ResumeTraining,
    RunStarted,
    Sampled,
    SampleNow,
    StartTraining,
    StepDone,
    StopTraining,
    TextRead,
    TokenizerKind,
    TrainingCommand,
    TrainingContinued,
    TrainingEnded,
    TrainingEvent,
    TrainingPaused,
    TrainingStage,
)
from explorer.protocol.vocabulary import (
    DescribeToken,
    ReadVocabulary,
    SearchOrder,
    SearchVocabulary,
    SearchWay,
    TokenDescribed,
    TokenEntry,
    TreeNode,
    VocabularyCommand,
    VocabularyEvent,
    VocabularyFound,
    VocabularyRows,
)

__all__ = [
    "BUILT_IN_TEXT",
    "SAMPLER_ORDER",
    "WORLD_TEXT",
    "AddServer",
    "Alternative",
    "AnswerCount",
    "AskPreferences",
    "AskServer",
    "AttemptDone",
    "AttemptPiece",
    "AttemptsCounted",
    "AttemptsEnded",
    "AttemptsGrew",
    "AttentionSeen",
    "BinRun",
    "Cancel",
    "Candidate",
    "Chance",
    "ChatTurn",
    "CheckedSum",
    "CheckpointSaved",
    "ChooseEncoding",
    "CloseSession",
    "Command",
    "ContextMeasured",
    "ContinueTraining",
    "DeleteModel",
    "DescribeModel",
    "DescribeToken",
    "Device",
    "DeviceFound",
    "DiscardDownload",
    "Distribution",
    "DocumentText",
    "Download",
    "DownloadEnded",
    "DownloadProgress",
    "DraftLoaded",
    "DrawProblem",
    "DropTokens",
    "EditDocument",
    "EmptyBin",
    "Encoding",
    "EncodingsListed",
    "Event",
    "Failed",
    "FileChoice",
    "FileText",
    "FindDevice",
    "ForgetModel",
    "Generate",
    "GenerationEnded",
    "GivePreference",
    "GradedProblem",
    "GroupDrawn",
    "JobCancelled",
    "JudgeText",
    "Judgement",
    "LimitCopies",
    "ListEncodings",
    "ListModels",
    "ListRuns",
    "LoadDraft",
    "LoadModel",
    "LookBack",
    "MeasureContext",
    "MemoryEstimate",
    "Message",
    "MetricPoint",
    "ModelDescribed",
    "ModelInfo",
    "ModelLoaded",
    "ModelOrigin",
    "ModelShape",
    "ModelsListed",
    "OpenDocument",
    "OpenModel",
    "OpenRun",
    "PauseTraining",
    "Precision",
    "PreferenceAsked",
    "ProbeServer",
    "ProblemDrawn",
    "ProblemKind",
    "PromptSet",
    "ReadFile",
    "ReadRollouts",
    "ReadVocabulary",
    "Ready",
    "RemoveLast",
    "RemoveServer",
    "RenameRun",
    "RepoSurveyed",
    "Reshape",
    "RestoreRun",
    "ResumeTraining",
    "Rollout",
    "RolloutGroup",
    "RolloutsRead",
    "RunInfo",
    "RunMetrics",
    "RunOpened",
    "RunSamples",
    "RunStarted",
    "RunStatus",
    "RunsListed",
    "Sample",
    "SampleNow",
    "Sampled",
    "SamplerSettings",
    "SaveDraft",
    "ScoreText",
    "ScoredText",
    "ScoredToken",
    "SearchOrder",
    "SearchVocabulary",
    "SearchWay",
    "Sentence",
    "ServerEnded",
    "ServerInfo",
    "ServerProbed",
    "ServerSaid",
    "SetChat",
    "SetPrompt",
    "StartTraining",
    "StepDone",
    "StepToken",
    "StopGenerating",
    "StopTraining",
    "StreamToken",
    "SurveyRepo",
    "TextJudged",
    "TextRead",
    "TextScoreEnded",
    "TextScored",
    "TidyCopies",
    "TokenDescribed",
    "TokenEntry",
    "TokenSampled",
    "TokenizerKind",
    "TokensDropped",
    "TokensPatched",
    "TokensRemoved",
    "TokensWritten",
    "TrainingContinued",
    "TrainingEnded",
    "TrainingPaused",
    "TrainingStage",
    "TreeNode",
    "TryManyTimes",
    "UnfinishedDownload",
    "UnpackedCopy",
    "VocabularyFound",
    "VocabularyRows",
    "WantedPrecision",
    "WriteTokens",
    "WrittenPart",
    "decode_command",
    "decode_event",
    "encode",
]


Command = (
    WorkerCommand
    | DocumentCommand
    | RunCommand
    | TrainingCommand
    | InferenceCommand
    | ChatCommand
    | ModelCommand
    | ProblemCommand
    | RolloutCommand
    | LookingCommand
    | PreferenceCommand
    | VocabularyCommand
)
Event = (
    WorkerEvent
    | DocumentEvent
    | RunEvent
    | TrainingEvent
    | InferenceEvent
    | ChatEvent
    | ModelEvent
    | ProblemEvent
    | RolloutEvent
    | LookingEvent
    | PreferenceEvent
    | VocabularyEvent
)

_encoder = msgspec.json.Encoder()
_commands = msgspec.json.Decoder(Command)
_events = msgspec.json.Decoder(Event)


def encode(message: Message) -> bytes:
    """One line, newline included."""
    return _encoder.encode(message) + b"\n"


def decode_command(line: bytes) -> Command:
    """Read a line from the window. Raises: msgspec.DecodeError, with the reason, on anything else."""
    return _commands.decode(line)


def decode_event(line: bytes) -> Event:
    """Read a line from the engine. Raises: msgspec.DecodeError, with the reason, on anything else."""
    return _events.decode(line)
