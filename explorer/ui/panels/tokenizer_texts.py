"""Texts to try in the Tokens panel: each shows something about how texts are cut."""

STARTERS = {
    "egg": "Egg egg EGG eGg\nEgg\negg\n egg\nAn egg. Two eggs, and Eggs Benedict.\n",
    "chinese": (
        "The weather is fine today, so we take a walk in the park.\n今天天气很好，所以我们去公园散步。\n"
    ),
    "strawberry": (
        "How many r's are in strawberry?\nstrawberry Strawberry STRAWBERRY\ns t r a w b e r r y\n"
    ),
    "code": (
        "def fibonacci(n: int) -> int:\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n"
        '    return a\n\nprint(f"{fibonacci(30) = }")\n'
    ),
    "numbers": "127 + 677 = 804\n1277 + 677 = 1954\n1,277 12771277 3.14159 1e-5 0x7F\n2026-11-22\n",
    "emoji": "👩‍👩‍👧‍👦 👨🏽‍🚀 🏳️‍🌈 🇨🇳 😀\né and é: one letter, written in two ways\n",
    "encodings": (
        "All human beings are born free and equal in dignity and rights.\n"
        "人人生而自由，在尊严和权利上一律平等。\n"
        "Все люди рождаются свободными и равными в своём достоинстве и правах.\n"
        "for i in range(10):\n        print(i * 1234567)\n"
        "👩‍👩‍👧‍👦 🏳️‍🌈\n"
    ),
}
