"""What a model can do, in numbers, on what it has not learned from."""

from explorer.core.evaluation.measure import COUNT, TASKS, TaskDone, measure
from explorer.core.evaluation.share import Share, Shares, ratio_of, share_of
from explorer.core.evaluation.speaker import Ask, Reply, Speaker
from explorer.core.evaluation.whole import ALL, BITS, as_json, evaluate

__all__ = [
    "ALL",
    "BITS",
    "COUNT",
    "TASKS",
    "Ask",
    "Reply",
    "Share",
    "Shares",
    "Speaker",
    "TaskDone",
    "as_json",
    "evaluate",
    "measure",
    "ratio_of",
    "share_of",
]
