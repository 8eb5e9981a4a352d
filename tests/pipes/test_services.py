import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.pipes.processes import Home, events_of, until
from tests.pipes.services import (
    CANARY,
    anthropic_stream,
    chat_stream,
    configure,
    speaking,
)
from tests.providers.server import Received, cut, refused, serving, stalled, streamed

CLAUDE = ["-a", "anthropic:claude-opus-5-5"]
BOTH = [*CLAUDE, "-b", "vllm:qwen"]

STUDY = """
study: bees
agents:
  one: {model: "anthropic:claude-opus-5-5"}
  two: {model: "vllm:qwen"}
pairs: [[one, two]]
max_turns: 3
interventions: [{turn: 1, source: mediator, content: Talk of bees., target: two}]
"""
ODD = {
    "100,000 characters": (b"x" * 100_000, "x" * 100_000),
    "5,000 numbers": (b"7 " * 5_000, "7 " * 5_000),
    "invalid UTF-8": (b"a\xff\xed\xa0\x80b", "a\ufffd\ufffd\ufffd\ufffdb"),
    "CJK": ("漢字仮名".encode(), "漢字仮名"),
    "emoji": ("🙏🏽👨‍👩‍👧".encode(), "🙏🏽👨‍👩‍👧"),
    "nothing": (b"", ""),
}
"""What a service says, and what is recorded of it."""


def said(stream: str) -> object:
    maker = {"anthropic": anthropic_stream, "chat": chat_stream}[stream]
    return speaking(maker, lambda n, _: f"Number {n} of {stream}, as you asked.")


def no_canary_in(home: Home, *outputs: str | bytes) -> bool:
    files = [path.read_bytes() for path in home.root.rglob("*") if path.is_file()]
    shown = [text.encode() if isinstance(text, str) else text for text in outputs]
    return all(CANARY.encode() not in data for data in [*files, *shown])


class TestAWholeConversation:
    def test_two_protocols_talk_for_twenty_turns(self, home: Home) -> None:
        with serving(said("anthropic")) as one, serving(said("chat")) as other:
            configure(home, one, other)
            done = home.run("run", *BOTH, "-t", "20", "-p", "Begin.", "--id", "x")
        assert (0, "") == (done.status, done.err)
        last = done.events[-1]
        assert ("max_turns", 20) == (last["data"]["reason"], last["data"]["turns"])
        assert {"input_tokens": 20 * (140 + 90), "cached_tokens": 20 * 40} == {
            key: last["data"]["usage"][key] for key in ("input_tokens", "cached_tokens")
        }
        assert 20 == len(one.received) == len(other.received)
        completed = [e for e in done.events if e["type"] == "response.completed"]
        assert [
            f"Number {n} of {who}, as you asked. "
            for n in range(20)
            for who in ("anthropic", "chat")
        ] == [e["data"]["content"] for e in completed]

    def test_the_cost_is_known_where_every_price_is(self, home: Home) -> None:
        with serving(said("anthropic")) as one:
            configure(home, one)
            done = home.run("run", *CLAUDE, "-b", "anthropic:claude-opus-5-5", "-t", "2")
        calls = [e["data"] for e in done.events if e["type"] == "api.call.completed"]
        assert 4 == len(calls)
        total = done.events[-1]["data"]["cost_usd"]
        assert total > 0
        assert total == pytest.approx(sum(call["cost_usd"] for call in calls))

    @pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
    def test_it_is_piped_to_jq(self, home: Home) -> None:
        with serving(said("anthropic")) as one, serving(said("chat")) as other:
            configure(home, one, other)
            done = home.shell(
                "pidgin run -a anthropic:claude-opus-5-5 -b vllm:qwen -t 2 "
                "| jq -r 'select(.type == \"api.call.completed\") | .data.served_model'"
            )
        assert ["claude-opus-5-5", "m"] * 2 == done.out.decode().split()

    def test_each_agent_is_sent_its_own_system_prompt_and_the_others_words(
        self, home: Home
    ) -> None:
        with serving(said("anthropic")) as one, serving(said("chat")) as other:
            configure(home, one, other)
            systems = ["--system-a", "You are Ada.", "--system-b", "You are Bob."]
            home.run("run", *BOTH, *systems, "-t", "2", "-p", "Begin.")
        first, second = one.received
        assert "You are Ada." in json.dumps(first.json["system"])
        assert not any("You are Bob." in r.body.decode() for r in one.received)
        assert not any("You are Ada." in r.body.decode() for r in other.received)
        heard = other.received[1].json["messages"]
        assert [
            ("system", "You are Bob."),
            ("user", "Begin.\n\nNumber 0 of anthropic, as you asked. "),
            ("assistant", "Number 0 of chat, as you asked. "),
            ("user", "Number 1 of anthropic, as you asked. "),
        ] == [(m["role"], m["content"]) for m in heard]
        assert ["user", "assistant", "user"] == [m["role"] for m in second.json["messages"]]

    def test_parameters_arrive_as_they_were_asked_for(self, home: Home) -> None:
        with serving(said("chat")) as one, serving(said("chat")) as other:
            configure(home, one, other)
            flags = ["--temperature-a", "0", "--max-tokens-a", "77", "--seed-a", "5"]
            stops = ["--stop-a", "###", "--stop-a", "\n\n"]
            home.run("run", "-a", "vllm:qwen", "-b", "sim:terse", *flags, *stops, "-t", "1")
        body = other.received[0].json
        assert (0, 77, 5, ["###", "\n\n"]) == tuple(
            body[name] for name in ("temperature", "max_tokens", "seed", "stop")
        )

    def test_an_injection_is_sent_to_its_target_alone_and_once(self, home: Home) -> None:
        with serving(said("anthropic")) as one, serving(said("chat")) as other:
            configure(home, one, other)
            (home.root / "study.yaml").write_text(STUDY, encoding="utf-8")
            assert 0 == home.run("run", "study.yaml", "-q").status
        # What was said stays in what is sent afterwards, once in each request.
        assert [0, 0, 0] == [r.body.count(b"Talk of bees.") for r in one.received]
        assert [0, 1, 1] == [r.body.count(b"Talk of bees.") for r in other.received]

    @pytest.mark.parametrize("name", ODD)
    def test_an_odd_message_is_recorded_and_sent_on_and_loses_no_experiment(
        self, home: Home, name: str
    ) -> None:
        odd, recorded = ODD[name]
        stream = chat_stream("ODD").replace(b"ODD ", odd)
        with serving(said("anthropic")) as one, serving(streamed(stream)) as other:
            configure(home, one, other)
            done = home.run("run", "-a", "vllm:qwen", "-b", CLAUDE[1], "-t", "3", "--id", "x")
        assert 0 == done.status
        contents = [
            e["data"]["content"]
            for e in done.events
            if e["type"] == "response.completed" and e["agent_id"] == "agent_a"
        ]
        assert [recorded] * 3 == contents
        assert ["user", "assistant", "user"] == [
            m["role"] for m in one.received[1].json["messages"]
        ]
        assert {"x": "completed"} == home.states()
        assert (0, "") == home.run("check", "x", "-q").told[::2]

    def test_a_parameter_that_a_service_refuses_is_an_error_before_anything_starts(
        self, home: Home
    ) -> None:
        with serving(said("anthropic")) as one:
            configure(home, one)
            done = home.run("run", *CLAUDE, "--seed-a", "5")
        assert (2, [], 1) == (done.status, one.received, done.err.count("\n"))
        assert "seed" in done.err
        assert not home.store.exists()

    def test_what_a_service_refuses_is_left_out_where_that_is_asked_for(self, home: Home) -> None:
        with serving(said("anthropic")) as one:
            configure(home, one)
            flags = ["--seed-a", "5", "--temperature-a", "0.5", "--stop-a", "###"]
            done = home.run(
                *("run", *CLAUDE, "-b", "sim:terse", "-t", "1", *flags, "--omit-refused")
            )
        body = one.received[0].json
        assert (0, ["###"]) == (done.status, body["stop_sequences"])
        assert not {"seed", "temperature"} & body.keys()
        (call,) = [
            e["data"]["parameters"]
            for e in done.events
            if e["type"] == "api.call.started" and e["agent_id"] == "agent_a"
        ]
        assert {"seed": 5, "temperature": 0.5, "stop": ["###"]} == call["asked"]
        assert not {"seed", "temperature"} & call["sent"].keys()


class TestFailures:
    ERROR = b'{"type":"error","error":{"type":"api_error","message":"Zanzibar is broken"}}'

    def test_no_word_of_an_error_reaches_the_partner(self, home: Home) -> None:
        no_wait = {"retry-after-ms": "1"}
        broken = [refused(500, self.ERROR, no_wait)] * 2
        with serving(*broken, said("anthropic")) as one, serving(said("chat")) as other:
            configure(home, one, other)
            done = home.run("run", *BOTH, "-t", "2", "--id", "x")
        assert 0 == done.status
        failed = [e for e in done.events if e["type"] == "api.call.failed"]
        assert [(1, 500), (2, 500)] == [(e["data"]["attempt"], e["data"]["status"]) for e in failed]
        assert all("Zanzibar" in e["data"]["error"]["message"] for e in failed)
        sent = [r.body for r in [*one.received, *other.received]]
        assert not any(b"Zanzibar" in body for body in sent)
        spoken = [e for e in done.events if e["type"].startswith("response.")]
        assert "Zanzibar" not in json.dumps(spoken)

    def test_a_retry_never_joins_two_partial_texts(self, home: Home) -> None:
        whole = anthropic_stream("One two three four five six.")
        half = cut(whole, whole.index(b"four"))
        with serving(half, streamed(whole)) as one:
            configure(home, one)
            done = home.run("run", *CLAUDE, "-b", "sim:terse", "-t", "1", "--id", "x")
        assert (1, 1) == (done.status, len(one.received))
        (interrupted,) = [e for e in done.events if e["type"] == "response.interrupted"]
        assert ("One two three ", "error") == (
            interrupted["data"]["content"],
            interrupted["data"]["reason"],
        )
        assert {"x": "failed"} == home.states()

    def test_a_rate_limit_in_mid_stream_is_an_event(self, home: Home) -> None:
        start = anthropic_stream("One.").split(b"event: content_block_start")[0]
        error = {"type": "error", "error": {"type": "rate_limit_error", "message": "too fast"}}
        broken = start + b"event: error\ndata: " + json.dumps(error).encode() + b"\n\n"
        with serving(streamed(broken)) as one:
            configure(home, one)
            done = home.run("run", *CLAUDE, "-t", "1", "--max-retries", "0")
        types = [e["type"] for e in done.events]
        assert ["response.started", "rate_limit.warning", "api.call.failed"] == types[4:7]

    def test_hard_quota_is_not_tried_again(self, home: Home) -> None:
        body = b'{"error":{"code":"insufficient_quota","message":"You exceeded your quota"}}'
        with serving(said("anthropic")) as one, serving(refused(429, body)) as other:
            configure(home, one, other)
            done = home.run("run", "-a", "vllm:qwen", "-t", "1", "--id", "x")
        assert (1, 1) == (done.status, len(other.received))
        assert "quota" == done.events[-1]["data"]["error"]["kind"]

    def test_max_retries_0_tries_once(self, home: Home) -> None:
        with serving(refused(503, self.ERROR)) as one:
            configure(home, one)
            done = home.run("run", *CLAUDE, "-t", "1", "--max-retries", "0")
        assert (1, 1) == (done.status, len(one.received))

    def test_a_context_that_is_too_long_pauses_the_run(self, home: Home) -> None:
        body = (
            b'{"type":"error","error":{"type":"invalid_request_error",'
            b'"message":"prompt is too long: 1200000 tokens > 1000000 maximum"}}'
        )
        with serving(refused(400, body)) as one:
            configure(home, one)
            done = home.run("run", *CLAUDE, "-t", "1", "--id", "x")
        assert 4 == done.status
        assert ["pause.requested", "checkpoint.saved"] == [e["type"] for e in done.events[-2:]]
        assert {"x": "paused"} == home.states()

    def test_an_interruption_closes_the_connection(self, home: Home) -> None:
        whole = anthropic_stream("One two three four five six.")
        with serving(stalled(whole[: whole.index(b"four")])) as one:
            configure(home, one)
            with home.start("run", *CLAUDE, "-t", "1", "--id", "x") as process:
                until(lambda: home.log("x").exists() and b"One two" in home.log("x").read_bytes())
                process.send_signal(signal.SIGINT)
                assert one.wait_for_clients_gone(10)
                process.communicate(timeout=60)
            assert -signal.SIGINT == process.returncode
        assert {"x": "paused"} == home.states()


class TestSecrets:
    def test_a_missing_key_is_told_of_before_anything_starts(self, home: Home) -> None:
        done = home.run("run", *CLAUDE)
        assert (2, b"") == (done.status, done.out)
        assert (
            "pidgin: no key for anthropic: set ANTHROPIC_API_KEY, or "
            "providers.anthropic.api_key_file\n"
        ) == done.err
        assert not home.store.exists()

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
    def test_a_service_that_says_the_key_aloud_does_not_spread_it(
        self, home: Home, status: int
    ) -> None:
        body = json.dumps({"error": {"type": "x", "message": f"bad key {CANARY}"}}).encode()
        with serving(refused(status, body)) as one:
            configure(home, one)
            flags = ["--max-retries", "0", "-t", "1"]
            done = home.run("run", *CLAUDE, *flags)
            assert CANARY in one.received[0].headers["x-api-key"]
        assert 1 == done.status
        assert no_canary_in(home, done.out, done.err)

    def test_not_even_a_part_of_a_key_is_spread(self, home: Home) -> None:
        message = "x" * 960 + f" {CANARY}"
        body = json.dumps({"error": {"type": "x", "message": message}}).encode()
        with serving(refused(401, body, {"request-id": f"req-{CANARY}"})) as one:
            configure(home, one)
            done = home.run("run", *CLAUDE, "-t", "1")
        assert 1 == done.status
        shown = done.out + done.err.encode() + b"".join(home.logs().values())
        assert CANARY[:10].encode() not in shown

    def test_a_service_out_of_reach_does_not_spread_the_key(self, home: Home) -> None:
        with serving(refused(500)) as one:
            configure(home, one)
        done = home.run("run", *CLAUDE, "--max-retries", "0", "-t", "1")
        assert (1, "connection") == (done.status, done.events[-1]["data"]["error"]["kind"])
        assert no_canary_in(home, done.out, done.err)

    def test_the_key_is_not_in_the_process_list(self, home: Home) -> None:
        whole = anthropic_stream("One two three.")
        with serving(stalled(whole[:300])) as one:
            configure(home, one)
            with home.start("run", *CLAUDE, "-t", "1", "--id", "x") as process:
                until(lambda: bool(one.received))
                assert CANARY.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
                process.terminate()
                out, err = process.communicate(timeout=60)
        assert no_canary_in(home, out, err)

    def test_a_found_configuration_cannot_redirect_a_key(self, home: Home) -> None:
        with serving(said("anthropic")) as one:
            configure(home, one)
            shutil.move(home.root / "named.yaml", home.root / "pidgin.yaml")
            del home.environ["PIDGIN_CONFIG"]
            done = home.run("run", *CLAUDE, "-t", "1")
        assert (2, [], b"") == (done.status, one.received, done.out)
        assert "pidgin.yaml:" in done.err
        assert "--config" in done.err

    def test_a_program_as_an_agent_is_not_given_keys(self, home: Home) -> None:
        with serving(said("anthropic")) as one:
            configure(home, one)
            done = home.run("run", "-a", "exec:env", "-b", "sim:terse", "-t", "1", "--id", "x")
        assert 0 == done.status
        assert no_canary_in(home, done.out, done.err)


class TestManyConversations:
    def test_all_of_them_come_to_their_end(self, home: Home) -> None:
        with serving(said("anthropic")) as one, serving(said("chat")) as other:
            configure(home, one, other, more="defaults: {max_turns: 2}\n")
            done = home.run("run", *BOTH, "-r", "20", "-j", "10")
        assert 0 == done.status
        ended = [e for e in done.events if e["type"] == "experiment.completed"]
        assert 20 == len(ended)
        for name, log in home.logs().items():
            mine = [e for e in done.events if e["experiment_id"] == name]
            assert events_of(log) == mine

    def test_no_more_calls_are_under_way_than_are_allowed(self, home: Home) -> None:
        under_way, most = 0, 0

        def answer(received: Received) -> object:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            time.sleep(0.01)
            under_way -= 1
            return streamed(anthropic_stream("Yes."))

        with serving(answer) as one:  # type: ignore[arg-type]
            configure(home, one)
            text = (home.root / "named.yaml").read_text().replace("}", ", concurrency: 2}", 1)
            (home.root / "named.yaml").write_text(text)
            done = home.run("run", *CLAUDE, "-b", "sim:terse", "-t", "1", "-r", "8", "-j", "8")
        assert 0 == done.status
        assert most <= 2
        assert os.path.exists(home.store)
