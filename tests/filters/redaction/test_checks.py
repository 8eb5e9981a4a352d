from __future__ import annotations

import pytest

from pidgin_cli.filters.redaction.checks import (
    entropy,
    is_address,
    is_card,
    is_credentials,
    is_drawn,
    is_iban,
    is_password,
)


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("4111 1111 1111 1111", True),
        ("4111111111111112", False),
        ("378282246310005", True),
        ("0000000000000000", False),
    ],
)
def test_a_card_has_its_check_digit(text: str, card: bool):
    assert card == is_card(text)


@pytest.mark.parametrize(
    ("text", "iban"),
    [
        ("DE89 3704 0044 0532 0130 00", True),
        ("de89370400440532013000", True),
        ("DE88 3704 0044 0532 0130 00", False),
        ("GB82 WEST 1234 5698 7654 32", True),
    ],
)
def test_an_account_has_its_check_digits(text: str, iban: bool):
    assert iban == is_iban(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("255.255.255.0", False),
        ("999.0.0.1", False),
        ("2001:db8::1", True),
        ("::1", False),
        ("a::b", False),
        ("12:30:45", False),
    ],
)
def test_an_address_tells_one_machine_from_others(text: str, address: bool):
    assert address == is_address(text)


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("hunter22", True),
        ("Tr0ub4dor&3", True),
        ("password", False),
        ("12345678", False),
        ("aaaa1111", False),
        ("os.environ2", False),
        ("your-api-key-1", False),
        ("$API_KEY_1", False),
        ("x" * 201, True),
    ],
)
def test_a_password_is_neither_word_nor_code(text: str, password: bool):
    assert password == is_password(text)


@pytest.mark.parametrize(
    ("text", "credentials"),
    [("dXNlcjpwYXNz", True), ("dXNlcjpwYXNzMQ==", True), ("dXNlcg==", False), ("a", False)],
)
def test_credentials_are_a_name_a_colon_and_a_password(text: str, credentials: bool):
    assert credentials == is_credentials(text)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("wJalrXUtnFEMI/K7MDENG+bPxRfiCYzQ3hT8vL2s", True),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", False),
        ("V1OrganizationExternalKeysPostRequestAws", False),
        ("com/ElementaryFunctions/Sec/06/01/02/01/", False),
    ],
)
def test_what_is_drawn_changes_its_sort_at_most_letters(text: str, drawn: bool):
    assert drawn == is_drawn(text)


def test_entropy_is_bits_for_a_character():
    assert [0.0, 1.0, 2.0] == [entropy("aaaa"), entropy("abab"), entropy("abcd")]
