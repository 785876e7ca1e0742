"""Tokens in words: labels of chips, signs for what cannot be seen, hex for what is no character."""

import unicodedata

from explorer.ui.widgets.token_text import NEWLINE, SPACE, TAB

LONGEST = 28
"""Characters of a label; what goes beyond is cut."""
_SIGNS = {" ": SPACE, "\n": NEWLINE, "\t": TAB, "\u00a0": "⍽", "\u3000": "□"}
_NAMES = {"\u200c": "ZWNJ", "\u200d": "ZWJ", "\ufe0e": "VS15", "\ufe0f": "VS16"}


def chip_label(text: str) -> str:
    """The text with a sign for every character that shows nothing; long texts are cut.

    Joiners and the like are named where they stand alone, and left to do their work where they do not.
    """
    if text.isascii() and text.isprintable() and len(text) <= LONGEST:
        return text.replace(" ", SPACE)
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1]
    alone = not any(_shows(character) for character in cut)
    label = "".join(_sign(character, alone) for character in cut)
    if unicodedata.combining(cut[:1] or " "):
        label = "◌" + label  # a mark has nothing to sit on
    return label if cut is text else label + "…"


def bytes_label(data: bytes) -> str:
    """The token's text as `chip_label` has it, or its bytes in hex where they are no whole characters."""
    try:
        return chip_label(data.decode())
    except UnicodeDecodeError:
        return hex_bytes(data)


def hex_bytes(data: bytes, at_most: int = 24) -> str:
    """Bytes as E4 B8 AD; cut after `at_most`."""
    return data[:at_most].hex(" ").upper() + (" …" if len(data) > at_most else "")


def _shows(character: str) -> bool:
    return character.isprintable() and character not in _NAMES and not character.isspace()


def _sign(character: str, alone: bool) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if character < " ":
        return chr(0x2400 + ord(character))
    if not alone and (character in _NAMES or unicodedata.category(character) == "Cf"):
        return character
    if character in _NAMES:
        return _NAMES[character]
    return character if character.isprintable() else f"U+{ord(character):04X}"
