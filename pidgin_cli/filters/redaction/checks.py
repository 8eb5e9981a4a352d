"""Checks: whether what has the form of a number or of a secret may really be one."""

from __future__ import annotations

import binascii
import ipaddress
import re
from collections import Counter
from itertools import pairwise
from math import log2

_LONG = 200  # characters, from which on no name and no place holder is
_CODE = re.compile(r"[A-Za-z_$]\w*(?:\.\w+|::\w+|->\w+)+;?")
_PLACE_HOLDER = re.compile(r"(?i)\$|%\(|\.\.\.|…|xxx|\*\*\*|your|example|placeholder")


def is_card(text: str) -> bool:
    """Say whether the digits of a text have the check digit of payment cards (Luhn, ISO 7812)."""
    digits = [int(each) for each in text if each.isdigit()]
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Say whether a text has the check digits of an account number (mod 97, ISO 13616)."""
    letters = "".join(text.split()).replace("-", "").upper()
    digits = "".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])
    return int(digits) % 97 == 1


def is_address(text: str) -> bool:
    """Say whether a text is an address of IPv4 or IPv6 that tells one machine from others."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    named = address.version == 4 or (len(text) > 5 and any(each.isdigit() for each in text))
    return named and not (address.is_loopback or address.is_unspecified or text.startswith("255."))


def is_mixed(text: str) -> bool:
    """Say whether a text has letters and digits, as hardly a word has."""
    return any(each.isdigit() for each in text) and any(each.isalpha() for each in text)


def is_drawn(text: str) -> bool:
    """Say whether a text of 40 characters looks drawn by chance from the 64 of base64.

    Where chance draws, 25 of 39 neighbours are of different sorts (capital, small, digit, sign);
    where words are joined, each word has two. At 18 chance is missed once in a hundred.
    """
    sorts = [_sort(each) for each in text]
    changes = sum(one != next_one for one, next_one in pairwise(sorts))
    return len({*sorts} - {"sign"}) == 3 and changes >= 18


def is_password(text: str) -> bool:
    """Say whether a text looks like a password, and not like code or a place for one."""
    if len(text) > _LONG:
        return True
    return (
        is_mixed(text)
        and entropy(text) > 2
        and _CODE.fullmatch(text) is None
        and _PLACE_HOLDER.search(text) is None
    )


def is_credentials(text: str) -> bool:
    """Say whether a text is base64 of a name, a colon and a password."""
    letters = text.rstrip("=")
    try:
        decoded = binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return False
    return b":" in decoded and decoded.isascii() and decoded.decode().isprintable()


def entropy(text: str) -> float:
    """Give the bits for one character of a text, from how often each stands in it (Shannon)."""
    counts = Counter(text).values()
    return sum(count / len(text) * log2(len(text) / count) for count in counts) + 0.0


def _sort(character: str) -> str:
    if character.isdigit():
        return "digit"
    if not character.isalpha():
        return "sign"
    return "capital" if character.isupper() else "small"
