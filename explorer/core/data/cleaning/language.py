"""Step 2: only the languages that a model is to learn."""

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from explorer.core.data.cleaning.page import Label, Page

_ENOUGH_LETTERS = 40
"""Below that many letters no guess is worth anything: such a page passes."""
_SURE = 0.8
_LOOKED_AT = 1000
"""Characters: more of them change no guess, and cost time."""


class LanguageFilter:
    """Drops pages that are surely in other languages than `wanted`.

    What has few letters (sums, code) passes as the first of them, and so does what may be either.
    Source: FineWeb keeps pages whose English score is above 0.65; we ask for 0.8 for another language, since
    our documents are shorter.
    """

    name = "language filter"
    targets: tuple[Label, ...] = ("foreign",)

    def __init__(self, wanted: tuple[str, ...] = ("en", "zh")) -> None:
        self._wanted = wanted
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def keep(self, page: Page) -> str | None:
        """As `Step`."""
        page.language = self._wanted[0]
        if sum(sign.isalpha() for sign in page.text) < _ENOUGH_LETTERS:
            return None
        language, probability = self._identifier.classify(page.text[:_LOOKED_AT])
        if language in self._wanted:
            page.language = language
            return None
        return f"language: {language}" if probability >= _SURE else None
