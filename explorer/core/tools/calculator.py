"""A pocket calculator for a model."""

from fractions import Fraction

from explorer.core.tools.expressions import evaluate

NO_SUM = "no sum"
"""The answer to what it cannot read; the model sees it in place of a result."""
_DECIMALS = 6


def calculator(expression: str) -> str:
    """The result as a person would write it: whole, or rounded to six decimals."""
    done = evaluate(expression.replace(",", "").removesuffix("=").rstrip(" ="), all_numbers=True)
    return NO_SUM if done is None else _written(done[0])


def _written(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    scaled = round(value * 10**_DECIMALS)
    digits = str(abs(scaled)).zfill(_DECIMALS + 1)
    text = f"{digits[:-_DECIMALS]}.{digits[-_DECIMALS:]}".rstrip("0").rstrip(".")
    return f"-{text}" if scaled < 0 else text
