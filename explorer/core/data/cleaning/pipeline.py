"""All steps in a row, each measured. Pages stream through; only the duplicate steps remember anything."""

from collections.abc import Iterator

from explorer.core.data.cleaning.duplicates import ExactDuplicates, NearDuplicates
from explorer.core.data.cleaning.extraction import Extraction
from explorer.core.data.cleaning.language import LanguageFilter
from explorer.core.data.cleaning.page import Page, Report, Step, run_step
from explorer.core.data.cleaning.personal import PersonalData
from explorer.core.data.cleaning.quality import QualityFilter


class Pipeline:
    """Extraction, language, quality, exact and near duplicates, personal data; `reports` fill as it runs."""

    def __init__(self, languages: tuple[str, ...] = ("en", "zh")) -> None:
        self._personal = PersonalData()
        self.steps: tuple[Step, ...] = (
            Extraction(),
            LanguageFilter(languages),
            QualityFilter(),
            ExactDuplicates(),
            NearDuplicates(),
            self._personal,
        )
        self.reports = tuple(Report(step.name) for step in self.steps)

    def clean(self, pages: Iterator[Page]) -> Iterator[Page]:
        """The pages that are left, as text."""
        for step, report in zip(self.steps, self.reports, strict=True):
            pages = run_step(step, pages, report)
        personal = self.reports[-1]
        for page in pages:
            personal.right, personal.wrong = self._personal.right, self._personal.wrong
            personal.missed = self._personal.missed
            yield page
