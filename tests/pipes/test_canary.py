"""A canary as every key: whatever goes wrong, nothing that anybody can read holds it."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from tests.pipes.processes import Home, Outcome, ended, until
from tests.pipes.services import CANARY, anthropic_stream
from tests.providers.server import Reply, pieces, refused, serving, stalled, streamed

HEADER = CANARY.replace("canary", "header")
PROXY = CANARY.replace("canary", "proxy")
SECRETS = (CANARY, HEADER, PROXY)
NAMES = ("ANTHROPIC", "OPENAI", "XAI", "GEMINI", "GOOGLE", "VLLM")
RUN = ("run", "-a", "anthropic:claude-opus-5-5", "-t", "1", "--id", "x", "--max-retries", "0")
CRASHING = """
import importlib, sys
module, _, path = sys.argv.pop(1).partition(":")
*within, name = path.split(".")
owner = importlib.import_module(module)
for each in within:
    owner = getattr(owner, each)
def crash(*given, **named):
    raise RuntimeError(f"forced with {given} and {named}")
setattr(owner, name, crash)
from pidgin_cli.__main__ import main
main()
"""
"""Runs the program with one function in it that raises, and says all that it was given."""
PLACES = (
    "pidgin_cli.providers.http:Http.post",
    "pidgin_cli.providers.http:Http._built",
    "pidgin_cli.providers.http11.connection:Connection.send",
    "pidgin_cli.providers.http11.addresses:_attempt",
    "pidgin_cli.providers.anthropic.dialect:AnthropicDialect.call",
    "pidgin_cli.providers.anthropic.dialect:AnthropicDialect.key_headers",
    "pidgin_cli.providers.anthropic.answers:MessagesDecoder.feed",
    "pidgin_cli.providers.confidence:Confidence.headers",
    "pidgin_cli.providers.confidence:Confidence.message",
    "pidgin_cli.engine.responses:Response._text",
    "pidgin_cli.store.event_store:EventStore.append",
)


@pytest.fixture
def home(home: Home) -> Home:
    home.environ |= {f"{name}_API_KEY": CANARY for name in NAMES}
    return home


def named(home: Home, base_url: str) -> None:
    """Write a configuration with this address, and a header that holds a key of its own."""
    path = home.root / "named.yaml"
    settings = {"base_url": base_url, "headers": {"x-team": HEADER}, "timeout": 1}
    path.write_text(json.dumps({"providers": {"anthropic": settings}}), encoding="utf-8")
    home.environ["PIDGIN_CONFIG"] = str(path)


def check(home: Home, *done: Outcome) -> None:
    """See that no secret, nor a part of one that would help, is in any output or file."""
    shown = {f"output {n}": o.out + o.err.encode() for n, o in enumerate(done)}
    files = {
        str(path): path.read_bytes()
        for path in home.root.rglob("*")
        if path.is_file() and path.name != "named.yaml"
    }
    for secret in SECRETS:
        assert [] == [
            place for place, data in (shown | files).items() if secret[:12].encode() in data
        ]


def answering(received: object) -> Reply:
    return streamed(anthropic_stream("One two three."))


@pytest.mark.parametrize("place", PLACES)
def test_a_crash_does_not_spread_it(home: Home, place: str) -> None:
    with serving(answering) as server:
        named(home, server.url)
        done = home.outcome_of([sys.executable, "-c", CRASHING, place, *RUN])
    assert (1, True) == (done.status, "forced with" in done.err or "internal" in done.err), done.err
    assert "Traceback" not in done.err
    check(home, done, home.run("list"), home.run("transcript", "x"), home.run("query", "errors"))


def test_a_process_that_dies_in_a_call_does_not_spread_it(home: Home) -> None:
    home.environ |= {"PYTHONFAULTHANDLER": "1", "PYTHONDEVMODE": "1", "HTTPX_LOG_LEVEL": "trace"}
    with serving(stalled(anthropic_stream("One two three.")[:300])) as server:
        named(home, server.url)
        with home.start(*RUN) as process:
            until(lambda: bool(server.received))
            process.send_signal(signal.SIGABRT)
            done = ended(process)
    assert -signal.SIGABRT == done.status
    check(home, done, home.run("list"), home.run("doctor"))


ADDRESSES = {
    "nowhere": "http://nobody.invalid/",
    "no host": "http:///v1",
    "no port": "http://127.0.0.1:port/",
    "a port too far": "http://127.0.0.1:99999/",
    "half a bracket": "http://[::1/",
    "white space": "http://127.0.0.1 /x",
    "another scheme": "ftp://127.0.0.1/",
    "a user": f"http://me:{CANARY}@127.0.0.1:1/",
    "a query": f"http://127.0.0.1:1/?key={CANARY}",
    "a long label": f"http://{'a' * 70}.invalid/",
    "letters of elsewhere": f"http://ünï.{'é' * 70}/",
    "refused": "http://127.0.0.1:1/",
}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("command", [RUN, ("models", "--refresh", "--provider", "anthropic")])
def test_an_address_that_is_none_does_not_spread_it(
    home: Home, command: tuple[str, ...], address: str
) -> None:
    named(home, ADDRESSES[address])
    done = home.run(*command)
    assert (True, False, False) == (
        done.status in (1, 2),
        "Traceback" in done.err,
        "internal" in done.err,
    ), done.err
    check(home, done, home.run("doctor"), home.run("config", "show"))


@pytest.mark.parametrize("command", [RUN, ("models", "--refresh", "--provider", "anthropic")])
@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_service_that_says_it_aloud_does_not_spread_a_part_of_it(
    home: Home, command: tuple[str, ...], status: int
) -> None:
    """The answer is cut in the middle of the key, wherever that is."""
    message = f"{HEADER} " + "x" * 900 + f" {CANARY}" * 10
    body = json.dumps({"error": {"type": "x", "message": message}}).encode()
    heads = {"request-id": f"req-{CANARY}", "retry-after": CANARY}
    with serving(refused(status, body, heads)) as server:
        named(home, server.url)
        done = home.run(*command)
        assert CANARY == server.received[0].headers["x-api-key"]
    assert 1 == done.status
    check(home, done)


def test_silence_does_not_spread_it(home: Home) -> None:
    with serving(pieces(4.0, b"late")) as server:
        named(home, server.url)
        done = home.run(*RUN)
    assert (1, "timeout") == (done.status, done.events[-1]["data"]["error"]["kind"])
    check(home, done)


def test_a_redirect_does_not_take_it_along(home: Home) -> None:
    with serving(answering) as elsewhere:
        moved = {"location": f"{elsewhere.url}/?key={CANARY}"}
        with serving(refused(307, b"", moved)) as server:
            named(home, server.url)
            done = home.run(*RUN)
        assert (1, []) == (done.status, elsewhere.received)
    check(home, done)


PROXIES = {
    "refuses": "http://me:{secret}@{place}",
    "is not there": "http://me:{secret}@127.0.0.1:1",
    "has no address": "http://me:{secret}@[::1",
    "has no port": "http://me:{secret}@127.0.0.1:{secret}",
    "speaks something else": "socks5://me:{secret}@127.0.0.1:1",
    "is of no kind": "ftp://{secret}@127.0.0.1:1",
}


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_does_not_spread_it(home: Home, proxy: str) -> None:
    with serving(refused(407, f"who is {PROXY}?".encode())) as server:
        place = server.url.removeprefix("http://")
        home.environ["http_proxy"] = PROXIES[proxy].format(secret=PROXY, place=place)
        named(home, "http://127.0.0.2:1/")
        done = home.run(*RUN)
    assert 1 == done.status
    assert ("Traceback" in done.err, "internal" in done.err) == (False, False)
    check(home, done, home.run("doctor"))
