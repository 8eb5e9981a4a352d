"""Checks: whether what has the form of a number or of a secret may really be one."""

from __future__ import annotations

import ipaddress
from collections import Counter
from math import log2


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
    """Say whether a text is an address of IPv4 or IPv6."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def entropy(text: str) -> float:
    """Give the bits for one character of a text, from how often each stands in it (Shannon)."""
    counts = Counter(text).values()
    return sum(count / len(text) * log2(len(text) / count) for count in counts) + 0.0


def is_random(text: str) -> bool:
    """Say whether a text looks drawn, not written: digits among letters, hardly one twice."""
    return (
        any(each.isdigit() for each in text)
        and any(each.isalpha() for each in text)
        and entropy(text) >= min(3.0, 0.75 * log2(len(text)))
    )
