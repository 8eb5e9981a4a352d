from __future__ import annotations

import asyncio
import gzip
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import zlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.http import ERROR_BYTES, Http
from tests.providers.server import (
    Answer,
    Server,
    cut,
    pieces,
    refused,
    serving,
    stalled,
    streamed,
)

CANARY = "canary-key"
Got = tuple[int, Mapping[str, str], bytes]


def posted(url: str, headers: Mapping[str, str] | None = None, *, silence: float = 30.0) -> Got:
    async def post() -> Got:
        http = Http()
        try:
            async with http.post(url, headers or {}, b'{"a":1}', silence) as answer:
                body = b"".join([block async for block in answer.blocks()])
                return answer.status, answer.headers, body
        finally:
            await http.close()

    return asyncio.run(post())


def failed(url: str, headers: Mapping[str, str] | None = None, **options: float) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        posted(url, headers, **options)
    assert caught.value.__context__ is None
    return caught.value


def outcome(*answers: Answer, **options: float) -> tuple[str, bool]:
    with serving(*answers) as server:
        error = failed(server.url, **options)
    return error.kind, error.retryable


def test_what_is_posted_arrives() -> None:
    with serving(streamed(b"yes")) as server:
        posted(server.url + "/v1/say?alt=sse", {"x-key": "secret"})
        (received,) = server.received
    assert ("POST", "/v1/say?alt=sse", b'{"a":1}') == (
        received.method,
        received.path,
        received.body,
    )
    assert {"x-key": "secret", "accept-encoding": "identity"}.items() <= received.headers.items()
    assert received.headers["user-agent"].startswith("pidgin/")


def test_the_answer_has_a_status_and_headers_in_lower_case() -> None:
    with serving(streamed(b"yes", status=203, headers={"X-Request-ID": "Req"})) as server:
        status, headers, body = posted(server.url)
    assert (203, "Req", b"yes") == (status, headers["x-request-id"], body)


@pytest.mark.parametrize(
    ("encoding", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_body_that_is_compressed_all_the_same_is_read(encoding: str, encode: object) -> None:
    assert callable(encode)
    body = encode(b"hello " * 1000)
    with serving(streamed(body, headers={"content-encoding": encoding})) as server:
        assert b"hello " * 1000 == posted(server.url)[2]


def test_a_redirect_is_not_followed() -> None:
    with serving(streamed(b"", status=307, headers={"location": "/elsewhere"})) as server:
        assert 307 == posted(server.url)[0]
        assert 1 == len(server.received)


def test_a_port_where_nobody_listens_is_no_connection() -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{unused.getsockname()[1]}"
    error = failed(f"http://user:{CANARY}@{place}/")
    assert ("connection", True) == (error.kind, error.retryable)
    assert error.message.startswith(f"{place}: no connection")
    assert CANARY not in error.message


@pytest.mark.parametrize("url", ["ftp://x/", "nonsense", "http://", "http://a:b/", "http://[::"])
def test_an_address_that_is_none_is_a_bad_request(url: str) -> None:
    error = failed(url)
    assert ("bad_request", False) == (error.kind, error.retryable)


@pytest.mark.parametrize("value", [f"{CANARY}\n", f"{CANARY}“", f"\x00{CANARY}"])
def test_a_key_that_no_header_can_carry_is_not_repeated(value: str) -> None:
    with serving(streamed(b"")) as server:
        error = failed(server.url, {"x-key": value})
    assert "bad_request" == error.kind
    assert CANARY not in f"{error!r} {vars(error)}"


def test_a_service_that_speaks_no_tls_is_not_tried_again() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def answer_in_clear() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer_in_clear, daemon=True).start()
        error = failed(f"https://127.0.0.1:{listening.getsockname()[1]}/")
    assert ("connection", False) == (error.kind, error.retryable)
    assert "no safe connection" in error.message


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make a certificate with")
    made, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=here"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context


def test_a_certificate_that_nobody_vouches_for_is_refused(
    certificate: tuple[Path, ssl.SSLContext],
) -> None:
    with serving(streamed(b"yes"), tls=certificate[1]) as server:
        error = failed(server.url, {"x-key": CANARY})
        assert [] == server.received
    assert ("connection", False) == (error.kind, error.retryable)
    assert "its certificate is not trusted: self" in error.message


def test_a_stream_over_tls_arrives_whole(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    parts = [b"%d," % i for i in range(500)]
    with serving(pieces(*parts), tls=certificate[1]) as server:
        assert b"".join(parts) == posted(server.url)[2]


def test_certificates_that_are_not_there_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/not/there.pem")
    error = failed("https://127.0.0.1:1/")
    assert ("bad_request", False) == (error.kind, error.retryable)
    assert "see the certificates of the environment" in error.message


def test_silence_before_the_answer_is_a_timeout() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
        error = failed(f"http://127.0.0.1:{port}/", silence=0.05)
    assert ("timeout", True) == (error.kind, error.retryable)


def test_silence_in_the_answer_is_a_timeout() -> None:
    assert ("timeout", True) == outcome(stalled(b"so"), silence=0.05)


@pytest.mark.parametrize("how", ["close", "reset"])
def test_an_answer_that_breaks_off_is_a_broken_stream(how: str) -> None:
    assert ("stream_broken", True) == outcome(cut(b"0123456789", 5, how=how))


def test_an_answer_shorter_than_it_says_is_a_broken_stream() -> None:
    assert ("stream_broken", True) == outcome(cut(b"0123456789", 5, framing="length"))


def test_an_answer_that_cannot_be_decompressed_is_a_bad_one() -> None:
    answer = streamed(b"no gzip", headers={"content-encoding": "gzip"})
    assert ("bad_response", False) == outcome(answer)


def test_little_is_read_of_an_error() -> None:
    async def beginning(server: Server) -> int:
        http = Http()
        async with http.post(server.url, {}, b"") as answer:
            body = await answer.beginning()
        await http.close()
        return len(body)

    with serving(refused(500, b"x" * 10 * ERROR_BYTES)) as server:
        assert ERROR_BYTES == asyncio.run(beginning(server))


def test_what_came_of_an_error_is_kept_where_the_rest_does_not_come() -> None:
    async def beginning(server: Server) -> bytes:
        http = Http()
        async with http.post(server.url, {}, b"", 0.05) as answer:
            body = await answer.beginning()
        await http.close()
        return body

    with serving(stalled(b"too many", status=429)) as server:
        assert b"too many" == asyncio.run(beginning(server))


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(streamed(b"from the proxy")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        assert b"from the proxy" == posted("http://service.invalid/say")[2]
        assert "http://service.invalid/say" == proxy.received[0].path


def test_a_proxy_that_makes_no_sense_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"gopher://user:{CANARY}@host:1")
    error = failed("http://service.invalid/")
    assert ("bad_request", False) == (error.kind, error.retryable)
    assert CANARY not in error.message


def test_a_client_that_was_closed_can_be_used_again() -> None:
    async def post_twice(server: Server) -> int:
        http = Http()
        for _ in range(2):
            async with http.post(server.url, {}, b"") as answer:
                assert b"yes" == b"".join([block async for block in answer.blocks()])
            await http.close()
        return server.connections

    with serving(streamed(b"yes")) as server:
        assert 2 == asyncio.run(post_twice(server))


def test_many_streams_at_once_give_what_each_was_sent() -> None:
    async def read(http: Http, server: Server) -> bytes:
        async with http.post(server.url, {}, b"") as answer:
            return b"".join([block async for block in answer.blocks()])

    async def read_all(server: Server) -> list[bytes]:
        http = Http()
        bodies = await asyncio.gather(*(read(http, server) for _ in range(40)))
        await http.close()
        return bodies

    slowly = [part for i in range(20) for part in (b"%d," % i, 0.002)]
    with serving(pieces(*slowly)) as server:
        expected = b"".join(part for part in slowly if isinstance(part, bytes))
        assert [expected] * 40 == asyncio.run(read_all(server))


def test_httpx_is_loaded_by_the_first_call_alone() -> None:
    program = (
        "import sys, pkgutil, importlib, pidgin_cli.providers as room\n"
        "for module in pkgutil.walk_packages(room.__path__, 'pidgin_cli.providers.'):\n"
        "    if '.http11.' not in module.name:\n"
        "        importlib.import_module(module.name)\n"
        "print(sorted({'httpx', 'httpcore', 'h11', 'anyio'} & set(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ},
    )
    assert ("[]\n", "") == (run.stdout, run.stderr)
