"""Keyed hashes: names that stand for others, and that only the owner of the key can make."""

from __future__ import annotations

import hashlib
import hmac
import re

_TAG = re.compile(r"[0-9a-f]{40}")


class Hashes:
    """Makes tags of texts under a key: 128 bits of HMAC-SHA-256 and 32 more that attest them.

    A tag is the same for the same text, use and key. By its last eight digits the owner of the key
    knows it for one of his own, so that nobody can pass text as a tag.
    """

    def __init__(self, key: bytes) -> None:
        # To copy one that is begun is quicker than to begin one for each short text.
        self._begun = hmac.new(key, digestmod="sha256")
        attesting = hmac.digest(key, b"attesting", "sha256")
        self._attesting = hashlib.sha256(attesting)

    def tag(self, use: str, text: str) -> str:
        """Give the tag of a text, in hex digits.

        Args:
            use: what it is made for; tags of one text for two uses have nothing in common.
        """
        made = self._begun.copy()
        made.update(f"{use}\0{text}".encode(errors="surrogatepass"))
        shown = made.hexdigest()[:32]
        return shown + self._attested(use, shown)

    def made(self, use: str, tag: str) -> bool:
        """Say whether this key made the tag for this use."""
        if _TAG.fullmatch(tag) is None:
            return False
        return hmac.compare_digest(self._attested(use, tag[:32]), tag[32:])

    def _attested(self, use: str, shown: str) -> str:
        # What is hashed has one length for each use, so that no HMAC is needed.
        attested = self._attesting.copy()
        attested.update(f"{use}\0{shown}".encode())
        return attested.hexdigest()[:8]
