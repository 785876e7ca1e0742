"""How a token's text is shown in one line: what is invisible gets a faint sign of its own."""

SPACE = "·"
NEWLINE = "⏎"
TAB = "⇥"

_SIGNS = {" ": SPACE, "\n": NEWLINE, "\t": TAB, "\r": "␍", "\xa0": "⍽", "\u3000": "□"}


def visible(text: str) -> str:
    """Every character of `text` as something that can be seen and takes one place in a line."""
    return "".join(_SIGNS.get(letter) or _printable(letter) for letter in text)


def _printable(letter: str) -> str:
    if letter.isprintable() or (not letter.isspace() and ord(letter) >= 0x2000):
        return letter  # joiners and the like belong to the letters around them
    return f"\\x{ord(letter):02x}"
