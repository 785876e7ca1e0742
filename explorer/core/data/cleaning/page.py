"""A page on its way through cleaning, and what a step did."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

Label = Literal["wanted", "copy", "near copy", "foreign", "spam", "stuffing", "broken", "empty"]
"""What a page is in truth; `empty`: notices and errors, no text of its own."""
_EXAMPLES = 3
_EXAMPLE_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Truth:
    """What a page was made from. Cleaning never looks at it; measuring does."""

    label: Label
    language: str
    text: str
    secrets: tuple[str, ...] = ()
    """Personal data that was put in."""


@dataclass(slots=True)
class Page:
    """`text` is the raw page at first, and what is left of it after each step."""

    number: int
    text: str
    language: str = ""
    """As the language step sees it; empty before."""
    truth: Truth | None = None


@dataclass
class Report:
    """What a step did. Precision and recall compare with the truth, where pages have one."""

    step: str
    documents_in: int = 0
    documents_out: int = 0
    characters_in: int = 0
    characters_out: int = 0
    right: int = 0
    """Dropped (or, for personal data, removed) as it should be."""
    wrong: int = 0
    """Dropped, but wanted."""
    missed: int = 0
    """Passed on, but to be dropped."""
    examples: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """(reason, beginning) of some that were dropped."""

    @property
    def precision(self) -> float | None:
        """Share of what was dropped that should be; None if nothing was."""
        total = self.right + self.wrong
        return self.right / total if total else None

    @property
    def recall(self) -> float | None:
        """Share of what should be dropped that was; None if there was nothing."""
        total = self.right + self.missed
        return self.right / total if total else None

    def example(self, reason: str, text: str) -> None:
        """Keep it, if there are few so far."""
        if len(self.examples) < _EXAMPLES:
            self.examples.append((reason, " ".join(text.split())[:_EXAMPLE_CHARACTERS]))


class Step(Protocol):
    """One step of the way. `targets`: labels of the pages that it is there to drop."""

    name: str
    targets: tuple[Label, ...]

    def keep(self, page: Page) -> str | None:
        """Change `page` in place; None if it goes on, else the reason why it does not."""
        ...


def run_step(step: Step, pages: Iterator[Page], report: Report) -> Iterator[Page]:
    """The pages that `step` lets through; everything is counted in `report`."""
    for page in pages:
        report.documents_in += 1
        report.characters_in += len(page.text)
        before = page.text
        reason = step.keep(page)
        _judge(step, page, reason, report)
        if reason is None:
            report.documents_out += 1
            report.characters_out += len(page.text)
            yield page
        else:
            report.example(reason, before)


def _judge(step: Step, page: Page, reason: str | None, report: Report) -> None:
    if page.truth is None or not step.targets:
        return
    target = page.truth.label in step.targets
    if reason is not None:
        # What another step would have dropped is no loss: only wanted pages count against this one.
        if target:
            report.right += 1
        elif page.truth.label == "wanted":
            report.wrong += 1
    elif target:
        report.missed += 1
