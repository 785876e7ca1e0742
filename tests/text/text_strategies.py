"""Texts that are hard on tokenizers: six scripts and more, joined emoji, runs, edges of every pattern."""

from random import Random

from hypothesis import strategies as st

WORDS = [
    *("the", "Tokens", "don't", "WE'LL", "you'Re", "x'", "'s", "ſ", "café", "naïve", "HTTPServer", "aA", "ﬁ"),
    *("мама", "Мыла", "раму", "ёжик", "съешь"),
    *("中文", "模型的上下文", "龍", "，", "。", "「引号」", "　", "𠀀𠮷"),
    *("مرحبا", "العربيّة", "شُكْرًا", "،", "؟", "\u200f"),
    *("नमस्ते", "हिन्दी", "कि", "्", "।", "॥", "१२३"),
    *("안녕하세요", "한국어", "\u1112\u1161\u11ab", "日本語", "ひらがな", "カタカナー", "々"),
    *("ภาษาไทย", "שלום", "Ελλάδα", "\u0301", "e\u0301", "\u0300\u0301"),
    *("👩\u200d👩\u200d👧", "🏳️\u200d🌈", "👍🏽", "😀😀😀", "\u200d", "\ufe0f", "🇩🇪"),
    *(
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " \n",
        "\n ",
        "\u00a0",
        "\u2028",
        "\u3000",
        "\x85",
        "\x1c",
    ),
    *("0", "12", "123", "4567890", "½", "Ⅷ", "²", "3.14"),
    *(".", "...", "/", "//\n", ".\n/", "!?", "'", "''", '"', "(", ")", "_", "-", "<|endoftext|>", "“", "’"),
    *("\x00", "\x7f", "\ufffd", "\ufeff", "\ufdd0", "\U0010ffff"),
]
SURROGATES = ["\ud800", "\udfff", "\ud83d", "\ude00"]

_runs = st.builds(
    lambda unit, count: unit * count,
    st.sampled_from(
        ["a", "A", " ", "\n", "1", "!", "'", "字", "é", "\u0301", "😀", "क", "\r\n", " \n", "ab ", "/"]
    ),
    st.integers(1, 400),
)
_single = st.characters(exclude_categories=["Cs"])

texts = st.lists(st.one_of(st.sampled_from(WORDS), _runs, _single), max_size=30).map("".join)
"""Valid ones."""

pasted = st.lists(st.one_of(st.sampled_from(WORDS + SURROGATES), _runs, _single), max_size=8).map("".join)
"""With surrogates that have lost their partner."""


def prose(random: Random, words: int) -> str:
    """Words of all kinds, most of them apart as in ordinary text."""
    between = ["", " ", " ", " ", ", ", ". ", "\n", "，", "'", "/"]
    return "".join(random.choice(WORDS) + random.choice(between) for _ in range(words))


def keys(random: Random) -> str:
    """What a few key presses, or pasting a little, bring."""
    return "".join(
        random.choice([*WORDS, *SURROGATES, *" aAeR1'.\n/é字\u0301"]) for _ in range(random.randrange(3))
    )


randoms = st.integers(0, 2**32 - 1).map(Random)
