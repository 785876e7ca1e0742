"""The Chinese part: people with facts of their own, towns, stories, diaries, explanations, simple sums."""

import re
from functools import cache

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.documents import Document
from explorer.core.data.world.entities import WORLD_SEED, Attribute, Entity
from explorer.core.data.world.grammar import Grammar, Telling
from explorer.core.data.world.people import Character, Discourse, Gender
from explorer.core.data.world.wordlists import sections, words

_ATTRIBUTES = ("town", "job", "pet", "food", "hobby", "born")
_PEOPLE = 24
_LABELS = {
    "town": "住处",
    "job": "职业",
    "pet": "宠物",
    "food": "最爱吃",
    "hobby": "爱好",
    "born": "出生年份",
}


@cache
def _grammar() -> Grammar:
    return Grammar(sections("zh/people"), sections("zh/stories"))


@cache
def chinese_attributes() -> tuple[Attribute, ...]:
    """What the Chinese part says about people, with closed sets of values."""
    years = tuple(str(year) for year in range(1931, 2000))
    return tuple(
        Attribute("person", name, years if name == "born" else words("zh/people", name))
        for name in _ATTRIBUTES
    )


@cache
def chinese_people(seed: int = WORLD_SEED) -> tuple[Entity, ...]:
    """Who lives in the Chinese part; all of class `often`."""
    dice = Dice(seed, "zh")
    found: dict[str, Entity] = {}
    while len(found) < _PEOPLE:
        gender: Gender = "she" if dice.chance(0.5) else "he"
        given = dice.choice(words("zh/people", "女名" if gender == "she" else "男名"))
        name = dice.choice(words("zh/people", "姓")) + given
        facts = tuple((attribute.name, dice.choice(attribute.values)) for attribute in chinese_attributes())
        found.setdefault(name, Entity("person", name, "often", facts, gender, given, "zh"))
    return tuple(found.values())


def chinese(dice: Dice) -> Document:
    """Any text of the Chinese part."""
    kind = dice.below(10)
    if kind < 4:
        return _person(dice.choice(chinese_people()), dice)
    if kind < 7:
        return Document("chinese", _told("story", dice), "zh")
    if kind == 7:
        return Document("chinese", _sum(dice), "zh")
    return Document("chinese", _told(dice.choice(("diary", "explain", "town page")), dice), "zh")


def _person(entity: Entity, dice: Dice) -> Document:
    character = Character(entity.name, entity.gender, entity.name)
    under_way = Telling(_grammar(), dice, {"E": character}, Discourse("zh", pronouns=0.6))
    chosen = dice.sample(_ATTRIBUTES, dice.integer(2, len(_ATTRIBUTES)))
    if dice.chance(0.2):
        rows = (("姓名", entity.name), *((_LABELS[name], entity[name]) for name in chosen))
        text = "\n".join(tidy_chinese(f"{label}:{value}") for label, value in rows)
    elif dice.chance(0.35):
        lines: list[str] = []
        for name in chosen:
            under_way.values["V"] = entity[name]
            lines += [under_way.tell(f"ask.{name}"), under_way.tell(f"answer.{name}")]
        text = tidy_chinese("\n".join(lines))
    else:
        parts: list[str] = []
        for name in chosen:
            under_way.values["V"] = entity[name]
            parts.append(under_way.tell(f"say.{name}"))
            if dice.chance(0.35):
                parts.append(under_way.tell("aside"))
        text = tidy_chinese("".join(parts))
    return Document("chinese", text, "zh", (entity.name,), tuple((entity.name, name) for name in chosen))


def _told(rule: str, dice: Dice) -> str:
    girl, boy = dice.choice(words("zh/people", "女名")), dice.choice(words("zh/people", "男名"))
    hero, friend = (girl, boy) if dice.chance(0.5) else (boy, girl)
    elder, gender = dice.choice((("奶奶", "she"), ("爷爷", "he"), ("妈妈", "she"), ("爸爸", "he")))
    under_way = Telling(_grammar(), dice, discourse=Discourse("zh", pronouns=0.5))
    under_way.values |= {
        "A": Character(hero, "she" if hero == girl else "he"),
        "B": Character(friend, "she" if friend == girl else "he"),
        "C": Character(elder, "she" if gender == "she" else "he"),
        "T": dice.choice(words("zh/people", "town")),
        "月": dice.integer(1, 12),
        "日": dice.integer(1, 28),
    }
    return tidy_chinese(under_way.tell(rule))


_ENDED_TWICE = re.compile("([。！？])”[。，]")
_FULL_WIDTH = {ord(mark): ord(mark) + 0xFEE0 for mark in ",?!:;"} | {ord(" "): None}


def tidy_chinese(text: str) -> str:
    """Full-width marks and curly quotes, no spaces."""
    text = text.translate(_FULL_WIDTH)
    parts = text.split('"')
    marks = ("“" if place % 2 == 0 else "”" for place in range(len(parts) - 1))
    quoted = "".join(part + mark for part, mark in zip(parts, (*marks, ""), strict=True))
    return _ENDED_TWICE.sub(r"\1”", quoted)


_THINGS = (
    ("苹果", "个"),
    ("铅笔", "支"),
    ("书", "本"),
    ("鸡蛋", "个"),
    ("糖", "颗"),
    ("邮票", "张"),
    ("小鱼", "条"),
    ("花", "朵"),
)


def _sum(dice: Dice) -> str:
    """A sum in one step, worked."""
    girl, boy = dice.choice(words("zh/people", "女名")), dice.choice(words("zh/people", "男名"))
    thing, measure = dice.choice(_THINGS)
    a, b = dice.integer(11, 60), dice.integer(2, 10)
    told = dice.below(3)
    if told == 0:
        text, line = (
            f"{girl}有{a}{measure}{thing},{boy}又给了她{b}{measure}。她现在有多少{measure}{thing}?",
            (a, "+", b, a + b),
        )
    elif told == 1:
        text, line = (
            f"{boy}有{a}{measure}{thing},送给{girl}{b}{measure}。他还剩多少{measure}?",
            (a, "-", b, a - b),
        )
    else:
        text = f"一个盒子里有{b}{measure}{thing},{a}个盒子里一共有多少{measure}?"
        line = (a, "×", b, a * b)
    worked = f"{line[0]} {line[1]} {line[2]} = {line[3]}"
    return f"{tidy_chinese(text)}\n{worked}\n{tidy_chinese(f'答:{line[3]}{measure}。')}"
