"""Word problems of one sum."""

from explorer.core.data.problems.family import Family

ONE_STEP = (
    Family(
        "gets more",
        {"a": (2, 70), "b": (2, 29)},
        ("Now: c = a + b",),
        (
            "{who} has {a} {things}. {friend} gives {him} {b} more. How many {things} does {who} have now?",
            "There are {a} {things} in the {box}. {who} puts {b} more into it. How many {things} are in it "
            "now?",
            "{who} had {a} {things} and bought {b} more at the {place}. How many {things} does {she} have?",
        ),
    ),
    Family(
        "gives away",
        {"a": (8, 95), "b": (2, 40)},
        ("Left: c = a - b",),
        (
            "{who} has {a} {things}. {She} gives {b} to {friend}. How many {things} are left?",
            "There were {a} {things} in the {place}. Then {b} were sold. How many {things} remain?",
            "Of {a} {things}, {b} are broken. How many {things} are whole?",
        ),
    ),
    Family(
        "boxes",
        {"a": (2, 12), "b": (2, 12)},
        ("Together: c = a x b",),
        (
            "{who} has {a} {boxes} with {b} {things} in each. How many {things} is that?",
            "Each {box} holds {b} {things}. How many {things} are in {a} {boxes}?",
            "In the {place} stand {a} rows of {b} chairs. How many chairs are there?",
        ),
    ),
    Family(
        "shares",
        {"n": (2, 9), "q": (2, 12)},
        ("Each: c = t / n",),
        (
            "{who} shares {t} {things} equally among {n} children. How many does each child get?",
            "{n} friends share {t} {things} equally. How many {things} does each of them get?",
            "{t} {things} are put into {n} {boxes}, the same number in each. How many are in one {box}?",
        ),
        before=("t = n x q",),
    ),
    Family(
        "how many more",
        {"a": (10, 95), "b": (2, 60)},
        ("Difference: c = a - b",),
        (
            "{who} has {a} {things} and {friend} has {b}. How many more {things} does {who} have?",
            "{friend} picked {b} {things}. {who} picked {a}. How many fewer did {friend} pick?",
        ),
    ),
    Family(
        "that many more",
        {"a": (3, 60), "b": (2, 35)},
        ("{who}: c = a + b",),
        (
            "{friend} has {a} {things}. {who} has {b} more than {friend}. How many {things} does {who} have?",
            "{friend} is {a} years old, and {who} is {b} years older. How old is {who}?",
        ),
    ),
    Family(
        "price",
        {"n": (2, 12), "p": (2, 9)},
        ("Price: c = n x p",),
        (
            "One {thing} costs ${p}. What do {n} {things} cost?",
            "{who} buys {n} {things} at ${p} each. How many dollars does {she} pay?",
            "At the {place} a ticket costs ${p}. What do {n} tickets cost?",
        ),
    ),
    Family(
        "at first",
        {"b": (2, 40), "c": (2, 50)},
        ("At first: d = c + b",),
        (
            "{who} gave {b} {things} to {friend} and has {c} left. How many {things} did {she} have at "
            "first?",
            "After {b} {things} were eaten, {c} were left. How many {things} were there at first?",
        ),
    ),
    Family(
        "pages left",
        {"a": (20, 99), "b": (5, 60)},
        ("Left: c = a - b",),
        (
            "A book has {a} pages. {who} has read {b} of them. How many pages are left?",
            "It is {a} km to the {place}. {who} has walked {b} km. How many km are left?",
        ),
    ),
    Family(
        "one of many",
        {"n": (2, 9), "q": (2, 11)},
        ("One: c = t / n",),
        (
            "{n} {things} cost ${t}. What does one {thing} cost?",
            "{who} paid ${t} for {n} {things}. How many dollars was each {thing}?",
        ),
        before=("t = n x q",),
    ),
    Family(
        "speed",
        {"v": (2, 20), "h": (2, 8)},
        ("In all: c = v x h",),
        (
            "{who} rides {v} km in an hour. How many km does {she} ride in {h} hours?",
            "A machine fills {v} {boxes} in one minute. How many {boxes} does it fill in {h} minutes?",
        ),
    ),
    Family(
        "how many boxes",
        {"n": (2, 9), "q": (2, 11)},
        ("{Boxes}: c = t / n",),
        (
            "{n} {things} fit into a {box}. How many {boxes} does {who} need for {t} {things}?",
            "{who} has {t} {things} and packs {n} into each {box}. How many {boxes} does {she} fill?",
        ),
        before=("t = n x q",),
    ),
)
