"""Labels show what cannot be seen."""

import pytest

from explorer.ui.widgets.token_words import LONGEST, chip_label, hex_bytes


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("word", "word"),
        (" two words", "·two·words"),
        (".\n\n\t", ".⏎⏎⇥"),
        ("\u00a0\u3000", "⍽□"),
        ("\0\x1b", "␀␛"),
        ("\u200d", "ZWJ"),
        ("\ufe0f\u200d", "VS16ZWJ"),
        ("👩\u200d👩", "👩\u200d👩"),
        ("\u0301", "◌\u0301"),
        ("e\u0301", "e\u0301"),
        ("\u202e", "U+202E"),
        ("中文", "中文"),
        ("", ""),
    ],
)
def test_labels(text: str, label: str) -> None:
    assert chip_label(text) == label


def test_long_labels_are_cut() -> None:
    assert chip_label(" " * 80) == "·" * (LONGEST - 1) + "…"
    assert len(chip_label("x" * LONGEST)) == LONGEST


def test_bytes_in_hex() -> None:
    assert hex_bytes("中".encode()) == "E4 B8 AD"
    assert hex_bytes(bytes(30), 2) == "00 00 …"
