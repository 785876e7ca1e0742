"""`llm-explorer generate`: what it writes, what it refuses, and how it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.cli import main
from explorer.core.generate import RowEnded, TokenDrawn, generate, start_ids
from explorer.protocol import SAMPLER_ORDER, SamplerSettings
from tests.core.small import CONTEXT, save_small_model, small_model, small_tokenizer
from tests.services.chat_model import save_foreign_chat_model

TOKENIZER = small_tokenizer()
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_model(tmp_path_factory.mktemp("models") / "small")


def write(folder: Path, *options: str) -> list[str]:
    return ["generate", "--model", str(folder), "--device", "cpu", *options]


def answer(capsys: Capture, folder: Path, *options: str) -> dict[str, Any]:
    assert main(write(folder, "--json", *options)) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def expected(ids: Sequence[int], settings: SamplerSettings, count: int) -> list[int]:
    facts = generate(small_model(), TOKENIZER, [ids], settings, max_tokens=count, end_tokens=())
    return [fact.id for fact in facts if isinstance(fact, TokenDrawn)]


def test_json_has_the_new_tokens(capsys: Capture, folder: Path) -> None:
    result = answer(capsys, folder, "--prompt", "the 中", "--seed", "5", "--max-tokens", "12", "--ignore-eos")
    assert result == {
        "ids": expected(TOKENIZER.encode("the 中"), SamplerSettings(seed=5), 12),
        "text": TOKENIZER.decode(result["ids"]),
        "stop_reason": "max_tokens",
        "dtype": "float32",
    }


def test_every_sampler_can_be_set_by_name(capsys: Capture, folder: Path) -> None:
    settings = SamplerSettings(
        temperature=0.8,
        top_k=50,
        top_p=0.9,
        min_p=0.02,
        typical_p=0.95,
        repeat_penalty=1.3,
        frequency_penalty=0.2,
        presence_penalty=0.1,
        logit_bias={65: 1.5, 66: -2.0},
        samplers=tuple(reversed(SAMPLER_ORDER)),
        seed=-3,
    )
    options = [
        *(
            "--temperature",
            "0.8",
            "--top-k",
            "50",
            "--top-p",
            "0.9",
            "--min-p",
            "0.02",
            "--typical-p",
            "0.95",
        ),
        *(
            "--repeat-penalty",
            "1.3",
            "--frequency-penalty",
            "0.2",
            "--presence-penalty",
            "0.1",
            "--seed",
            "-3",
        ),
        *("--logit-bias", "65:1.5,66:-2", "--samplers", ",".join(settings.samplers), "--max-tokens", "20"),
    ]
    result = answer(capsys, folder, "--prompt-ids", "1,7,260", "--ignore-eos", *options)
    assert result["ids"] == expected([1, 7, 260], settings, 20)


def test_plain_text_is_that_of_json(capsys: Capture, folder: Path) -> None:
    options = ["--prompt", "once", "--max-tokens", "30", "--temperature", "2"]
    text = answer(capsys, folder, *options)["text"]
    assert main(write(folder, *options)) == 0
    captured = capsys.readouterr()
    assert captured.out == (text if text.endswith("\n") else text + "\n")
    assert captured.err == ""


def test_an_empty_prompt_starts_from_the_end_of_text(capsys: Capture, folder: Path) -> None:
    result = answer(capsys, folder, "--max-tokens", "5", "--ignore-eos")
    assert result["ids"] == expected([TOKENIZER.end_of_text], SamplerSettings(), 5)


def test_logprobs_are_the_models(capsys: Capture, folder: Path) -> None:
    result = answer(
        capsys, folder, "--prompt", "once", "--max-tokens", "4", "--temperature", "0", "--top-logprobs", "3"
    )
    with torch.no_grad():
        logits = small_model()(torch.tensor([[*TOKENIZER.encode("once"), *result["ids"]]]))[0]
    scores = torch.log_softmax(logits, dim=-1)[len(TOKENIZER.encode("once")) - 1 :]
    assert len(result["logprobs"]) == 4
    for row, token, told in zip(scores, result["ids"], result["logprobs"], strict=False):
        best = row.topk(3)
        assert (told["id"], told["token"]) == (token, TOKENIZER.decode([token]))
        assert told["logprob"] == pytest.approx(float(row[token]), abs=1e-4)
        assert [one["id"] for one in told["top"]] == best.indices.tolist()
        assert [one["logprob"] for one in told["top"]] == pytest.approx(best.values.tolist(), abs=1e-4)
        assert told["entropy"] == pytest.approx(float(-(row.exp() * row).sum()), abs=1e-4)
        sure = {
            "logprob": 0.0,
            "entropy": 0.0,
            "top": [{"id": token, "token": told["token"], "logprob": 0.0}],
        }
        assert told["after"] == sure, "at temperature 0 the chain leaves one token"


def test_an_end_token_ends_it_unless_ignored(capsys: Capture, folder: Path) -> None:
    wish = ["--prompt", "a", "--logit-bias", f"{TOKENIZER.end_of_text}:1000", "--max-tokens", "3"]
    assert answer(capsys, folder, *wish) == {
        "ids": [TOKENIZER.end_of_text],
        "text": "",
        "stop_reason": "end_token",
        "dtype": "float32",
    }
    ignored = answer(capsys, folder, *wish, "--ignore-eos")
    assert (ignored["ids"], ignored["stop_reason"]) == ([TOKENIZER.end_of_text] * 3, "max_tokens")


def test_a_stop_text_ends_it(capsys: Capture, folder: Path) -> None:
    options = ["--prompt", "once", "--max-tokens", "30"]
    text = answer(capsys, folder, *options)["text"]
    result = answer(capsys, folder, *options, "--stop", text[6:8])
    assert result["stop_reason"] == "stop_string"
    assert result["text"] == text[: text.index(text[6:8])]


def test_a_run_answers_with_its_newest_checkpoint(capsys: Capture, tmp_path: Path, folder: Path) -> None:
    for step, seed in ((9, 1), (100, 3), (20, 2)):
        save_small_model(tmp_path / "checkpoints" / f"step-{step:06}", seed, step)
    assert answer(capsys, tmp_path, "--prompt", "a") == answer(capsys, folder, "--prompt", "a")


def test_a_long_prompt_is_cut_and_said(capsys: Capture, folder: Path) -> None:
    assert main(write(folder, "--json", "--prompt", "xy" * 60)) == 0
    captured = capsys.readouterr()
    assert f"The first 84 of the prompt's 120 tokens were left out: the model sees {CONTEXT}." in captured.err
    assert json.loads(captured.out)["stop_reason"] == "context_full"


def test_bytes_that_are_no_text_are_read_as_such(capsys: Capture, folder: Path) -> None:
    prompt = b"a\xffb".decode("utf-8", "surrogateescape")
    result = answer(capsys, folder, "--prompt", prompt, "--max-tokens", "4", "--ignore-eos")
    assert result["ids"] == expected(TOKENIZER.encode("a\ufffdb"), SamplerSettings(), 4)


def refused(capsys: Capture, *arguments: str) -> str:
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--temperature", "-0.5"], "temperature is -0.5"),
        (["--temperature", "nan"], "temperature is nan"),
        (["--top-k", "-1"], "Top-k is -1"),
        (["--top-p", "1.5"], "Top-p is 1.5"),
        (["--min-p", "-1"], "Min-p is -1"),
        (["--typical-p", "0"], "Typical-p is 0"),
        (["--repeat-penalty", "0"], "repeat penalty is 0"),
        (["--max-tokens", "0"], "0 tokens cannot"),
        (["--prompt-ids", "1,999"], "no token 999"),
        (["--prompt-ids", "-1"], "no token -1"),
        (["--prompt-ids", "1,a"], "are no token ids"),
        (["--prompt-ids", ""], "are no token ids"),
        (["--logit-bias", "5"], "is no bias"),
        (["--logit-bias", "700:1"], "no token 700"),
        (["--samplers", "magic"], "no sampler magic"),
        (["--top-logprobs", "-1", "--json"], "--top-logprobs"),
        (["--top-logprobs", "5"], "--json"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    capsys: Capture, folder: Path, options: list[str], words: str
) -> None:
    assert words in refused(capsys, *write(folder, *options))


def test_a_folder_without_a_whole_model_is_one_sentence(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    assert "There is no model at" in refused(capsys, *write(tmp_path / "nowhere"))
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "does not hold a model" in refused(capsys, *write(empty))
    damaged = save_small_model(tmp_path / "damaged")
    with (damaged / "model.safetensors").open("r+b") as weights:
        weights.seek(-5, os.SEEK_END)
        weights.write(b"\xff")
    assert "is damaged" in refused(capsys, *write(damaged))


def test_a_number_that_is_none_is_a_usage_error(capsys: Capture, folder: Path) -> None:
    assert main(write(folder, "--top-k", "many")) == 2
    assert capsys.readouterr().err.count("\n") == 1


class _InterruptedAfter:
    """Stands in for generation: facts of the real one, then Ctrl+C."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens

    def __call__(self, *arguments: object, **options: object) -> Any:
        for fact in generate(*arguments, **options):  # type: ignore[arg-type]
            assert not isinstance(fact, RowEnded)
            yield fact
            self.tokens -= 1
            if not self.tokens:
                raise KeyboardInterrupt


@pytest.mark.parametrize("form", ["plain", "json"])
def test_ctrl_c_keeps_what_was_made(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    ids = expected(start_ids(TOKENIZER, "once"), SamplerSettings(), 6)
    monkeypatch.setattr("explorer.core.generate.generate", _InterruptedAfter(6))
    options = ["--json"] if form == "json" else []
    assert main(write(folder, "--prompt", "once", "--ignore-eos", *options)) == 130
    captured = capsys.readouterr()
    assert captured.err == ""
    if form == "json":
        assert json.loads(captured.out)["ids"] == ids
        assert json.loads(captured.out)["stop_reason"] == "interrupted"
    else:
        assert TOKENIZER.decode(ids).startswith(captured.out.rstrip("\n"))


def start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "explorer", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one child process")
def test_ctrl_c_from_outside_ends_the_process_quietly(tmp_path: Path) -> None:
    folder = save_small_model(tmp_path / "long", context=20_000)
    process = start(
        *write(folder, "--prompt", "once", "--max-tokens", "19000", "--ignore-eos", "--top-k", "200")
    )
    assert process.stdout is not None
    assert process.stdout.read(20)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == b""
    assert out.endswith(b"\n")


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    folder = save_small_model(tmp_path / "long", context=20_000)
    process = start(
        *write(folder, "--prompt", "once", "--max-tokens", "19000", "--ignore-eos", "--top-k", "200")
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(20)
    process.stdout.close()
    assert process.wait(timeout=20) == 1
    assert process.stderr.read() == b""
    process.stderr.close()


# ---------------------------------------------------------------- the makers' own samplers


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    said = {"do_sample": True, "temperature": 0.6, "top_k": 20}
    return save_foreign_chat_model(tmp_path_factory.mktemp("models") / "theirs", said)


def test_a_chat_samples_as_the_models_makers_suggest(capsys: Capture, theirs: Path) -> None:
    options = ("--chat", "Hi", "--seed", "4", "--max-tokens", "8")
    found = answer(capsys, theirs, *options)
    assert found.pop("suggested_sampler") == {"temperature": 0.6, "top_k": 20, "seed": 4}
    assert found == answer(capsys, theirs, *options, "--temperature", "0.6", "--top-k", "20")
    assert found != answer(capsys, theirs, *options, "--temperature", "1")


@pytest.mark.parametrize(
    "options",
    [("--chat", "Hi", "--top-p", "1"), ("--chat", "Hi", "--samplers", "temperature"), ("--prompt", "Hi")],
)
def test_what_the_person_chooses_is_not_mixed_with_it(
    capsys: Capture, theirs: Path, options: tuple[str, ...]
) -> None:
    assert "suggested_sampler" not in answer(capsys, theirs, *options, "--max-tokens", "1")


def test_the_help_says_so(capsys: Capture) -> None:
    assert main(["generate", "--help"]) == 0
    assert "generation_config.json" in capsys.readouterr().out
