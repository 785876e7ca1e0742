"""Decoding: tokens a second of one row and of 64 rows of a 3M model, and what of the time is the model's.

    python -m tests.benchmarks.decode_speed [--rounds N] [--tokens N] [--threads N] [--json]

Each round does every line once, so that a busy moment falls on all of them; the best round of each counts.
"Model alone" feeds fixed tokens through the same cache and draws nothing: the difference is sampling, text
and probabilities. 64 rows must give at least 8 times the tokens of one.
"""

import argparse
import json
import time
from collections.abc import Callable
from itertools import product

from explorer.core.threads import wait_without_spinning

wait_without_spinning()  # as the program does; it must come before torch
import torch  # noqa: E402

from explorer.core.generate import TokenDrawn, dtype_of, feed, generate  # noqa: E402
from explorer.core.model import KVCache, ModelConfig, Transformer, initialize  # noqa: E402
from explorer.core.session import Session  # noqa: E402
from explorer.protocol import SamplerSettings  # noqa: E402
from explorer.text import patterns  # noqa: E402
from explorer.text.tokenizer import END_OF_TEXT, BytePairTokenizer  # noqa: E402

VOCABULARY = 1024
PROMPT = 16
ROWS = 64
GOAL = 8.0
SHAPED = SamplerSettings(temperature=0.8, top_k=40, top_p=0.95, min_p=0.05)


def small_model() -> Transformer:
    """4 layers of width 256: 3.2M parameters."""
    config = ModelConfig(
        vocab_size=VOCABULARY,
        hidden_size=256,
        intermediate_size=640,
        num_hidden_layers=4,
        num_attention_heads=8,
        num_key_value_heads=8,
        head_dim=32,
        max_position_embeddings=512,
    )
    model = Transformer(config)
    initialize(model, seed=1)
    return model


def any_tokenizer() -> BytePairTokenizer:
    """All bytes, and pairs of letters up to the vocabulary's size."""
    tokens = [bytes([byte]) for byte in range(256)]
    tokens += [bytes(pair) for pair in product(b"abcdefghijklmnopqrstuvwxyz ,", repeat=2)]
    ranks = {token: rank for rank, token in enumerate(tokens[: VOCABULARY - 1])}
    return BytePairTokenizer("bpe", patterns.TRAINED, ranks, {END_OF_TEXT: VOCABULARY - 1})


class Bench:
    """What is timed: each gives the number of tokens that it made."""

    def __init__(self, tokens: int) -> None:
        self.model, self.tokenizer, self.tokens = small_model(), any_tokenizer(), tokens
        self.prompt = list(range(97, 97 + PROMPT))

    def generated(self, rows: int, settings: SamplerSettings) -> int:
        facts = generate(
            self.model,
            self.tokenizer,
            [self.prompt] * rows,
            settings,
            max_tokens=self.tokens,
            end_tokens=(),
        )
        return sum(isinstance(fact, TokenDrawn) for fact in facts)

    def stepped(self) -> int:
        """As the panel does it."""
        session = Session(self.model, self.tokenizer, end_tokens=())
        session.set_prompt_ids(self.prompt)
        for _ in range(self.tokens):
            session.step(SHAPED)
        return self.tokens

    def model_alone(self, rows: int) -> int:
        cache = KVCache(
            self.model.config, rows, PROMPT + self.tokens, self.model.device, dtype_of(self.model)
        )
        feed(self.model, cache, [self.prompt] * rows, VOCABULARY)
        for token in range(self.tokens - 1):
            feed(self.model, cache, [[token]] * rows, VOCABULARY)
        return rows * self.tokens


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    bench = Bench(arguments.tokens)
    lines: dict[str, Callable[[], int]] = {
        "1 row, T = 1": lambda: bench.generated(1, SamplerSettings()),
        "1 row, four samplers": lambda: bench.generated(1, SHAPED),
        "1 row, stepped as in the panel": bench.stepped,
        "1 row, model alone": lambda: bench.model_alone(1),
        f"{ROWS} rows, T = 1": lambda: bench.generated(ROWS, SamplerSettings()),
        f"{ROWS} rows, four samplers": lambda: bench.generated(ROWS, SHAPED),
        f"{ROWS} rows, model alone": lambda: bench.model_alone(ROWS),
    }
    rates = dict.fromkeys(lines, 0.0)
    for _ in range(arguments.rounds):
        for name, work in lines.items():
            before = time.perf_counter()
            made = work()
            rates[name] = max(rates[name], made / (time.perf_counter() - before))
    ratio = rates[f"{ROWS} rows, T = 1"] / rates["1 row, T = 1"]
    if arguments.json:
        print(json.dumps({"tokens_per_s": rates, "ratio": ratio, "threads": arguments.threads}))
        return
    print(f"{bench.model.parameter_count():,} parameters, {arguments.tokens} new tokens a row, fp32,")
    print(f"{arguments.threads} threads, best of {arguments.rounds} rounds\n")
    print(f"{'':32}{'tokens/s':>10}{'ms a step':>12}")
    for name, rate in rates.items():
        rows = int(name.split()[0])
        print(f"{name:32}{rate:>10,.0f}{1000 * rows / rate:>12.2f}")
    print(f"\n{ROWS} rows / 1 row: {ratio:.1f}x (goal: {GOAL:.0f}x or more)")


if __name__ == "__main__":
    main()
