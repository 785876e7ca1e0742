"""Tokens in words: signs for what cannot be seen, hex for what is no character."""

import unicodedata

LONGEST = 28
"""Characters of a label; what goes beyond is cut."""
_SIGNS = {
    " ": "·",
    "\n": "⏎",
    "\r": "␍",
    "\t": "⇥",
    "\u00a0": "⍽",
    "\u3000": "□",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\ufe0f": "VS16",
}


def visible(text: str) -> str:
    """The text with a sign for every character that shows nothing by itself; long texts are cut."""
    if text.isprintable() and text.isascii() and len(text) <= LONGEST:
        return text.replace(" ", "·")
    if len(text) > LONGEST:
        return "".join(map(_sign, text[: LONGEST - 1])) + "…"
    label = "".join(map(_sign, text))
    # A mark alone has nothing to sit on.
    return "◌" + label if unicodedata.combining(text[:1] or " ") else label


def hex_bytes(data: bytes, at_most: int = 24) -> str:
    """Bytes as E4 B8 AD; cut after `at_most`."""
    return data[:at_most].hex(" ").upper() + (" …" if len(data) > at_most else "")


def _sign(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if character < " ":
        return chr(0x2400 + ord(character))
    if character.isprintable():
        return character
    return f"U+{ord(character):04X}"
