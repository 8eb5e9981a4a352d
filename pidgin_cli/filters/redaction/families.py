"""Families: what people hide most often, by the name that --builtin takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pidgin_cli.filters.redaction.checks import is_address, is_card, is_iban
from pidgin_cli.filters.redaction.kind import Kind
from pidgin_cli.filters.redaction.secrets import SECRETS

_LETTER = r"[\p{L}\p{M}\p{N}._%+&~!#$*-]"
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_VERSION = r"(?i:\b(?:v|ver|version|versions|release|build|firmware|kernel)[.]?[ :=]{0,2})"
_FRACTION = r"\b[0-9]+\.(?:[0-9]{5,}|[0-9]{3}(?: [0-9]{2,4})+)"
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_DIGITS = r"(?:[ .()/-]{0,2}[0-9])"

# Letters and digits after the country and the check digits, by ISO 13616.
_IBAN_LENGTHS = {
    11: "NO",
    12: "BE",
    14: "DK|FI|FO|GL|NL|SD",
    15: "MK|SI",
    16: "AT|BA|EE|KZ|LT|LU|MN|XK",
    17: "CH|CR|HR|LI|LV",
    18: "BG|BH|DE|GB|GE|IE|ME|RS|VA",
    19: "AE|GI|IL|IQ|OM|TL",
    20: "AD|CZ|ES|MD|PK|RO|SA|SE|SK|TN|VG",
    21: "PT|ST",
    22: "IS|TR",
    23: "DJ|FR|GR|IT|MC|MR|SM|BI",
    24: "AL|AZ|BY|CY|DO|GT|HU|LB|NI|PL|SV",
    25: "BR|EG|PS|QA|UA",
    26: "JO|KW|MU|YE",
    27: "MT|SC",
    28: "LC",
    29: "RU",
}
_ACCOUNTS = "|".join(
    f"(?:{countries})[0-9]{{2}}(?:[ -]?[A-Z0-9]){{{length}}}"
    for length, countries in _IBAN_LENGTHS.items()
)

FAMILIES: Mapping[str, tuple[Kind, ...]] = {
    "secrets": SECRETS,
    "email": (
        Kind(
            "email",
            rf"(?:{_LETTER}+(?:'{_LETTER}+)*|\"[^\"\s]{{1,64}}\")@"
            r"(?:[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*)[.。])+(?:\p{L}[\p{L}\p{M}]+|xn--[A-Za-z0-9-]+)",
            ("@",),
        ),
    ),
    "phone": (
        Kind(
            "phone_international",
            rf"[0-9)\]]\+[0-9.]+|\+[0-9]+\.[0-9]{{5,}}|(?P<secret>\+\(?[1-9]{_DIGITS}{{7,14}})\b",
            near=r"\+\(?[0-9]",
        ),
        Kind(
            "phone_exit_code",
            rf"{_FRACTION}|\b(?P<secret>00[1-9]{_DIGITS}{{8,12}})\b",
            near="00[1-9]",
        ),
        Kind(
            "phone_national",
            rf"{_FRACTION}|{_UUID}|(?P<secret>"
            r"(?:\([2-9][0-9]{2}\) ?|\b(?:1[ .-])?[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}\b"
            r"|\(0[1-9][0-9]{0,4}\) ?[0-9][0-9 -]{4,10}[0-9]\b"
            r"|\b0[1-9](?:[ .-][0-9]{2}){4}\b"
            r"|\b0[1-9][0-9]{1,3}[ -][0-9]{3,4}[ -][0-9]{3,4}\b"
            r"|\b0[1-9][0-9]{1,3} ?/ ?[0-9][0-9 -]{4,10}[0-9]\b"
            r"|\b0[1-9][0-9]{1,3} [0-9]{6,8}\b"
            r"|\b0[1-9]-[0-9]{4}-[0-9]{4}\b"
            r"|\b1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}\b"
            r"|\b[6-9][0-9]{4}[ -][0-9]{5}\b"
            r"|\b8[ -]?\([0-9]{3}\)[ -]?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}\b)",
            near=r"[0-9][ ()./-]{0,3}[0-9][ ()./-]{0,3}[0-9][ ()./-]{0,3}[0-9][ ()./-]{0,3}[0-9]"
            r"[ ()./-]{0,3}[0-9][ ()./-]{0,3}[0-9]",
        ),
        Kind(
            "phone_named",
            r"(?i:\b(?:tel|telephone|phone|mobile|cell|fax|whatsapp|telefon|handy))"
            r"(?i: ?(?:number|no\.?|nr\.?|is))*[ :.#=-]{1,4}"
            rf"(?P<secret>\(?[0-9]{_DIGITS}{{6,14}})\b",
            ("tel", "phone", "mobile", "cell", "fax", "whatsapp", "handy"),
            near=r"(?i:tel|phone|mobile|cell|fax|whatsapp|handy)[A-Za-z :.#=-]{0,24}\(?[0-9]",
        ),
    ),
    "ip": (
        Kind(
            "ipv4",
            rf"{_VERSION}[0-9]+(?:\.[0-9]+)+|\b[0-9]+(?:\.[0-9]+){{4,}}"
            r"|[=~^@<>][0-9]+(?:\.[0-9]+){3}[0-9A-Za-z+-]*"
            rf"|\b(?P<secret>(?:{_BYTE}\.){{3}}{_BYTE})\b",
            near=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
            holds=is_address,
        ),
        Kind(
            "ipv6",
            r"(?:^|[^0-9A-Za-z:])(?P<secret>(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]{0,15})"
            r"(?:$|[^0-9A-Za-z:])",
            near="[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]",
            holds=is_address,
        ),
    ),
    "card": (
        Kind(
            "card",
            rf"{_FRACTION}|\b(?P<secret>"
            r"(?:4[0-9]{3}|5[0-9]{3}|2[2-7][0-9]{2}|6[0-9]{3}|35[0-9]{2})"
            r"(?:[ .-]?[0-9]{4}){2}[ .-]?[0-9]{1,7}"
            r"|3[47][0-9]{2}[ .-]?[0-9]{6}[ .-]?[0-9]{5}"
            r"|3[0689][0-9]{2}[ .-]?[0-9]{6}[ .-]?[0-9]{4})\b",
            near=r"[2-6][0-9]{3}[ .-]?[0-9]{4}",
            holds=is_card,
        ),
    ),
    "iban": (
        Kind(
            "iban",
            rf"(?i:\b(?:{_ACCOUNTS}))\b",
            near="[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11}",
            holds=is_iban,
        ),
    ),
    "url": (Kind("url", r"(?i:\b[a-z][a-z0-9+.-]*://|\bwww\.)[^\s<>\"'`]+", ("://", "www.")),),
    "paths": (
        Kind("home", r"/(?:home|Users)/[^\s/\\:*?\"'<>|,;)\]}`]+", near="/home/|/Users/"),
        Kind(
            "windows_home",
            r"(?i:\b[a-z]:[\\/]+(?:users|documents and settings)[\\/]+)"
            r"(?:[^\\/:*?\"'<>|\r\n]{1,64}[\\/]|[^\s\\/:*?\"'<>|,;)\]}`]+)",
            near=r"(?i::[\\/]+(?:users|documents and settings)[\\/])",
        ),
        Kind("file_address", r"(?i:\bfile://)[^\s\"'<>`]+", ("file://",)),
    ),
}
"""The tables of kinds, in the order in which a report names them."""


def kinds_of(families: Collection[str]) -> Iterator[Kind]:
    """Give the kinds of these families, in the order of the tables."""
    for family, kinds in FAMILIES.items():
        if family in families:
            yield from kinds
