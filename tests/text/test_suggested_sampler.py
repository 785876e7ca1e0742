"""What generation_config.json suggests, in our names; a file that cannot be read suggests nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import GenerationConfig

from explorer.protocol import SamplerSettings
from explorer.text.suggested_sampler import read_suggested_sampler


def suggested(folder: Path, content: str) -> SamplerSettings | None:
    (folder / "generation_config.json").write_text(content)
    return read_suggested_sampler(folder)


def test_names_are_ours(tmp_path: Path) -> None:
    GenerationConfig(
        do_sample=True,
        temperature=0.6,
        top_k=20,
        top_p=0.95,
        min_p=0.05,
        typical_p=0.9,
        repetition_penalty=1.1,
    ).save_pretrained(tmp_path)
    assert read_suggested_sampler(tmp_path) == SamplerSettings(
        temperature=0.6, top_k=20, top_p=0.95, min_p=0.05, typical_p=0.9, repeat_penalty=1.1
    )


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"do_sample": False}, SamplerSettings(temperature=0.0)),
        ({"temperature": 0.7, "top_k": None}, SamplerSettings(temperature=0.7)),
        ({"do_sample": True, "eos_token_id": 3}, None),
        ({"temperature": 1.0, "top_p": 1.0}, None),
        ({}, None),
    ],
)
def test_what_is_left_out_is_neutral(
    said: dict[str, Any], found: SamplerSettings | None, tmp_path: Path
) -> None:
    assert suggested(tmp_path, json.dumps(said)) == found


@pytest.mark.parametrize("content", ["", "{", '{"temperature": "hot"}', "[" * 5000, "\x00", "[1]"])
def test_what_cannot_be_read_suggests_nothing(content: str, tmp_path: Path) -> None:
    assert suggested(tmp_path, content) is None


def test_no_file_suggests_nothing(tmp_path: Path) -> None:
    assert read_suggested_sampler(tmp_path) is None
