"""What a CUDA card makes of it: decoding against its memory, training against its products and a plain loop.

    python -m tests.benchmarks.cuda_speed [--rounds N] [--json]

Decoding: one row of a random model of the shape of Llama 3.2 1B in bfloat16, through `StaticStep`; its bound
is the time to read all weights once at the rate at which the card copies memory. Training: whole steps (loss,
gradients, clipping, AdamW) in bfloat16, as the program does them and with the loss compiled; MFU is the share
of what the card makes of a large bfloat16 product, and a GPT-2-style loop in plain PyTorch stands beside it.
Medians of the rounds. Without a card it says so and ends with 1.
"""

import argparse
import json
import statistics
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from explorer.core.model import KVCache, ModelConfig, Transformer, initialize
from explorer.core.static_step import StaticStep
from explorer.core.training.gradients import Gradients, weighted_loss
from explorer.core.training.optimizer import make_optimizer
from explorer.core.training.presets import Recipe
from tests.benchmarks.gpt2_style import Gpt2Style

LLAMA_1B = ModelConfig(
    vocab_size=128_256,
    hidden_size=2048,
    intermediate_size=8192,
    num_hidden_layers=16,
    num_attention_heads=32,
    num_key_value_heads=8,
    head_dim=64,
    max_position_embeddings=2048,
    rope_theta=500_000.0,
)
PROMPT, STEPS, CAPACITY = 128, 64, 512
GOALS = {"decode_1b": 0.60, "mfu_124m": 0.40, "ours_to_plain_10.7m": 3.0}
SHAPES = {
    "124M": {"vocabulary": 50_304, "width": 768, "layers": 12, "heads": 12, "context": 1024, "batch": 16},
    "10.7M": {"vocabulary": 65, "width": 384, "layers": 6, "heads": 6, "context": 256, "batch": 64},
}


def seconds(work: Callable[[], object], rounds: int, repeats: int) -> float:
    """A repeat's, by the median of rounds; the card has finished when the clock stops."""
    for _ in range(3):
        work()
    found: list[float] = []
    for _ in range(rounds):
        torch.cuda.synchronize()
        before = perf_counter()
        for _ in range(repeats):
            work()
        torch.cuda.synchronize()
        found.append((perf_counter() - before) / repeats)
    return statistics.median(found)


def copied_bytes_per_s(rounds: int) -> float:
    """Bytes read and bytes written both count."""
    source = torch.zeros(1 << 30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    return 2 * source.numel() / seconds(lambda: target.copy_(source), rounds, 10)


def product_flops_per_s(rounds: int) -> float:
    left, right = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    return 2 * 8192**3 / seconds(lambda: left @ right, rounds, 10)


def random_model(config: ModelConfig, dtype: torch.dtype) -> Transformer:
    with torch.device("cuda"):
        model = Transformer(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.0, 0.02) if parameter.ndim > 1 else parameter.fill_(1.0)
    model.to(dtype).set_rotary_tables()
    return model.eval().requires_grad_(False)


@torch.inference_mode()
def decoding(rounds: int, bytes_per_s: float, *, compiled: bool) -> dict[str, float]:
    """Tokens a second, and the share of what memory allows."""
    model = random_model(LLAMA_1B, torch.bfloat16)
    cache = KVCache(model.config, 1, CAPACITY, "cuda", torch.bfloat16)
    model.hidden(torch.randint(0, 1000, (1, PROMPT), device="cuda"), cache)
    step = StaticStep(model, cache, compiled=compiled)
    ids = torch.zeros(1, 1, dtype=torch.int64, device="cuda")

    def tokens() -> None:
        cache.truncate(PROMPT)
        for _ in range(STEPS):
            ids.copy_(step(ids).argmax(-1, keepdim=True))

    token_s = seconds(tokens, rounds, 1) / STEPS
    bound_s = sum(parameter.nbytes for parameter in model.parameters()) / bytes_per_s
    return {"tokens_per_s": 1 / token_s, "share": bound_s / token_s}


def batch(shape: dict[str, int]) -> tuple[Tensor, Tensor]:
    ids = torch.randint(0, shape["vocabulary"], (shape["batch"], shape["context"] + 1), device="cuda")
    return ids[:, :-1].contiguous(), ids[:, 1:].contiguous()


def recipe(shape: dict[str, int]) -> Recipe:
    return Recipe(context=shape["context"], batch=shape["batch"], steps=1, learning_rate=1e-4)


def ours(shape: dict[str, int], *, compiled: bool) -> tuple[Callable[[], object], int]:
    """A training step, and the parameters."""
    config = ModelConfig(
        vocab_size=shape["vocabulary"],
        hidden_size=shape["width"],
        intermediate_size=shape["width"] * 8 // 3,
        num_hidden_layers=shape["layers"],
        num_attention_heads=shape["heads"],
        num_key_value_heads=shape["heads"],
        head_dim=shape["width"] // shape["heads"],
        max_position_embeddings=shape["context"],
    )
    model = Transformer(config)
    initialize(model, 1)
    model.to("cuda")
    gradients, optimizer = Gradients(model), make_optimizer(model, recipe(shape))
    loss_of = torch.compile(partial(weighted_loss, model))
    inputs, targets = batch(shape)

    def step() -> None:
        if compiled:
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cuda", torch.bfloat16):
                loss = loss_of(inputs, targets)
            loss.backward()
        else:
            gradients.compute(inputs, targets)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step, model.parameter_count()


def plain(shape: dict[str, int]) -> tuple[Callable[[], object], int]:
    """The same of a GPT-2-style model, not compiled."""
    model = Gpt2Style(
        shape["vocabulary"], shape["width"], shape["layers"], shape["heads"], shape["context"]
    ).to("cuda")
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True
    )
    inputs, targets = batch(shape)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16):
            loss = model.loss(inputs, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()

    return step, model.counted_parameters()


def training(name: str, rounds: int, flops_per_s: float) -> dict[str, dict[str, float]]:
    """Tokens a second and MFU of each way."""
    shape = SHAPES[name]
    table: dict[str, dict[str, float]] = {}
    tokens = shape["batch"] * shape["context"]
    makers = {
        "ours": partial(ours, compiled=False),
        "ours, compiled": partial(ours, compiled=True),
        "GPT-2 style": plain,
    }
    for way, make in makers.items():
        step, parameters = make(shape)
        step_s = seconds(step, rounds, 5)
        flops = (6 * parameters + 12 * shape["layers"] * shape["width"] * shape["context"]) * tokens
        table[way] = {"tokens_per_s": tokens / step_s, "mfu": flops / step_s / flops_per_s}
    return table


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        print("There is no CUDA card that torch can use here: nothing was measured.")
        return 1
    rounds = arguments.rounds
    bytes_per_s, flops_per_s = copied_bytes_per_s(rounds), product_flops_per_s(rounds)
    found: dict[str, Any] = {
        "card": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "copies_gb_per_s": bytes_per_s / 1e9,
        "product_tflops": flops_per_s / 1e12,
        "decode_1b": {
            way: decoding(rounds, bytes_per_s, compiled=way == "compiled") for way in ("recorded", "compiled")
        },
        "training": {name: training(name, rounds, flops_per_s) for name in SHAPES},
    }
    if arguments.json:
        print(json.dumps(found))
        return 0
    print(f"{found['card']}, torch {found['torch']}, medians of {rounds} rounds")
    print(f"copies {found['copies_gb_per_s']:,.0f} GB/s, products {found['product_tflops']:,.0f} TFLOP/s\n")
    for way, line in found["decode_1b"].items():
        share = f"{line['share']:.0%} of what memory allows (goal: {GOALS['decode_1b']:.0%})"
        print(f"decode 1B, {way:20}{line['tokens_per_s']:>12,.1f} tokens/s  {share}")
    for name, table in found["training"].items():
        for way, line in table.items():
            rate = f"{line['tokens_per_s']:>12,.0f} tokens/s  MFU {line['mfu']:.0%}"
            ratio = line["tokens_per_s"] / table["GPT-2 style"]["tokens_per_s"]
            print(f"train {name}, {way:20}{rate}  {ratio:.2f}x GPT-2 style")
    print(f"\ngoals: 124M {GOALS['mfu_124m']:.0%} MFU; 10.7M {GOALS['ours_to_plain_10.7m']}x GPT-2 style")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
