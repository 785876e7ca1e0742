"""How a model's makers suggest to sample from it: generation_config.json, in our names."""

from contextlib import suppress
from pathlib import Path

import msgspec

from explorer.protocol import SamplerSettings

GENERATION_FILE = "generation_config.json"
_MAX_BYTES = 1_000_000


class _Said(msgspec.Struct):
    do_sample: bool | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    typical_p: float | None = None
    repetition_penalty: float | None = None


def read_suggested_sampler(folder: Path) -> SamplerSettings | None:
    """None if the model in `folder` suggests nothing, or nothing that can be read: it is only a suggestion.

    What the file leaves out is neutral; "do_sample": false is temperature 0. The values are unchecked.
    """
    file = folder / GENERATION_FILE
    said = _Said()
    with suppress(OSError, msgspec.DecodeError, RecursionError, UnicodeError):
        if file.stat().st_size <= _MAX_BYTES:
            said = msgspec.json.decode(file.read_bytes(), type=_Said)
    values: dict[str, float | None] = {
        "temperature": 0.0 if said.do_sample is False else said.temperature,
        "top_k": said.top_k,
        "top_p": said.top_p,
        "min_p": said.min_p,
        "typical_p": said.typical_p,
        "repeat_penalty": said.repetition_penalty,
    }
    neutral = SamplerSettings()
    stated = {name: value for name, value in values.items() if value not in (None, getattr(neutral, name))}
    return msgspec.structs.replace(neutral, **stated) if stated else None
