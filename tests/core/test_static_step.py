"""The step of fixed shapes gives what the ordinary way gives: in each family, compiled, and on a card."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
import torch
import transformers
from torch import Tensor

from explorer.cli import main
from explorer.core.families.huggingface import load_transformer
from explorer.core.generate import TokenDrawn, dtype_of, generate
from explorer.core.int8_model import int8_of
from explorer.core.model import KVCache, Transformer
from explorer.core.static_step import StaticFeed, StaticStep
from explorer.protocol import SamplerSettings
from tests.benchmarks.parity import SHAPES, make
from tests.core.small import save_small_model, small_model, small_tokenizer

LIMIT = 1e-4
T, PROMPT = 24, 9
QUICK = {f"{shape.family}, {shape.name}": shape for shape in SHAPES if shape.quick}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    transformers.logging.disable_progress_bar()


def stepped(model: Transformer, ids: Tensor, *, compiled: bool = False) -> Tensor:
    """Logits (B, T - PROMPT, V), token by token after a prompt."""
    cache = KVCache(model.config, len(ids), T + 5, model.device, dtype_of(model))
    for layer in range(model.config.num_hidden_layers):
        for whole in cache.layer(layer):
            whole.fill_(torch.nan)  # what an empty cache's memory may hold
    model.hidden(ids[:, :PROMPT], cache)
    step = StaticStep(model, cache, compiled=compiled)
    cuts = pairwise(range(PROMPT, T + 1))
    return torch.stack([step(ids[:, start:end]).float().clone() for start, end in cuts], dim=1)


@pytest.mark.parametrize("name", QUICK)
@torch.inference_mode()
def test_every_family_gives_what_it_gives_uncached(name: str, tmp_path: Path) -> None:
    make(QUICK[name], tmp_path)
    model = load_transformer(tmp_path)
    ids = torch.randint(0, 101, (3, T), generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(stepped(model, ids), model(ids)[:, PROMPT:], rtol=LIMIT, atol=LIMIT)


@pytest.mark.parametrize("rows", [1, 9])
def test_generation_is_the_same_also_when_rows_end(rows: int) -> None:
    model, tokenizer = small_model(), small_tokenizer()
    prompts = [tokenizer.encode("the" + "e" * row) for row in range(rows)]
    ends = set(range(0, 256, 5))

    def drawn(**named: StaticFeed) -> list[tuple[int, int]]:
        facts = generate(
            model, tokenizer, prompts, SamplerSettings(), max_tokens=20, end_tokens=ends, **named
        )
        return [(fact.row, fact.id) for fact in facts if isinstance(fact, TokenDrawn)]

    assert drawn(feeding=StaticFeed(compiled=False)) == drawn()


def test_compiling_what_is_c_already_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(save_small_model(tmp_path / "small"))
    assert main(["generate", "--model", folder, "--device", "cpu", "--dtype", "int8", "--compile"]) == 1
    assert "Leave --compile out" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("default")
def test_compiled_it_is_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(save_small_model(tmp_path / "small"))
    asked = [
        "generate",
        "--model",
        folder,
        "--device",
        "cpu",
        "--max-tokens",
        "12",
        "--json",
        "--prompt",
        "the",
    ]
    texts = []
    for option in ([], ["--compile"]):
        assert main([*asked, *option]) == 0
        texts.append(json.loads(capsys.readouterr().out)["ids"])
    assert texts[0] == texts[1]
    ids = torch.randint(0, 256, (2, T), generator=torch.Generator().manual_seed(1))
    model = small_model()
    with torch.inference_mode():
        found = stepped(model, ids, compiled=True)
        torch.testing.assert_close(found, model(ids)[:, PROMPT:], rtol=LIMIT, atol=LIMIT)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card")
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    ("dtype", "limit"), [(torch.float32, 1e-3), (torch.bfloat16, 0.3)], ids=["float32", "bfloat16"]
)
@pytest.mark.filterwarnings("default")
def test_on_a_card_it_is_the_same(dtype: torch.dtype, limit: float, compiled: bool) -> None:
    model = small_model()
    ids = torch.randint(0, 256, (2, T), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = model(ids)[:, PROMPT:]
        model.to("cuda", dtype).set_rotary_tables()
        found = stepped(model, ids.cuda(), compiled=compiled).cpu()
    torch.testing.assert_close(found, expected, rtol=limit, atol=limit)


@torch.inference_mode()
def test_weights_in_8_bits_step_too() -> None:
    model = int8_of(small_model())
    ids = torch.randint(0, 256, (2, T), generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(stepped(model, ids), model(ids)[:, PROMPT:], rtol=LIMIT, atol=LIMIT)
