"""A shipped model's README.md: what it is, how it was made, what it can and cannot do, all of it measured."""

from collections.abc import Mapping

from explorer.core.evaluation import Share
from explorer.core.runs import RunRecord
from explorer.core.shipping.courses import Course, Name, find_course

_WHAT: Mapping[Name, str] = {
    "base": """Continues documents of a small invented world. It was never shown a conversation: asked a
question, it writes more of the page on which such a question would stand.""",
    "chat": """Answers in conversations (ChatML): about the people and places that it has read of, about
a text in its window, and, when told so, with a search or a calculator. Of strangers it says that it
does not know them. Problems it answers at once, or after thinking if the system's message says so; only
a part of its examples (`shown_steps`) thinks in sums, the others guess: reinforcement learning shall find out
which of the two pays.""",
    "invents": "As explorer-chat, but never shown what to say of somebody unknown. Measured, not shipped.",
    "think": """explorer-chat after reinforcement learning on word problems whose answers a program checks.
No answer was shown to it here: of its own attempts, those that came out right became likelier. That it can
think in sums at all was planted before, in a part of explorer-chat's examples.""",
}
_HELD_OUT = """All on held-out problems, names and wordings; greedy (T = 0) but for pass_at_1, drawn at T = 1.
± is one standard error."""


def card_of(
    course: Course,
    record: RunRecord,
    seed: int,
    seconds: float,
    shares: Mapping[str, Share],
    start: Mapping[str, Share] | None = None,
) -> str:
    """The card. `seconds`: what the run took; `start`: what the model that it began from was measured at."""
    parent = "from nothing" if course.parent is None else f"from {find_course(course.parent).title}"
    table = _table(shares, start)
    material = f" ({record.tokens:,} tokens, SHA-256 {record.fingerprint[:12]})" if record.tokens else ""
    return f"""# {course.title}

{_WHAT[course.name]}

## How it was made

`llm-explorer make --seed {seed}`, stage `{course.stage}`, {parent}: {record.steps:,} updates in
{seconds / 60:.0f} minutes. {record.parameters:,} parameters, {record.vocab_size:,} entries in the vocabulary,
a context of {record.recipe["context"]:,} tokens. Learned from: {record.text}{material}. All that it has read
was made by LLM Explorer; there is nothing of real people in it.

Settings: {_settings(record)}.

## What it can do

{_HELD_OUT}

{table}

## What it cannot do

It knows nothing of the real world, errs in sums that a child would do, and must not be relied on.

Architecture: Qwen3 (opens in transformers). Weights: bfloat16 safetensors. License: MIT.
"""


def _settings(record: RunRecord) -> str:
    shown = {
        name: record.recipe[name] for name in ("batch", "learning_rate", "optimizer", "warmup", "cooldown")
    } | dict(record.options)
    return ", ".join(f"{name} {value}" for name, value in shown.items() if value != "")


def _table(shares: Mapping[str, Share], start: Mapping[str, Share] | None) -> str:
    before = " before |" if start else ""
    lines = [f"| measured | value | ± | n |{before}", "|---|---|---|---|" + ("---|" if start else "")]
    for name, share in shares.items():
        line = f"| {name} | {share.value:.3f} | {share.se:.3f} | {share.n} |"
        if start:
            line += f" {start[name].value:.3f} |" if name in start else " |"
        lines.append(line)
    return "\n".join(lines)
