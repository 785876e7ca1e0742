"""Counting letters: hard for a model that sees tokens, easy once it spells."""

from random import Random

from explorer.core.data.problems.nouns import words_of
from explorer.core.data.problems.problem import Problem

_WORDS = words_of("""
apple banana letter summer winter coffee cheese butter kitten puppet bottle pepper carrot potato tomato
balloon window garden mirror ladder candle basket pocket button ribbon pencil rubber hammer feather leather
weather mother father sister brother uncle cousin teacher farmer painter sailor baker tailor doctor singer
dancer river island forest meadow desert valley mountain harbour village station library museum market
bakery theatre strawberry blueberry raspberry cucumber pineapple avocado mushroom spinach cabbage lettuce
parsley cinnamon elephant giraffe monkey rabbit squirrel hedgehog butterfly grasshopper dragonfly crocodile
penguin pelican little yellow purple orange silver golden bitter clever honest gentle narrow hollow mellow
pretty funny happy remember discover deliver gather wander whisper follow borrow answer travel arrive
believe receive succeed committee address occurrence possession accommodation assessment mississippi
parallel necessary embarrass seventeen eleven twelve hundred thousand million history geography chemistry
physics grammar arithmetic umbrella envelope calendar telephone television computer keyboard blackboard
notebook scissors hallway carpet pillow blanket mattress curtain staircase balcony cellar chimney doorbell
lantern compass anchor paddle saddle thunder lightning rainbow snowflake blizzard breeze sunrise sunset
moonlight horizon planet comet galaxy eclipse cathedral castle fortress tower bridge tunnel railway carriage
bicycle airplane submarine sailboat lighthouse
""")
_WORDINGS = (
    "How many times is the letter {letter} in the word {word}?",
    "How many {letter} are in {word}?",
    "Count the letter {letter} in {word}.",
    "How often does {letter} stand in the word {word}?",
)


def make_letters(rng: Random) -> Problem:
    """A word and one of its letters; one time in eight a letter that it does not have."""
    word = rng.choice(_WORDS)
    letters = sorted(set(word))
    missing = [letter for letter in "aeioulnrst" if letter not in letters]
    if missing and rng.random() < 1 / 8:
        letter = rng.choice(missing)
    else:
        letter = rng.choice(letters * 2 + [other for other in letters if word.count(other) > 1] * 4)
    return Problem(
        kind="letters",
        family="letters",
        question=rng.choice(_WORDINGS).format(letter=letter, word=word),
        answer=str(word.count(letter)),
        steps=tuple(_spelled(word, letter)),
        length=1,
        key=(word,),
    )


def _spelled(word: str, letter: str) -> list[str]:
    """The word letter by letter, the count beside each that is looked for."""
    said, count = list[str](), 0
    for own in word:
        if own == letter:
            count += 1
            said.append(f"{own} ({count})")
        else:
            said.append(own)
    return [f"{', '.join(said)}.", f"Count: {count}."]
