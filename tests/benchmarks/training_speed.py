"""Training speed: ours, and a GPT-2-style model in plain PyTorch, as shares of a plain large matrix product.

    python -m tests.benchmarks.training_speed [--rounds N] [--threads N] [--json]

fp32, batch 16, context 256, 65 characters, whole training steps: loss, gradients, clipping, AdamW. Each round
does every line once, matrix product included, so that a busy moment falls on all of them; medians count, and
the best rounds stand beside them, for on a machine with other work to do medians tell of that work too.

FLOPs a token: 6 N + 12 L C T. N: all parameters that take part in products, the tied embedding (as output
head) once, learned positions not; L layers of width C; context T, with the causal half counted, as is usual.
"""

import argparse
import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import torch
from torch import Tensor, nn

from explorer.core.model import ModelConfig, Transformer, initialize
from explorer.core.training.gradients import Gradients
from explorer.core.training.optimizer import Optimizer
from explorer.core.training.presets import Recipe
from tests.benchmarks.gpt2_style import Gpt2Style

BATCH, CONTEXT, VOCABULARY = 16, 256, 65
MATRIX = 2048
CLIP = 1.0
GOALS = {"10.7M": 0.70, "0.8M": 0.55}


@dataclass(frozen=True)
class Shape:
    name: str
    layers: int
    width: int
    heads: int
    inner: int
    """Of SwiGLU: 8/3 of the width, as many parameters as GELU's 4 times the width."""
    repeats: int
    """Steps a round."""


SHAPES = (Shape("0.8M", 4, 128, 4, 344, 6), Shape("10.7M", 6, 384, 6, 1024, 1))


@dataclass
class Line:
    name: str
    step: Callable[[], object]
    flops: float
    """A step."""
    parameters: int = 0
    repeats: int = 1
    seconds: list[float] = field(default_factory=list)

    def round(self) -> None:
        before = perf_counter()
        for _ in range(self.repeats):
            self.step()
        self.seconds.append((perf_counter() - before) / self.repeats)

    def gflops(self, choose: Callable[[list[float]], float]) -> float:
        """GFLOP/s of the median or the best round."""
        return self.flops / choose(self.seconds) / 1e9


def batch() -> tuple[Tensor, Tensor]:
    ids = torch.randint(0, VOCABULARY, (BATCH, CONTEXT + 1), generator=torch.Generator().manual_seed(1))
    return ids[:, :-1].contiguous(), ids[:, 1:].contiguous()


def step_flops(parameters: int, shape: Shape) -> float:
    per_token = 6 * parameters + 12 * shape.layers * shape.width * CONTEXT
    return float(per_token * BATCH * CONTEXT)


def ours(shape: Shape) -> Line:
    config = ModelConfig(
        vocab_size=VOCABULARY,
        hidden_size=shape.width,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        head_dim=shape.width // shape.heads,
        max_position_embeddings=CONTEXT,
    )
    model = Transformer(config)
    initialize(model, 1)
    gradients = Gradients(model)
    optimizer = Optimizer(model, Recipe(context=CONTEXT, batch=BATCH, steps=1, learning_rate=1e-4))
    inputs, targets = batch()

    def step() -> None:
        gradients.compute(inputs, targets)
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()

    count = model.parameter_count()
    return Line(f"ours, {shape.name}", step, step_flops(count, shape), count, shape.repeats)


def plain(shape: Shape) -> Line:
    torch.manual_seed(1)
    model = Gpt2Style(VOCABULARY, shape.width, shape.layers, shape.heads, CONTEXT)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True
    )
    inputs, targets = batch()

    def step() -> None:
        loss = model.loss(inputs, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        loss.item()

    count = model.counted_parameters()
    return Line(f"GPT-2 style, {shape.name}", step, step_flops(count, shape), count, shape.repeats)


def matrix_product() -> Line:
    left, right = torch.randn(MATRIX, MATRIX), torch.randn(MATRIX, MATRIX)
    out = torch.empty(MATRIX, MATRIX)
    return Line("matrix product", lambda: torch.mm(left, right, out=out), 2.0 * MATRIX**3, repeats=3)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    peak = matrix_product()
    lines = [peak, *(make(shape) for shape in SHAPES for make in (ours, plain))]
    for line in lines:  # warm
        line.step()
    for _ in range(arguments.rounds):
        for line in lines:
            line.round()
    rows = [
        {
            "what": line.name,
            "parameters": line.parameters,
            "gflops": line.gflops(statistics.median),
            "tokens_per_s": BATCH * CONTEXT / statistics.median(line.seconds) if line.parameters else None,
            "share_of_product": line.gflops(statistics.median) / peak.gflops(statistics.median),
            "share_of_product_best": line.gflops(min) / peak.gflops(min),
        }
        for line in lines
    ]
    if arguments.json:
        print(json.dumps({"threads": arguments.threads, "rounds": arguments.rounds, "lines": rows}))
        return
    print(f"{arguments.threads} threads, {arguments.rounds} rounds; goals: {GOALS}\n")
    print(f"{'':22}{'parameters':>12}{'GFLOP/s':>10}{'tokens/s':>10}{'share':>8}{'best':>8}")
    for row in rows:
        tokens = f"{row['tokens_per_s']:,.0f}" if row["tokens_per_s"] else ""
        print(
            f"{row['what']:22}{row['parameters']:>12,}{row['gflops']:>10.0f}{tokens:>10}"
            f"{row['share_of_product']:>8.0%}{row['share_of_product_best']:>8.0%}"
        )


if __name__ == "__main__":
    main()
