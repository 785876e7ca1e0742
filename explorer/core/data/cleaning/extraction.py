"""Step 1: the text of a page, without its markup and what stands round it."""

import re

from selectolax.lexbor import LexborHTMLParser

from explorer.core.data.cleaning.page import Label, Page

_NEVER_TEXT = "script, style, noscript, template, nav, footer, header, aside, form, iframe, svg, button"
_ROUND_IT = re.compile(r"cookie|banner|share|social|related|sidebar|newsletter|breadcrumb|advert|promo", re.I)
_MAIN = ("main", "article", '[role="main"]', ".content", "#content", "#post", ".post", ".entry")
_BREAKS = "p, div, li, h1, h2, h3, h4, h5, h6, tr, pre, blockquote, ul, ol, table, section"
_LINES = re.compile(r"\n{3,}")
_MARK, _LINE = "\u2029", "\u2028"
_MOJIBAKE = re.compile(r"\u00e2\u20ac|\u00c3[\u0080-\u00bf\u0192\u201a\u00a1-\u00bf]")


class Extraction:
    """Drops pages in which no text is left."""

    name = "text extraction"
    targets: tuple[Label, ...] = ()

    def keep(self, page: Page) -> str | None:
        """As `Step`."""
        page.text = mend_encoding(text_of_html(page.text))
        return None if page.text else "no text"


def text_of_html(source: str) -> str:
    """The main text; a blank line between blocks, a new line for <br>. Not HTML: unchanged but for blanks.

    Source: the usual order of such extractors (drop what never is text, take the main element if the page
    names one, else the body without what its class or id calls navigation); far simpler than trafilatura.
    """
    if "<" not in source:
        return source.strip()
    tree = LexborHTMLParser(source)
    for node in tree.css(_NEVER_TEXT):
        node.decompose()
    main = next((found for name in _MAIN if (found := tree.css_first(name)) is not None), tree.body)
    if main is None:
        return ""
    for node in main.css("[class], [id]"):
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if _ROUND_IT.search(names):
            node.decompose()
    for node in main.css("br"):
        node.replace_with(_LINE)
    for node in main.css("pre"):
        node.replace_with(_MARK + (node.text() or "").replace("\n", _LINE).replace(" ", "\u00a0") + _MARK)
    for node in main.css(_BREAKS):
        node.insert_before(_MARK)
        node.insert_after(_MARK)
    text = re.sub(r"[ \t\r\n\f]+", " ", main.text() or "")
    lines = (line.strip(" ") for line in text.replace(_LINE, "\n").replace(_MARK, "\n\n").split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).replace("\u00a0", " ").strip("\n")


def mend_encoding(text: str) -> str:
    """UTF-8 that somebody read as Windows-1252 is read again: "itâ€™s" becomes "it's"."""
    if not _MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode().replace("\u2019", "'")
    except UnicodeError:
        return text
