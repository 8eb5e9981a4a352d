from __future__ import annotations

import hmac

import pytest

from pidgin_cli.filters.redaction.hashes import Hashes
from pidgin_cli.filters.redaction.pseudonyms import USES, Pseudonyms


def test_a_name_always_has_the_same_pseudonym() -> None:
    one, two = Pseudonyms(Hashes(b"key")), Pseudonyms(Hashes(b"key"))
    assert one("model", "claude") == two("model", "claude")
    assert one("model", "claude") != one("provider", "claude")


@pytest.mark.parametrize("use", USES)
def test_a_pseudonym_is_its_own(use: str) -> None:
    pseudonyms = Pseudonyms(Hashes(b"key"))
    given = pseudonyms(use, "name")
    assert (pseudonyms(use, given), len(given)) == (given, len(use) + 1 + 40)


def test_a_pseudonym_of_another_key_or_use_is_a_name_like_any_other() -> None:
    ours, theirs = Pseudonyms(Hashes(b"key")), Pseudonyms(Hashes(b"other"))
    given = theirs("model", "claude")
    assert ours("model", given) != given
    assert not ours.made(ours("agent", "x").replace("agent", "model"), "model")
    assert ours("agent", "x").replace("agent", "model") != ours("model", "x")


def test_a_changed_digit_is_noticed() -> None:
    hashes = Hashes(b"key")
    tag = hashes.tag("content", "Hello!")
    forged = ("0" if tag[0] != "0" else "1") + tag[1:]
    assert (hashes.made("content", tag), hashes.made("content", forged)) == (True, False)


@pytest.mark.parametrize("length", [1, 32, 64, 65, 200])
@pytest.mark.parametrize("text", ["", "Hello!", "é" * 1000])
def test_a_tag_begins_with_128_bits_of_hmac_sha_256(length: int, text: str) -> None:
    key = b"k" * length
    expected = hmac.new(key, b"content\0" + text.encode(), "sha256").hexdigest()[:32]
    hashes = Hashes(key)
    assert [hashes.tag("content", text)[:32] for _ in range(2)] == [expected] * 2
