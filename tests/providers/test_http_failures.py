from __future__ import annotations

import inspect
import ssl

import httpx
import pytest

from pidgin_cli.providers.http_failures import Phase, failure_from

KINDS = {"timeout", "connection", "stream_broken", "bad_request", "bad_response"}
FOREIGN = [
    kind for _, kind in inspect.getmembers(httpx, inspect.isclass) if issubclass(kind, Exception)
]


def made(kind: type[Exception]) -> Exception:
    error = kind.__new__(kind)
    error.args = ("what it says",)
    return error


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("phase", ["connection", "stream_broken"])
def test_no_error_of_httpx_is_missed(kind: type[Exception], phase: Phase) -> None:
    failure = failure_from(made(kind), phase, "host:1")
    assert failure is not None
    assert failure.kind in KINDS
    assert failure.message.startswith("host:1: ")


@pytest.mark.parametrize(
    ("kind", "before", "behind"),
    [
        (httpx.ConnectError, ("connection", True), ("connection", True)),
        (httpx.ConnectTimeout, ("timeout", True), ("timeout", True)),
        (httpx.ReadTimeout, ("timeout", True), ("timeout", True)),
        (httpx.PoolTimeout, ("timeout", True), ("timeout", True)),
        (httpx.ReadError, ("connection", True), ("stream_broken", True)),
        (httpx.WriteError, ("connection", True), ("stream_broken", True)),
        (httpx.RemoteProtocolError, ("connection", True), ("stream_broken", True)),
        (httpx.ProxyError, ("connection", True), ("connection", True)),
        (httpx.LocalProtocolError, ("bad_request", False), ("bad_request", False)),
        (httpx.UnsupportedProtocol, ("bad_request", False), ("bad_request", False)),
        (httpx.InvalidURL, ("bad_request", False), ("bad_request", False)),
        (httpx.DecodingError, ("bad_response", False), ("bad_response", False)),
        (ConnectionResetError, ("connection", True), ("stream_broken", True)),
        (ssl.SSLError, ("connection", True), ("stream_broken", True)),
    ],
)
def test_what_a_foreign_error_means_depends_on_when_it_comes(
    kind: type[Exception], before: tuple[str, bool], behind: tuple[str, bool]
) -> None:
    phases: tuple[Phase, ...] = ("connection", "stream_broken")
    failures = [failure_from(made(kind), phase, "host") for phase in phases]
    assert [before, behind] == [(each.kind, each.retryable) for each in failures if each]


def test_a_certificate_that_is_not_trusted_is_not_tried_again() -> None:
    refusal = ssl.SSLCertVerificationError("certificate verify failed")
    refusal.verify_message = "self-signed certificate"
    error = httpx.ConnectError("no")
    error.__cause__ = refusal
    failure = failure_from(error, "connection", "host:443")
    expected = (
        "host:443: no safe connection: its certificate is not trusted: self-signed certificate; "
        "see base_url and SSL_CERT_FILE"
    )
    assert failure is not None
    assert (expected, False) == (failure.message, failure.retryable)


@pytest.mark.parametrize("kind", [httpx.LocalProtocolError, httpx.InvalidURL])
def test_errors_that_repeat_what_was_sent_are_not_quoted(kind: type[Exception]) -> None:
    failure = failure_from(kind("Illegal header value b'key'"), "connection", "host")
    assert failure is not None
    assert "key'" not in failure.message


@pytest.mark.parametrize("error", [KeyError("a"), AttributeError("b"), AssertionError()])
def test_mistakes_of_our_own_are_not_taken_for_failures(error: Exception) -> None:
    assert failure_from(error, "connection", "host") is None
