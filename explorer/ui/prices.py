"""What tokens cost: the person's own table of prices, and the row that is in force."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from explorer.ui.settings import Settings

INPUT_KEY, OUTPUT_KEY = "prices/input_per_million", "prices/output_per_million"
"""Of the row in force: what a million tokens cost, read and written."""
_NAME_KEY, _ROWS_KEY = "prices/name", "prices/rows"
LARGEST = 1_000_000.0


@dataclass(frozen=True)
class Price:
    """What a million tokens cost, those that a model reads and those that it writes."""

    name: str
    input_per_million: float
    output_per_million: float


EXAMPLE = Price("example", 2.5, 10.0)
"""A price to begin with; nobody's in particular."""


def read_prices(settings: Settings) -> list[Price]:
    """All rows, one at least."""
    try:
        rows = msgspec.json.decode(settings.text(_ROWS_KEY), type=list[Price])
    except msgspec.DecodeError:
        rows = []
    return [row for row in rows if _is_price(row)] or [EXAMPLE]


def chosen_price(settings: Settings) -> Price:
    """The row in force."""
    price = Price(
        settings.text(_NAME_KEY, EXAMPLE.name),
        settings.number(INPUT_KEY, EXAMPLE.input_per_million),
        settings.number(OUTPUT_KEY, EXAMPLE.output_per_million),
    )
    return price if _is_price(price) else EXAMPLE


def write_prices(settings: Settings, rows: Sequence[Price], chosen: int) -> None:
    """Remember all rows, and which is in force."""
    price = rows[chosen]
    settings.set(_ROWS_KEY, msgspec.json.encode(list(rows)).decode())
    settings.set(_NAME_KEY, price.name)
    settings.set(INPUT_KEY, price.input_per_million)
    settings.set(OUTPUT_KEY, price.output_per_million)


def cost(tokens: int, per_million: float) -> float:
    """In the currency of the table."""
    return tokens * per_million / 1_000_000


def money(amount: float) -> str:
    """$0.00004, $0.012, $3.50: one or two figures that say something, never a power of ten."""
    if amount <= 0:
        return "$0"
    if amount >= 1:
        return f"${amount:,.2f}"
    places = 1 - math.floor(math.log10(amount))
    return "$" + f"{amount:.{min(places, 12)}f}".rstrip("0").rstrip(".")


def _is_price(row: Price) -> bool:
    return all(0 <= number <= LARGEST for number in (row.input_per_million, row.output_per_million))
