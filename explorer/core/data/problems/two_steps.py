"""Word problems of two sums."""

from explorer.core.data.problems.family import Family

TWO_STEPS = (
    Family(
        "many and one",
        {"n": (2, 9), "p": (2, 9), "q": (2, 20)},
        ("{Things}: c = n x p", "Together: d = c + q"),
        (
            "{who} buys {n} {things} at ${p} each and {a_other} for ${q}. How many dollars does {she} pay?",
            "{A_other} costs ${q} and {a_thing} costs ${p}. What do one {other} and {n} {things} cost "
            "together?",
        ),
    ),
    Family(
        "change",
        {"n": (2, 9), "p": (2, 9), "m": (10, 99)},
        ("Price: c = n x p", "Change: d = m - c"),
        (
            "{who} has ${m}. {She} buys {n} {things} at ${p} each. How many dollars does {she} have left?",
            "One {thing} costs ${p}. {who} buys {n} and pays with ${m}. How much change does {she} get?",
        ),
    ),
    Family(
        "boxes and some eaten",
        {"a": (2, 9), "b": (2, 10), "e": (2, 30)},
        ("In all: c = a x b", "Left: d = c - e"),
        (
            "{who} has {a} {boxes} of {b} {things}. {She} gives {e} {things} away. How many are left?",
            "There are {a} {boxes} with {b} {things} in each. {e} {things} are sold. How many {things} "
            "remain?",
            "A field has {a} rows of {b} trees. In a storm {e} trees fall. How many trees stand now?",
        ),
    ),
    Family(
        "boxes and some loose",
        {"a": (2, 9), "b": (2, 10), "e": (2, 30)},
        ("In {boxes}: c = a x b", "Together: d = c + e"),
        (
            "{who} has {a} {boxes} of {b} {things} and {e} single {things}. How many {things} is that?",
            "{e} {things} lie on the table, and {b} are in each of {a} {boxes}. How many {things} are there?",
        ),
    ),
    Family(
        "two go",
        {"a": (20, 99), "b": (2, 40), "e": (2, 40)},
        ("Then: c = a - b", "Left: d = c - e"),
        (
            "{who} has {a} {things}. {She} gives {b} to {friend} and {e} to {third}. How many are left?",
            "{a} people wait at the {place}. First {b} leave, then {e}. How many people still wait?",
        ),
    ),
    Family(
        "times as many together",
        {"a": (2, 24), "k": (2, 6)},
        ("{friend}: c = a x k", "Together: d = c + a"),
        (
            "{who} has {a} {things}. {friend} has {k} times as many. How many {things} do they have "
            "together?",
            "{friend} found {k} times as many {things} as {who}. {who} found {a}. How many did both find?",
        ),
    ),
    Family(
        "more together",
        {"a": (2, 45), "b": (2, 20)},
        ("{friend}: c = a + b", "Together: d = c + a"),
        (
            "{who} has {a} {things}. {friend} has {b} more than {who}. How many do they have together?",
            "{who} ran {a} km and {friend} ran {b} km more. How many km did they run in all?",
        ),
    ),
    Family(
        "fewer together",
        {"a": (10, 55), "b": (2, 20)},
        ("{friend}: c = a - b", "Together: d = c + a"),
        (
            "{who} sold {a} {things}. {friend} sold {b} fewer. How many {things} did they sell together?",
            "{who} has {a} {things}, {b} more than {friend}. How many {things} do they have together?",
        ),
    ),
    Family(
        "together, then shared",
        {"n": (2, 8), "q": (2, 11), "a": (2, 60)},
        ("Together: c = a + b", "Each: d = c / n"),
        (
            "{who} has {a} {things} and {friend} has {b}. They put them into {n} {boxes}, the same number in "
            "each. How many are in one {box}?",
            "A class has {a} girls and {b} boys. They make {n} equal teams. How many children are in a team?",
        ),
        before=("t = n x q", "b = t - a"),
    ),
    Family(
        "some gone, then shared",
        {"n": (2, 8), "q": (2, 11), "b": (2, 30)},
        ("Left: c = a - b", "Each: d = c / n"),
        (
            "{who} has {a} {things}. {She} keeps {b} and shares the rest equally among {n} friends. "
            "How many does each friend get?",
            "Of {a} {things}, {b} are bad. The good ones go into {n} {boxes}, the same number in each. "
            "How many are in one {box}?",
        ),
        before=("t = n x q", "a = t + b"),
    ),
    Family(
        "unknown price",
        {"n": (2, 8), "p": (2, 11), "q": (2, 20)},
        ("{Things}: c = t - q", "One {thing}: d = c / n"),
        (
            "{who} buys {n} {things} and {a_other}. The {other} costs ${q}. The total is ${t}. "
            "What does one {thing} cost?",
            "{who} paid ${t} for {a_other} and {n} {things}. The {other} was ${q}. "
            "How many dollars was each {thing}?",
        ),
        before=("c = n x p", "t = c + q"),
    ),
    Family(
        "the rest in days",
        {"n": (2, 9), "q": (2, 10), "a": (2, 40)},
        ("Left: c = t - a", "A day: d = c / n"),
        (
            "A book has {t} pages. {who} has read {a}. {She} reads the rest in {n} days, the same number "
            "each day. How many pages a day is that?",
            "It is {t} km to the {place}. {who} walks {a} km today and the rest in {n} equal days. "
            "How many km a day is that?",
        ),
        before=("c = n x q", "t = c + a"),
    ),
    Family(
        "packs to buy",
        {"n": (2, 9), "q": (2, 10), "a": (2, 40)},
        ("Missing: c = t - a", "{Boxes}: d = c / n"),
        (
            "{who} needs {t} {things} and has {a}. {n} {things} come in a {box}. "
            "How many {boxes} must {she} buy?",
            "{t} guests come to the {place}, and {a} {things} are there. A {box} has {n}. How many {boxes} "
            "are "
            "needed so that each guest gets one {thing}?",
        ),
        before=("c = n x q", "t = c + a"),
    ),
    Family(
        "older and times",
        {"a": (2, 20), "b": (2, 12), "k": (2, 4)},
        ("{friend}: c = a + b", "{third}: d = c x k"),
        (
            "{who} is {a} years old. {friend} is {b} years older. {third} is {k} times as old as {friend}. "
            "How old is {third}?",
            "{who} has {a} {things}, {friend} has {b} more, and {third} has {k} times as many as {friend}. "
            "How many {things} does {third} have?",
        ),
    ),
    Family(
        "earned and spent",
        {"n": (2, 9), "p": (3, 12), "e": (2, 50)},
        ("Earned: c = n x p", "Left: d = c - e"),
        (
            "{who} earns ${p} a day. {She} works {n} days and then spends ${e}. How many dollars are left?",
            "For {n} weeks {who} saves ${p} a week. Then {she} buys {a_thing} for ${e}. What is left?",
        ),
    ),
    Family(
        "on and off",
        {"a": (5, 60), "b": (2, 40), "e": (2, 40)},
        ("Then: c = a - b", "Now: d = c + e"),
        (
            "{a} people are on a bus. At the {place} {b} get off and {e} get on. How many are on it now?",
            "{who} has {a} {things}. {She} loses {b} and finds {e} others. How many {things} does {she} "
            "have?",
            "There were {a} birds in a tree. {b} flew away, and {e} came. How many birds are there now?",
        ),
    ),
    Family(
        "half and more",
        {"h": (2, 40), "e": (2, 30)},
        ("Half: c = a / 2", "Now: d = c + e"),
        (
            "{who} has {a} {things}. {She} gives half of them away and then gets {e}. How many has {she} "
            "now?",
            "Half of {a} {things} are sold. Then {e} new ones come. How many {things} are there now?",
        ),
        before=("a = h x 2",),
    ),
)
