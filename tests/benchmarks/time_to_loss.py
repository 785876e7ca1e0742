"""Time to the same held-out loss on the same text and cores: ours, and nanoGPT's recipe for a CPU.

    python -m tests.benchmarks.time_to_loss [--rounds N] [--threads N] [--json]

The recipe is that of nanoGPT's README for a machine without a card: characters, 4 layers, 4 heads, width 128,
context 64, batch 12, no dropout, no compiling, 2,000 steps of AdamW (0.9 / 0.99, decay 0.1, clipping at 1) at
1e-3 with 100 steps of warm-up and a cosine down to 1e-4. Its architecture is re-created in `gpt2_style`, the
loop here. What it reaches at its end is the goal. Ours: the same text (the Python manual that is on every
machine), characters, held-out windows of 64, layers, heads and width; our recipe, run to its own end, which
must be as good. Seconds are those of the steps: data, loss, gradients, optimizer; looking at the held-out
text is left out for both. The two take turns, each as far along as the other, so that a busy machine is as
busy for both; beside the seconds by the clock stand those that the processor worked. Medians of the rounds.
"""

import argparse
import json
import math
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from time import perf_counter, process_time

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.core.data.texts import TextSource, characters_of, find_text
from explorer.core.data.tokens import Encoded, TokenData, encode_to_file
from explorer.core.model import ModelConfig, Transformer, initialize
from explorer.core.training.learner import Learner
from explorer.core.training.presets import Recipe
from explorer.protocol import BUILT_IN_TEXT
from explorer.text.characters import build_characters
from tests.benchmarks.gpt2_style import Gpt2Style

LAYERS, HEADS, WIDTH, CONTEXT = 4, 4, 128, 64
ITERATIONS, BATCH, RATE, LOWEST_RATE, WARMUP = 2000, 12, 1e-3, 1e-4, 100
GOAL = 1 / 3
OURS = Recipe(
    context=CONTEXT,
    batch=12,
    steps=400,
    learning_rate=1e-2,
    optimizer="muon",
    matrix_rate=0.05,
    cooldown=0.5,
)


@dataclass
class Run:
    """One of the two under way."""

    step: Callable[[int], None]
    steps: int
    look: Callable[[], float]
    seconds: float = 0.0
    processor_s: float = 0.0
    done: int = 0
    curve: list[tuple[float, float]] = field(default_factory=list)
    """(seconds, held-out nats), where it was looked at."""

    def advance(self, looks: int) -> None:
        before, worked = perf_counter(), process_time()
        self.done += 1
        self.step(self.done)
        self.seconds += perf_counter() - before
        self.processor_s += process_time() - worked
        if self.done == self.steps or (looks and self.done % looks == 0):
            self.curve.append((self.seconds, self.look()))

    @property
    def loss(self) -> float:
        return self.curve[-1][1]


def made(generator: object) -> object:
    """What a generator of progress returns."""
    while True:
        try:
            next(generator)  # type: ignore[call-overload]
        except StopIteration as end:
            return end.value


def text_as_tokens(folder: Path) -> tuple[TokenData, int]:
    source = made(find_text(BUILT_IN_TEXT))
    assert isinstance(source, TextSource)
    tokenizer = build_characters(str(made(characters_of(source))))
    *_, encoded = encode_to_file(source, tokenizer, folder / "tokens.bin")
    assert isinstance(encoded, Encoded)
    return TokenData(folder / "tokens.bin", encoded.token_bytes, CONTEXT), tokenizer.n_vocab


@torch.no_grad()
def held_out(data: TokenData, loss: Callable[[Tensor, Tensor], Tensor]) -> float:
    inputs, targets = map(torch.from_numpy, data.held_out_windows(10**9))
    parts = zip(inputs.split(256), targets.split(256), strict=True)
    return sum(float(loss(ids, right)) * len(ids) for ids, right in parts) / len(inputs)


def theirs(data: TokenData, vocabulary: int, seed: int) -> Run:
    torch.manual_seed(seed)
    model = Gpt2Style(vocabulary, WIDTH, LAYERS, HEADS, CONTEXT)
    groups = [
        {"params": [p for p in model.parameters() if p.ndim >= 2], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.99))

    def step(number: int) -> None:
        along = max(0.0, (number - WARMUP) / (ITERATIONS - WARMUP))
        rate = LOWEST_RATE + 0.5 * (1 + math.cos(math.pi * along)) * (RATE - LOWEST_RATE)
        for group in optimizer.param_groups:
            group["lr"] = RATE * number / WARMUP if number < WARMUP else rate
        inputs, targets = map(torch.from_numpy, data.batch(seed, number, BATCH))
        loss = model.loss(inputs, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return Run(step, ITERATIONS, lambda: held_out(data, model.loss))


def ours(data: TokenData, vocabulary: int, recipe: Recipe, seed: int) -> Run:
    config = ModelConfig(
        vocab_size=vocabulary,
        hidden_size=WIDTH,
        intermediate_size=344,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        head_dim=WIDTH // HEADS,
        max_position_embeddings=CONTEXT,
    )
    model = Transformer(config)
    initialize(model, seed)
    learner = Learner(model, recipe)

    def step(number: int) -> None:
        inputs, targets = map(torch.from_numpy, data.batch(seed, number, recipe.batch))
        learner.update(number, recipe.steps, learner.compute(inputs, targets))

    def loss(ids: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(model(ids).flatten(0, 1), targets.flatten())

    return Run(step, recipe.steps, lambda: held_out(data, loss))


def taking_turns(runs: list[Run], looks: int) -> None:
    """All to their ends, always the one that is least far along."""
    while under_way := [run for run in runs if run.done < run.steps]:
        min(under_way, key=lambda run: run.done / run.steps).advance(looks)


def changed(recipe: Recipe, wishes: list[str]) -> Recipe:
    kinds = {each.name: type(getattr(recipe, each.name)) for each in fields(recipe)}
    pairs = (wish.split("=") for wish in wishes)
    return replace(recipe, **{name: kinds[name](value) for name, value in pairs})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--looks", type=int, default=0, metavar="N", help="look at the loss every N steps too"
    )
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="of our recipe")
    parser.add_argument("--only", choices=("ours", "theirs"))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    recipe = changed(OURS, arguments.set)
    runs: dict[str, list[Run]] = {"nanoGPT's recipe": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder:
        data, vocabulary = text_as_tokens(Path(folder))
        for seed in range(arguments.seed, arguments.seed + arguments.rounds):
            if arguments.only != "ours":
                runs["nanoGPT's recipe"].append(theirs(data, vocabulary, seed))
            if arguments.only != "theirs":
                runs["ours"].append(ours(data, vocabulary, recipe, seed))
            taking_turns([some[-1] for some in runs.values() if some], arguments.looks)
    rows = [
        {
            "what": name,
            "seconds": statistics.median(run.seconds for run in some),
            "processor_s": statistics.median(run.processor_s for run in some),
            "held_out_nats": statistics.median(run.loss for run in some),
            "curve": some[0].curve,
        }
        for name, some in runs.items()
        if some
    ]
    if arguments.json:
        print(json.dumps({"threads": arguments.threads, "rounds": arguments.rounds, "rows": rows}))
        return
    print(
        f"{arguments.threads} threads, {arguments.rounds} rounds, the Python manual's characters; {recipe}\n"
    )
    print(f"{'':20}{'seconds':>10}{'processor':>12}{'held out, nats a character':>30}")
    for row in rows:
        print(
            f"{row['what']:20}{row['seconds']:>10.1f}{row['processor_s']:>12.1f}{row['held_out_nats']:>30.4f}"
        )
        if arguments.looks:
            print("    " + "  ".join(f"{seconds:.0f}s {loss:.3f}" for seconds, loss in row["curve"]))
    if len(rows) == 2:
        share = rows[1]["seconds"] / rows[0]["seconds"]
        words = "as good" if rows[1]["held_out_nats"] <= rows[0]["held_out_nats"] else "NOT AS GOOD"
        print(f"\nours takes {share:.2f} of the time, {words}; goal {GOAL:.2f}")


if __name__ == "__main__":
    main()
