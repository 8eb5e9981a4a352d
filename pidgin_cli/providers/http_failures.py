"""The one seam where the errors of httpx and of the system become ours."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.failures import RETRYABLE_KINDS, one_line

CONNECT_SECONDS = 5.0

Phase = Literal["connection", "stream_broken"]
"""What a connection that is lost means: before the head of the answer, and after it."""

_FAILURES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ConnectTimeout": ("timeout", f"no connection within {CONNECT_SECONDS:g} seconds"),
        "TimeoutException": ("timeout", "silent for too long"),
        "ConnectError": ("connection", "no connection"),
        "ProxyError": ("connection", "the proxy does not let the call pass"),
        "NetworkError": ("", "the connection broke"),
        "RemoteProtocolError": ("", "the connection ended too early, or does not speak HTTP"),
        "DecodingError": ("bad_response", "the answer cannot be decompressed"),
        "TransportError": ("bad_request", "no address of HTTP; see base_url and the proxies"),
        "InvalidURL": ("bad_request", "no address of HTTP; see base_url and the proxies"),
        "LocalProtocolError": ("bad_request", "the key or a header has a character HTTP forbids"),
        "UnicodeError": ("bad_request", "the key or a header has a character HTTP forbids"),
        "HTTPError": ("bad_response", "an answer that makes no sense"),
        "CookieConflict": ("bad_response", "an answer that makes no sense"),
        "StreamError": ("bad_response", "the answer was read twice, or after its end"),
        "FileNotFoundError": ("bad_request", "see the certificates of the environment"),
        "OSError": ("", "the connection broke"),
        "ValueError": ("bad_request", "see the proxies and certificates of the environment"),
        "ImportError": ("bad_request", "see the proxies of the environment"),
    }
)
"""By the name of the error's class or its nearest base: the kind, empty for that of the phase."""
_SECRETIVE = frozenset({"LocalProtocolError", "UnicodeError", "InvalidURL"})
"""The words of these errors repeat what was sent, the key included."""


def failure_from(error: Exception, phase: Phase, place: str) -> ProviderError | None:
    """Give the error that one of httpx or of the system means, None where it is neither.

    Args:
        place: host and port, for the message.
    """
    for base in type(error).__mro__:
        if base.__name__ in _FAILURES:
            break
    else:
        return None
    kind, meaning = _FAILURES[base.__name__]
    kind = kind or phase
    if base.__name__ == "ConnectError" and (refusal := _refusal_of_tls(error)) is not None:
        message = f"{place}: no safe connection: {refusal}; see base_url and SSL_CERT_FILE"
        return ProviderError(kind, one_line(message), retryable=False)
    words = "" if base.__name__ in _SECRETIVE else one_line(str(error))
    message = f"{place}: {meaning}" + (f" ({words})" if words else "")
    return ProviderError(kind, message, retryable=kind in RETRYABLE_KINDS)


def _refusal_of_tls(error: BaseException | None) -> str | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {error.verify_message}"
        if isinstance(error, ssl.SSLError):
            return one_line(str(error))
        error = error.__cause__ or error.__context__
    return None
