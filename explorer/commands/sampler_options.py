"""The samplers as command-line options: the same names, defaults and refusals for every sub-command."""

import argparse
from typing import Any

import msgspec

from explorer.errors import InputError
from explorer.protocol import SAMPLER_ORDER, SamplerSettings

_NEUTRAL = SamplerSettings()
_NUMBERS = {
    "temperature": "0 takes the most likely token; below 1 is sharper, above 1 flatter",
    "top_k": "keep this many tokens; 0 is off",
    "top_p": "keep the most likely tokens that make up this probability; 1 is off",
    "min_p": "keep tokens at least this share as likely as the most likely one; 0 is off",
    "typical_p": "keep the most typical tokens that make up this probability; 1 is off",
    "repeat_penalty": "divide the logits of tokens in the text so far; 1 is off",
    "frequency_penalty": "taken off for each time that a token was generated; 0 is off",
    "presence_penalty": "taken off if a token was generated; 0 is off",
    "seed": "the same seed gives the same text",
}


def add_options(group: "argparse._ArgumentGroup", *, seed: bool = True) -> None:  # pyright: ignore[reportPrivateUsage]
    """One for each setting of the chain; `seed`: also for the draw."""
    for name, words in _NUMBERS.items():
        if name == "seed" and not seed:
            continue
        default: float = getattr(_NEUTRAL, name)
        group.add_argument(
            "--" + name.replace("_", "-"),
            type=type(default),
            metavar="N",
            help=f"{words} (default: {default})",
        )
    group.add_argument("--logit-bias", metavar="ID:N,...", help="added to these tokens' logits")
    group.add_argument(
        "--samplers", metavar="NAME,...", help=f"the order of the chain (default: {','.join(SAMPLER_ORDER)})"
    )


def given(arguments: argparse.Namespace) -> bool:
    """Whether the person has set any of them; a seed is no sampler."""
    names = (name for name in SamplerSettings.__struct_fields__ if name != "seed")
    return any(getattr(arguments, name) is not None for name in names)


def settings(arguments: argparse.Namespace) -> SamplerSettings:
    """Checked, without a model. Raises: InputError."""
    from explorer.core.sampling import chain_of

    chosen: dict[str, Any] = {
        name: value
        for name in SamplerSettings.__struct_fields__
        if (value := getattr(arguments, name, None)) is not None
    }
    if "samplers" in chosen:
        chosen["samplers"] = tuple(filter(None, chosen["samplers"].split(",")))
    if "logit_bias" in chosen:
        chosen["logit_bias"] = _biases(chosen["logit_bias"])
    found = SamplerSettings(**chosen)
    chain_of(found)
    return found


def as_json(sampler: SamplerSettings) -> dict[str, Any]:
    """Only what is not neutral."""
    return {
        name: value
        for name, value in msgspec.to_builtins(sampler, str_keys=True).items()
        if getattr(sampler, name) != getattr(_NEUTRAL, name)
    }


def _biases(text: str) -> dict[int, float]:
    biases: dict[int, float] = {}
    for pair in filter(None, text.split(",")):
        token, _, bias = pair.partition(":")
        try:
            biases[int(token)] = float(bias)
        except ValueError:
            raise InputError(
                "{pair} is no bias. Give a token's id and a number: 290:-5.", pair=pair
            ) from None
    return biases
