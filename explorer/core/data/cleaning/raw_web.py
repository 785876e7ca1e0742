"""The world's documents as the web has them: in markup, among notices, copies, spam and other languages.

Every page knows what it is, so that each step of cleaning can be measured against the truth.
"""

import hashlib
import html
from collections.abc import Iterable, Iterator
from functools import cache

from explorer.core.data.cleaning.page import Label, Page, Truth
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.documents import Document
from explorer.core.data.world.grammar import Grammar, Telling
from explorer.core.data.world.wordlists import entries, sections, words

_SHARES: tuple[tuple[Label, float], ...] = (
    ("copy", 0.06), ("near copy", 0.05), ("foreign", 0.07), ("spam", 0.06), ("stuffing", 0.03),
    ("broken", 0.03), ("empty", 0.04),
)  # fmt: skip
"""Pages of each kind that are not wanted, for each page that is."""
_REMEMBERED = 400
"""Pages that copies are made of: the last ones, since copies of the web are not always neighbours."""
_PERSONAL = 0.06
_MOJIBAKE = 0.05
_COMMON_SWAPS = (
    ("big", "large"),
    ("said", "told them"),
    ("went", "walked"),
    ("good", "nice"),
    ("very", "really"),
)


@cache
def _grammar() -> Grammar:
    return Grammar(sections("web/web"))


def raw_pages(documents: Iterable[Document], seed: int) -> Iterator[Page]:
    """Every document as a page of its own, with what the web adds in between."""
    dice = Dice(seed, "web")
    kept: list[tuple[str, str]] = []
    seen: set[int] = set()
    number = 0
    for document in documents:
        # Short cards and lists of the world come twice by themselves: a copy is a copy.
        label: Label = "copy" if hash_of(document.text) in seen else "wanted"
        seen.add(hash_of(document.text))
        yield _page(number, document.text, document.language, label, dice)
        number += 1
        kept.append((document.text, document.language))
        if len(kept) > _REMEMBERED:
            kept.pop(0)
        for kind, share in _SHARES:
            if dice.chance(share):
                text, language = _unwanted(kind, kept, dice)
                if text:
                    yield _page(number, text, language, kind, dice)
                    number += 1


def hash_of(text: str) -> int:
    """What two copies have in common."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _unwanted(kind: Label, kept: list[tuple[str, str]], dice: Dice) -> tuple[str, str]:
    under_way = Telling(
        _grammar(), dice, {"code": dice.integer(1000, 99999), "year": dice.integer(1999, 2026)}
    )
    match kind:
        case "copy":
            return dice.choice(kept)
        case "near copy":
            text, language = dice.choice(kept)
            return (_changed(text, dice), language) if len(text.split()) > 60 else ("", language)
        case "foreign":
            language = dice.choice(("de", "fr", "es"))
            return " ".join(
                under_way.tell(f"foreign.{language}") for _ in range(dice.integer(2, 4))
            ), language
        case "spam":
            return " ".join(under_way.tell("spam") for _ in range(dice.integer(2, 6))), "en"
        case "stuffing":
            under_way.tell("stuffing")
            word = str(under_way.values["word"])
            parts = [dice.choice((f"cheap {word}", f"best {word}", f"{word} online", word, f"buy {word}"))
                     for _ in range(dice.integer(30, 90))]  # fmt: skip
            return ", ".join(parts), "en"
        case "broken":
            text, language = dice.choice(kept)
            return _garbled(text, dice), language
        case _:
            return under_way.tell("error page"), "en"


def _changed(text: str, dice: Dice) -> str:
    """A near copy: somebody has put it on another page, with a word or a line of their own."""
    for old, new in dice.sample(_COMMON_SWAPS, 2):
        text = text.replace(f" {old} ", f" {new} ", 1)
    if dice.chance(0.5):
        text += dice.choice((" Found on the net.", "\n\nSent in by a reader.", " (from our archive)"))
    return text


def _garbled(text: str, dice: Dice) -> str:
    """Bytes that nobody can put right any more: every third or so is lost."""
    return "".join("\ufffd" if dice.chance(0.3) else sign for sign in text[:600])


def _mojibake(text: str) -> str:
    """UTF-8 read as Windows-1252: "it’s" becomes "itâ€™s". Can be undone."""
    curly = text.replace("'", "\u2019")
    return curly.encode().decode("cp1252", "ignore") if curly != text else text


def _page(number: int, text: str, language: str, label: Label, dice: Dice) -> Page:
    secrets: tuple[str, ...] = ()
    shown = text
    if label == "wanted" and language == "en" and dice.chance(_PERSONAL):
        secrets = (_secret(dice),)
        under_way = Telling(_grammar(), dice, {"secret": secrets[0]})
        shown = f"{text}\n\n{under_way.tell('personal')}"
    body = _mojibake(shown) if label == "wanted" and language == "en" and dice.chance(_MOJIBAKE) else shown
    truth = Truth(label, language, text, secrets)
    return Page(number, _markup(body, dice), language="", truth=truth)


def _secret(dice: Dice) -> str:
    """A made-up address, number or account: reserved domains, and numbers kept free for fiction."""
    match dice.below(4):
        case 0:
            user = dice.choice(("anna.b", "tom_h", "info", "k.novak", "granny77", "office"))
            host = f"{dice.choice(('mail', 'post', 'home'))}.example.{dice.choice(('com', 'org'))}"
            return f"{user}{dice.below(100)}@{host}"
        case 1:
            return f"({dice.integer(200, 999)}) 555-01{dice.integer(10, 99)}"
        case 2:
            return f"+44 20 7946 0{dice.integer(100, 999)}"
        case _:
            return " ".join(str(dice.integer(1000, 9999)) for _ in range(4))


def _markup(text: str, dice: Dice) -> str:
    """A whole HTML page with `text` in the middle."""
    under_way = Telling(_grammar(), dice, {"year": dice.integer(1999, 2026)})
    under_way.values["site"] = under_way.tell("site")
    blocks = [block for block in text.split("\n\n") if block.strip()]
    paragraphs = "\n".join(_block(block, dice) for block in blocks)
    names = dice.sample(words("web/web", "nav"), dice.integer(4, 8))
    links = "".join(f'<li><a href="/{at}">{html.escape(name)}</a></li>' for at, name in enumerate(names))
    main = dice.choice(
        (
            "<main>{}</main>",
            "<article>{}</article>",
            '<div class="content">{}</div>',
            '<div id="post">{}</div>',
        )
    )
    extra = "".join(
        f'<div class="{name}">{html.escape(under_way.tell(name))}</div>'
        for name in ("share", "related")
        if dice.chance(0.5)
    )
    cookie = (
        f'<div id="cookie-banner">{html.escape(under_way.tell("cookie"))}</div>' if dice.chance(0.5) else ""
    )
    return (
        f"<!DOCTYPE html><html><head><title>{html.escape(str(under_way.values['site']))}</title>"
        f"<style>{dice.choice(entries('web/web', 'style'))}</style>"
        f"<script>{dice.choice(entries('web/web', 'script'))}</script></head><body>"
        f"<nav><ul>{links}</ul></nav>{cookie}{main.format(paragraphs)}{extra}"
        f"<footer>{html.escape(under_way.tell('footer'))}</footer></body></html>"
    )


def _block(block: str, dice: Dice) -> str:
    lines = block.split("\n")
    if len(lines) > 1 and any(line.startswith("    ") for line in lines):
        return f"<pre>{html.escape(block, quote=False)}</pre>"
    if len(lines) > 1:
        return "<p>" + "<br>".join(html.escape(line, quote=dice.chance(0.5)) for line in lines) + "</p>"
    return f"<p>{html.escape(block, quote=dice.chance(0.5))}</p>"
