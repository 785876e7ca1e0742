"""Every way in which a server can disappoint: one sentence each, and what had come is kept."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from explorer.core.pump import wait_for
from explorer.core.remote import model as model_module
from explorer.core.remote.address import Server, Timeouts
from explorer.core.remote.facts import RowEnded, TextArrived, TokenScore, Transcript, UsageCounted
from explorer.core.remote.model import RemoteModel, Wish, list_models, sampler_fields
from explorer.errors import InputError, RemoteError
from explorer.protocol import SamplerSettings

PROGRAM = str(Path(__file__).parent / "hostile_server.py")
MESSAGES = [{"role": "user", "content": "Say hello."}]
KEY = "sk-secret"
QUICK = Timeouts(connect_s=5, first_s=0.4, between_s=0.4, list_s=0.4)


def start(*arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    process = subprocess.Popen(
        [sys.executable, PROGRAM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def stop(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.stdout.close()
    assert process.wait(10) == 0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    process, number = start()
    yield number
    stop(process)


def server(port: int, fault: str, timeouts: Timeouts | None = None, key: str | None = KEY) -> Server:
    return Server(f"http://127.0.0.1:{port}/{fault}/v1", key, timeouts or Timeouts())


def listen(
    where: Server, wish: Wish | None = None, chat: bool = True
) -> tuple[Transcript, RemoteError | None]:
    """What one row said, and how it failed."""
    model, heard = RemoteModel(where, "m"), Transcript()
    wish = wish or Wish()
    try:
        for fact in model.chat(MESSAGES, wish) if chat else model.complete("Say", wish):
            if fact is not None:
                heard.add(fact)
    except RemoteError as error:
        return heard, error
    return heard, None


def seen(port: int) -> list[dict[str, object]]:
    return json.loads(httpx2.get(f"http://127.0.0.1:{port}/seen", trust_env=False).content)


# ---------------------------------------------------------------- answers, in all their dialects


@pytest.mark.parametrize("fault", ["fine", "crlf", "comments", "drip"])
def test_an_answer_is_heard_whole(port: int, fault: str) -> None:
    heard, error = listen(server(port, fault))
    assert error is None
    assert (heard.text, heard.reasoning, heard.stop_reason) == ("Hello", "", "end_token")
    assert heard.usage == UsageCounted(7, 2, 1, None)


@pytest.mark.parametrize(
    ("fault", "answer"), [("reasoning-content", "Hello"), ("reasoning", "Hello"), ("both", "Ha.Hello")]
)
def test_reasoning_is_kept_apart_under_either_name(port: int, fault: str, answer: str) -> None:
    heard, error = listen(server(port, fault))
    assert error is None and heard.text == answer and heard.reasoning.strip() == "Hm."


def test_log_probabilities_of_a_chat(port: int) -> None:
    heard, _ = listen(server(port, "logprobs"), Wish(top_logprobs=2))
    score = TokenScore("Hello", -0.5, b"Hello", None, (("Hello", -0.5), ("x", -1.5)))
    assert heard.tokens == [("answer", score)]


def test_log_probabilities_of_a_completion_in_the_old_shape(port: int) -> None:
    heard, _ = listen(server(port, "old-logprobs"), Wish(top_logprobs=2, max_tokens=1), chat=False)
    assert heard.tokens == [("answer", TokenScore("lo", -0.25, None, None, (("lo", -0.25), ("p", -2))))]
    assert heard.stop_reason == "max_tokens"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("stop-string", "stop_string"), ("tool-call", "tool_call"), ("no-done", "end_token")],
)
def test_why_it_ended(port: int, fault: str, reason: str) -> None:
    heard, error = listen(server(port, fault))
    assert error is None and heard.stop_reason == reason


def test_fewer_tokens_than_allowed_and_yet_out_of_length_is_a_full_context(port: int) -> None:
    heard, _ = listen(server(port, "old-logprobs"), Wish(max_tokens=50), chat=False)
    assert heard.stop_reason == "context_full"


def test_rows_side_by_side(port: int) -> None:
    facts = [f for f in RemoteModel(server(port, "two-rows"), "m").chat(MESSAGES, Wish(rows=2)) if f]
    assert [(f.row, f.text) for f in facts if isinstance(f, TextArrived)] == [(0, "a"), (1, "b"), (0, "c")]
    assert facts[-2:] == [RowEnded(0, "max_tokens", None), RowEnded(1, "end_token", None)]


def test_a_server_that_does_not_stream_is_heard_too(port: int) -> None:
    heard, error = listen(server(port, "not-streamed"))
    assert error is None and (heard.text, heard.reasoning) == ("Hello", "Hm.")


def test_a_server_that_has_ended_its_answer_may_keep_the_line_open(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_module, "_GRACE_S", 0.1)
    heard, error = listen(server(port, "stall-when-done"))
    assert error is None and heard.stop_reason == "end_token"


def test_models(port: int) -> None:
    assert wait_for(list_models(server(port, "models"))) == ["a", "b/c:7b"]
    assert wait_for(list_models(server(port, "models-null"))) == []


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("401", "does not accept the key"),
        ("403", "not for you"),
        ("404", "has no model m (model 'm' not found)"),
        ("400", "does not accept the request (top_k must be positive)"),
        ("422", "field required"),
        ("too-long", "too long for the model"),
        ("429", "(slow down [31mplease). Try again in 20 seconds."),
        ("429-date", "Try again in 23 seconds."),
        ("429-odd", "Try again later."),
        ("500", "a problem of its own (500: ?)"),
        ("500-long", "xxx…)"),
        ("503", "not ready (Loading model)"),
        ("302", "sends us on to http://127.0.0.1:1/elsewhere"),
        ("204", "answers with 204"),
        ("teapot", "answers with 418 (short and stout)"),
        ("html", "answers with text/html instead of a model's words"),
        ("no-type", "answers with ? instead"),
        ("gzip", "a compressed answer"),
        ("not-http", "broke off before it answered"),
        ("nothing", "broke off before it answered"),
        ("half-header", "broke off before it answered"),
        ("endless-header", "broke off before it answered"),
        ("endless-refusal", "a problem of its own (500"),
        ("endless-json", "an answer that has no end"),
        ("error-200", "no such thing"),
    ],
)
def test_a_refusal_is_one_sentence(port: int, fault: str, words: str) -> None:
    heard, error = listen(server(port, fault))
    assert error is not None and words in str(error)
    assert heard.text == "" and "\n" not in str(error) and len(str(error)) < 600
    assert KEY not in str(error)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("break", "broke off in the middle"),
        ("break-chunked", "broke off in the middle"),
        ("bad-chunk", "broke off in the middle"),
        ("reset", "broke off in the middle"),
        ("bad-json", "does not keep to the OpenAI protocol"),
        ("bad-shape", "does not keep to the OpenAI protocol"),
        ("bad-index", "a choice numbered -1"),
        ("bad-bytes", "bytes outside"),
        ("nan", "does not keep to the OpenAI protocol"),
        ("deep", "does not keep to the OpenAI protocol"),
        ("list", "does not keep to the OpenAI protocol"),
        ("bad-utf8", "not UTF-8"),
        ("endless-line", "a line has no end"),
        ("endless-data", "an event has no end"),
        ("error-inside", "gave up in the middle of the answer (CUDA out of memory …)"),
    ],
)
def test_what_had_come_before_the_trouble_is_kept(port: int, fault: str, words: str) -> None:
    heard, error = listen(server(port, fault))
    assert error is not None and words in str(error)
    assert heard.text.startswith("Hel") and heard.stop_reason is None


def test_patience_has_an_end(port: int) -> None:
    heard, error = listen(server(port, "never", QUICK))
    assert error is not None and "has said nothing" in str(error) and heard.text == ""
    heard, error = listen(server(port, "stall", QUICK))
    assert error is not None and "has said nothing" in str(error) and heard.text == "Hel"
    with pytest.raises(RemoteError, match="has said nothing"):
        wait_for(list_models(server(port, "never", QUICK)))


def test_an_answer_without_end_is_cut(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_module, "_MAX_BYTES", 1 << 20)
    heard, error = listen(server(port, "endless-events"))
    assert error is not None and "has no end" in str(error) and 500_000 < len(heard.text) < 1 << 20


@pytest.mark.parametrize("fault", ["models-odd", "html", "401", "break", "endless-json"])
def test_a_list_of_models_can_fail_in_words_too(port: int, fault: str) -> None:
    with pytest.raises(RemoteError):
        wait_for(list_models(server(port, fault)))


def test_a_missing_key_is_asked_for(port: int) -> None:
    _, error = listen(server(port, "401", key=None))
    assert error is not None and "wants a key" in str(error)


# ---------------------------------------------------------------- connections


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refuses
        _, error = listen(server(taken.getsockname()[1], "fine"))
    assert error is not None and "Nothing answers at" in str(error) and "refused" in str(error)


def test_no_such_machine() -> None:
    _, error = listen(Server("http://no-such-machine.invalid/v1"))
    assert error is not None and "no machine called no-such-machine.invalid" in str(error)


def test_a_machine_that_drops_every_packet() -> None:
    with socket.socket() as full, socket.socket() as first:
        # A listener with a full queue answers no further knock.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        first.connect(full.getsockname())
        where = Server(
            f"http://127.0.0.1:{full.getsockname()[1]}/v1", None, Timeouts(connect_s=0.3, first_s=2)
        )
        _, error = listen(where)
    assert error is not None and ("did not answer" in str(error) or "said nothing" in str(error))


def test_tls_to_a_server_without_it(port: int) -> None:
    _, error = listen(Server(f"https://127.0.0.1:{port}/fine/v1"))
    assert error is not None and "write http:// instead" in str(error)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    certificate, key = str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")
    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command = ["openssl", "req", *options, "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    process, port = start(certificate, key)
    try:
        _, error = listen(Server(f"https://127.0.0.1:{port}/fine/v1"))
    finally:
        stop(process)
    assert error is not None and "certificate" in str(error) and "not trusted" in str(error)


def test_closing_the_generator_closes_the_connection(port: int) -> None:
    answer = RemoteModel(server(port, "slow"), "m").chat(MESSAGES, Wish())
    assert next(fact for fact in answer if fact is not None)
    answer.close()
    assert any({"fault": "slow", "closed": True} in seen(port) for _ in range(100))


def test_closing_while_nothing_comes_is_as_quick(port: int) -> None:
    answer = RemoteModel(server(port, "never"), "m").chat(MESSAGES, Wish())
    assert [next(answer) for _ in range(5)] == [None] * 5  # and between each, other work could be done
    answer.close()


# ---------------------------------------------------------------- what we send


def test_the_request_says_what_was_wished(port: int) -> None:
    sampler = SamplerSettings(temperature=0.5, top_k=40, repeat_penalty=1.1, logit_bias={3: -2.0}, seed=9)
    wish = Wish(sampler, max_tokens=5, rows=2, stop_strings=("\n",), top_logprobs=3)
    listen(server(port, "two-rows"), wish)
    request = [entry for entry in seen(port) if entry.get("fault") == "two-rows" and "body" in entry][-1]
    assert request["request"] == "POST /two-rows/v1/chat/completions HTTP/1.1"
    headers = request["headers"]
    assert isinstance(headers, dict) and headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(str(request["body"])) == {
        "model": "m",
        "messages": MESSAGES,
        "max_tokens": 5,
        "stream": True,
        "stream_options": {"include_usage": True},
        "n": 2,
        "stop": ["\n"],
        "logprobs": True,
        "top_logprobs": 3,
        "temperature": 0.5,
        "top_k": 40,
        "repeat_penalty": 1.1,
        "repetition_penalty": 1.1,
        "logit_bias": {"3": -2.0},
        "seed": 9,
    }


def test_a_step_that_is_left_out_of_the_chain_is_not_sent() -> None:
    settings = SamplerSettings(temperature=0.3, top_k=5, top_p=0.5, samplers=("top_p",))
    assert sampler_fields(settings) == {"temperature": 1.0, "top_p": 0.5, "seed": 1}


@pytest.mark.parametrize("key", ["", "two\nlines", "ключ", "a\x00b"])
def test_a_key_that_no_header_can_carry(port: int, key: str) -> None:
    with pytest.raises(InputError, match="not a key") as refused:
        list(RemoteModel(server(port, "fine", key=key), "m").chat(MESSAGES, Wish()))
    assert not key or key not in str(refused.value)


def test_the_key_is_in_no_repr() -> None:
    assert KEY not in repr(RemoteModel(Server("http://localhost/v1", KEY), "m"))


def test_no_tokens_cannot_be_generated(port: int) -> None:
    with pytest.raises(InputError, match="0 tokens"):
        RemoteModel(server(port, "fine"), "m").chat(MESSAGES, Wish(max_tokens=0))
