"""Step 6: personal data out of texts that stay."""

import re

from explorer.core.data.cleaning.page import Label, Page

_KINDS = (
    ("[email]", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("[number]", re.compile(r"(?<![\w.])(?:\d{4}[ -]){3}\d{4}(?![\w])")),
    (
        "[phone]",
        re.compile(
            r"(?<![\w.])(?:\+\d{1,3}[ -]?(?:\d[ -]?){7,12}\d|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?!\w)"
        ),
    ),
    ("[ip]", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]\d)")),
)
"""What takes the place of what. Source: FineWeb masks e-mail and IP addresses; numbers are ours."""


class PersonalData:
    """Drops no page; puts a word in the place of each address and number. Names of people stay."""

    name = "personal data"
    targets: tuple[Label, ...] = ()

    def __init__(self) -> None:
        self.right = self.wrong = self.missed = 0

    def keep(self, page: Page) -> str | None:
        """As `Step`; the page stays."""
        page.text, removed = masked(page.text)
        if page.truth is not None:
            planted = set(page.truth.secrets)
            self.right += len(planted & set(removed))
            self.wrong += len(set(removed) - planted)
            self.missed += len(planted - set(removed))
        return None


def masked(text: str) -> tuple[str, list[str]]:
    """The text without personal data, and what was taken out."""
    removed: list[str] = []
    for word, pattern in _KINDS:
        removed += [match[0] for match in pattern.finditer(text)]
        text = pattern.sub(word, text)
    return text, removed
