"""Word problems of three sums and more."""

from explorer.core.data.problems.family import Family

THREE_STEPS = (
    Family(
        "unknown price, two kinds",
        {"n": (2, 8), "m": (2, 8), "p": (2, 9), "q": (2, 9)},
        ("{Others}: d = m x q", "{Things}: c = t - d", "One {thing}: e = c / n"),
        (
            "{who} buys {n} {things} and {m} {others}. Each {other} costs ${q}. The total is ${t}. "
            "What does one {thing} cost?",
            "{who} paid ${t} for {m} {others} and {n} {things}. {A_other} costs ${q}. "
            "How many dollars is {a_thing}?",
            "{n} {things} and {m} {others} cost ${t} together. If {a_other} is ${q}, what is the price of "
            "one {thing}?",
        ),
        before=("c = n x p", "d = m x q", "t = c + d"),
    ),
    Family(
        "two kinds",
        {"n": (2, 8), "p": (2, 9), "m": (2, 8), "q": (2, 9)},
        ("{Things}: c = n x p", "{Others}: d = m x q", "Together: e = c + d"),
        (
            "{who} buys {n} {things} at ${p} each and {m} {others} at ${q} each. How many dollars is that?",
            "{A_thing} costs ${p} and {a_other} ${q}. What do {n} {things} and {m} {others} cost together?",
        ),
    ),
    Family(
        "three people",
        {"a": (2, 15), "k": (2, 5), "b": (2, 30)},
        ("{friend}: c = a x k", "{third}: d = c - b", "Together: e = c + d"),
        (
            "{who} has {a} {things}. {friend} has {k} times as many, and {third} has {b} fewer than "
            "{friend}. "
            "How many do {friend} and {third} have together?",
            "{friend} is {k} times as old as {who}, who is {a}. {third} is {b} years younger than {friend}. "
            "What are the ages of {friend} and {third} together?",
        ),
    ),
    Family(
        "boxes, some gone, shared",
        {"a": (2, 9), "b": (2, 11), "n": (2, 8), "q": (2, 12)},
        ("In all: c = a x b", "Left: d = c - e", "Each: f = d / n"),
        (
            "{who} has {a} {boxes} of {b} {things}. {She} gives {e} {things} away and shares the rest "
            "equally "
            "among {n} friends. How many does each friend get?",
            "The {place} gets {a} {boxes} with {b} {things} in each. {e} are broken. The others are put on "
            "{n} tables, the same number on each. How many are on one table?",
        ),
        before=("c = a x b", "d = n x q", "e = c - d"),
    ),
    Family(
        "saved for things",
        {"n": (2, 8), "p": (2, 9), "q": (2, 9), "k": (2, 12)},
        ("Earned: c = n x p", "Together: d = c + s", "{Things}: e = d / q"),
        (
            "{who} has ${s} and earns ${p} a day for {n} days. {A_thing} costs ${q}. How many {things} can "
            "{she} buy?",
            "For {n} weeks {who} saves ${p} a week; {she} had ${s} before. How many {things} at ${q} each "
            "can "
            "{she} buy with it?",
        ),
        before=("c = n x p", "d = q x k", "s = d - c"),
    ),
    Family(
        "legs",
        {"h": (2, 20), "g": (2, 15), "a": (2, 9)},
        ("Hens: c = h x 2", "Goats: d = g x 4", "Legs: e = c + d"),
        (
            "{who} has {h} hens and {g} goats. A hen has 2 legs and a goat has 4. How many legs is that?",
            "On a farm are {g} goats with 4 legs each and {h} hens with 2 legs each. How many legs are "
            "there?",
        ),
    ),
    Family(
        "two stops",
        {"a": (10, 60), "b": (2, 40), "e": (2, 30), "f": (2, 40)},
        ("First: c = a - b", "Then: d = c + e", "Now: g = d - f"),
        (
            "A bus has {a} people. At the {place} {b} get off and {e} get on. At the next stop {f} get off. "
            "How many people are on it now?",
            "{who} had {a} {things}, sold {b}, made {e} new ones and gave {f} to {friend}. How many {things} "
            "does {she} have?",
        ),
    ),
    Family(
        "pages in days",
        {"n": (2, 8), "p": (3, 12), "q": (2, 25), "t": (30, 99)},
        ("First: c = n x p", "Read: d = c + q", "Left: e = t - d"),
        (
            "A book has {t} pages. {who} reads {p} pages a day for {n} days and then {q} more. How many "
            "pages "
            "are left?",
            "The way to the {place} is {t} km. {who} rides {p} km an hour for {n} hours, then walks {q} km. "
            "How many km are left?",
        ),
    ),
    Family(
        "shared bill",
        {"n": (2, 8), "k": (3, 12), "a": (5, 50), "b": (2, 30)},
        ("Together: c = a + b", "All three: d = c + e", "Each: f = d / n"),
        (
            "{n} friends eat at the {place}. The food costs ${a}, the drinks ${b}, and they give a tip of "
            "${e}. How many dollars does each pay, if all pay the same?",
            "{who} buys a cake for ${a}, flowers for ${b} and a card for ${e}. {n} friends share the cost "
            "equally. How many dollars is it for each?",
        ),
        before=("d = n x k", "c = a + b", "e = d - c"),
    ),
    Family(
        "ages",
        {"a": (2, 20), "k": (2, 4), "b": (2, 20), "f": (2, 15)},
        ("{friend}: c = a x k", "{third}: d = c - b", "Then: e = d + f"),
        (
            "{who} is {a} years old. {friend} is {k} times as old. {third} is {b} years younger than "
            "{friend}. How old will {third} be in {f} years?",
        ),
    ),
    Family(
        "two ways",
        {"v": (2, 9), "h": (2, 6), "w": (2, 12), "g": (2, 5)},
        ("On foot: c = v x h", "By bike: d = w x g", "Together: e = c + d"),
        (
            "{who} walks {v} km an hour for {h} hours and then rides {w} km an hour for {g} hours. "
            "How many km is that?",
            "{who} makes {v} {things} an hour and works {h} hours. {friend} makes {w} an hour and works {g} "
            "hours. How many {things} do they make?",
        ),
    ),
    Family(
        "in each bag",
        {"n": (2, 8), "q": (2, 10), "b": (2, 20), "f": (2, 20)},
        ("At first: d = t + f", "In {boxes}: c = d - b", "One {box}: e = c / n"),
        (
            "{who} had {n} full {boxes} of {things} and {b} single {things}. {She} gave {f} away and has {t} "
            "left. How many {things} were in each {box}?",
        ),
        before=("c = n x q", "d = c + b", "t = d - f"),
    ),
    Family(
        "times fewer, difference",
        {"a": (2, 12), "k": (2, 4), "m": (2, 4)},
        ("{friend}: c = a x k", "{third}: d = c x m", "Difference: e = d - a"),
        (
            "{who} has {a} {things}. {friend} has {k} times as many as {who}, and {third} has {m} times as "
            "many as {friend}. How many more than {who} does {third} have?",
        ),
    ),
)

FOUR_STEPS = (
    Family(
        "two kinds and change",
        {"n": (2, 7), "p": (2, 8), "m": (2, 7), "q": (2, 8), "b": (20, 99)},
        ("{Things}: c = n x p", "{Others}: d = m x q", "Together: e = c + d", "Change: f = b - e"),
        (
            "{who} has ${b} and buys {n} {things} at ${p} each and {m} {others} at ${q} each. How many "
            "dollars "
            "are left?",
            "{A_thing} costs ${p}, {a_other} ${q}. {who} buys {n} {things} and {m} {others} and pays with "
            "${b}. How much change does {she} get?",
        ),
    ),
    Family(
        "unknown price from change",
        {"n": (2, 7), "p": (2, 9), "m": (2, 7), "q": (2, 8), "r": (2, 20)},
        ("Paid: t = b - r", "{Others}: d = m x q", "{Things}: c = t - d", "One {thing}: e = c / n"),
        (
            "{who} buys {n} {things} and {m} {others}. {A_other} costs ${q}. {She} pays with ${b} and gets "
            "${r} back. What does one {thing} cost?",
        ),
        before=("c = n x p", "d = m x q", "t = c + d", "b = t + r"),
    ),
    Family(
        "two kinds of boxes, shared",
        {"a": (2, 8), "b": (2, 8), "f": (2, 8), "k": (2, 8), "n": (2, 9)},
        ("{Boxes}: c = a x b", "Shelves: d = f x k", "Together: e = c + d", "Each: g = e / n"),
        (
            "There are {a} {boxes} with {b} {things} each, and {f} shelves with {k} {things} each. {n} "
            "friends "
            "share them all equally. How many {things} does each get?",
        ),
    ),
)

FIVE_STEPS = (
    Family(
        "two kinds, change, shared",
        {"n": (2, 6), "p": (2, 8), "m": (2, 6), "q": (2, 8), "k": (2, 6), "z": (2, 9)},
        (
            "{Things}: c = n x p",
            "{Others}: d = m x q",
            "Together: e = c + d",
            "Left: f = b - e",
            "Each: g = f / k",
        ),
        (
            "{who} has ${b}. {She} buys {n} {things} at ${p} each and {m} {others} at ${q} each. {She} "
            "shares "
            "the rest of the money equally among {k} friends. How many dollars does each get?",
        ),
        before=("c = n x p", "d = m x q", "e = c + d", "f = k x z", "b = e + f"),
    ),
)
