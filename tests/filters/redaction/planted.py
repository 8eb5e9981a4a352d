"""Secrets to plant: of every kind, in every disguise, made from a seed when a test runs.

None of them stands in the repository, so that those who search repositories for keys find none.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from urllib.parse import quote

ALPHABETS = {
    "a": ascii_letters + digits,
    "b": ascii_letters + digits + "+/",
    "d": digits,
    "h": digits + "abcdef",
    "l": ascii_lowercase,
    "p": ascii_letters + digits + "!#^*_~",
    "U": ascii_uppercase + digits,
    "w": ascii_letters + digits + "_-",
}

TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("sk-ant-api03-{w93}AA",),
    "openrouter": ("sk-or-v1-{h64}",),
    "openai": ("sk-{a20}T3BlbkFJ{a20}", "sk-proj-{w64}T3BlbkFJ{w64}", "sk-{h32}"),
    "xai": ("xai-{a80}",),
    "google": ("AIza{w35}",),
    "google_oauth": ("ya29.a0{w60}", "GOCSPX-{w28}"),
    "groq": ("gsk_{a52}",),
    "perplexity": ("pplx-{a48}",),
    "replicate": ("r8_{a37}",),
    "huggingface": ("hf_{a34}",),
    "nvidia": ("nvapi-{w64}",),
    "langsmith": ("lsv2_pt_{h32}_{h10}",),
    "tavily": ("tvly-{a32}",),
    "pinecone": ("pcsk_{a6}_{a63}",),
    "aws_access_key": ("AKIA{U16}", "ASIA{U16}"),
    "aws_secret_key": ("aws_secret_access_key = «{b40}»", "«{b40}»"),
    "azure_account_key": ("DefaultEndpointsProtocol=https;AccountKey=«{b86}==»",),
    "azure_signature": ("?sv=2024-11-04&sr=b&sig=«{b43}=»",),
    "azure_client_secret": ("{a3}8Q~{a34}",),
    "azure_openai": ("{a52}JQQJ99{a26}",),
    "google_key_id": ('"private_key_id": "«{h40}»"',),
    "digitalocean": ("dop_v1_{h64}",),
    "heroku": ("HRKU-{w60}",),
    "heroku_uuid": ("HEROKU_API_KEY=«{h8}-{h4}-{h4}-{h4}-{h12}»",),
    "cloudflare": ("CLOUDFLARE_API_TOKEN=«{w39}7»",),
    "cloudflare_origin": ("v1.0-{h24}-{h146}",),
    "datadog": ("DD_API_KEY=«{h32}»", "datadog_app_key: «{h40}»"),
    "databricks": ("dapi{h32}",),
    "vault": ("hvs.{w90}",),
    "terraform": ("{a14}.atlasv1.{w67}",),
    "planetscale": ("pscale_tkn_{w43}",),
    "supabase": ("sbp_{h40}",),
    "netlify": ("nfp_{a36}",),
    "fly": ("FlyV1 fm2_{b80}",),
    "github": ("ghp_{a36}", "gho_{a36}", "ghs_{a36}"),
    "github_pat": ("github_pat_{a22}_{a59}",),
    "gitlab": ("glpat-{w20}",),
    "npm": ("npm_{a36}",),
    "pypi": ("pypi-AgEIcHlwaS5vcmc{w80}",),
    "rubygems": ("rubygems_{h48}",),
    "crates": ("cio{a31}5",),
    "docker": ("dckr_pat_{w27}",),
    "postman": ("PMAK-{h24}-{h34}",),
    "sentry": ("sntrys_{b80}",),
    "newrelic": ("NRAK-{U27}",),
    "grafana": ("glsa_{a32}_{h8}",),
    "doppler": ("dp.pt.{a43}",),
    "age": ("AGE-SECRET-KEY-1{U58}",),
    "slack": ("xoxb-{d12}-{d12}-{a24}", "xapp-1-{U11}-{d13}-{h64}"),
    "slack_webhook": ("https://hooks.slack.com/services/T{U8}/B{U8}/«{a24}»",),
    "discord": ("M{a23}.{w6}.{w38}",),
    "discord_webhook": ("https://discord.com/api/webhooks/{d18}/«{w68}»",),
    "telegram": ("{d10}:AA{w33}",),
    "twilio": ("AC{h32}", "SK{h32}"),
    "sendgrid": ("SG.{w22}.{w43}",),
    "mailgun": ("key-{h32}",),
    "mailchimp": ("{h32}-us12",),
    "brevo": ("xkeysib-{h64}-{a16}",),
    "notion": ("secret_{a43}", "ntn_{a46}"),
    "linear": ("lin_api_{a40}",),
    "airtable": ("pat{a14}.{h64}",),
    "atlassian": ("ATATT3xFfGF0{w180}",),
    "figma": ("figd_{w40}",),
    "dropbox": ("sl.{w135}",),
    "stripe": ("sk_live_{a24}", "rk_test_{a24}"),
    "stripe_webhook": ("whsec_{a32}",),
    "shopify": ("shpat_{h32}",),
    "square": ("sq0atp-{w22}",),
    "square_or_meta": ("EAAC{a120}",),
    "private_key": (
        "-----BEGIN RSA PRIVATE KEY-----\n{b64}\n{b64}\n{b18}==\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{b70}\n{b70}\n{b22}==\n",
    ),
    "putty_private_key": ("Private-Lines: 2\n«{b64}\n{b62}==»",),
    "jwt": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi{w40}.{w43}",),
    "bearer": ("Authorization: Bearer «{w40}9»",),
    "basic": ("Authorization: Basic «{B24}»",),
    "url_credentials": ("postgres://admin:«{a14}»@db.internal:5432/app",),
    "assignment": (
        "password=«{a4}7{p10}»",
        "API_KEY: «{a24}7»",
        "client_secret => «{a20}3»",
        "export DB_PASSWORD=«{l5}{d3}»",
    ),
    "quoted_assignment": ('"token": "«{a20}4»"', "passwd = '«{p12}a1»'"),
    "told_password": ("the password is «{a12}8»", "password for the server is «{l6}{d4}»"),
    "email": ("{l8}.{l6}@{l9}.org", "jürgen.{l6}@müller-{l5}.de", "{l6}+{l4}@mail.{l7}.co.uk"),
    "phone_international": ("+49 30 {d8}", "+1 (415) 555-{d4}", "+86 138 {d4} {d4}"),
    "phone_exit_code": ("0044 20 {d4} {d4}",),
    "phone_national": ("(415) 555-{d4}", "415-555-{d4}", "06 12 34 {d2} {d2}", "030 12{d6}"),
    "phone_named": ("phone: 0{d9}", "Tel. 4155550{d3}"),
    "ipv4": ("10.20.{d1}0.{d1}2", "192.168.{d2}.{d2}"),
    "ipv6": ("2001:db8:{h4}:{h4}::{h2}1", "fe80::{h3}:{h2}ff:fe{h2}:1{h3}"),
    "card": ("{C16}", "{c16}"),
    "iban": ("{I22}", "{i22}"),
    "url": ("https://intranet.{l8}.example/{l6}?q={a6}",),
    "home": ("/home/«{l8}»", "/Users/«{l8}»"),
    "windows_home": ("C:\\Users\\«{l8}»\\Documents",),
    "file_address": ("file:///srv/{l8}/{l6}.txt",),
}
"""By the kind that finds them. What is not to be left stands in « », or is all of it.

`{a20}` is twenty characters of the alphabet a; B, C and I are what has a check of its own.
"""


@dataclass(frozen=True, slots=True)
class Planted:
    """What is planted.

    Args:
        text: what a person writes.
        secret: the part of it that may not be left.
    """

    kind: str
    text: str
    secret: str


def planted(seed: int = 7) -> Iterator[Planted]:
    """Give one secret for every template, the same for the same seed."""
    random = Random(seed)
    for kind, templates in TEMPLATES.items():
        for template in templates:
            yield grown(kind, template, random)


def grown(kind: str, template: str, random: Random) -> Planted:
    """Give what grows from a template."""
    text = re.sub(r"\{(\w)(\d+)\}", lambda each: _drawn(each[1], int(each[2]), random), template)
    secret = re.search("«(.*)»", text, re.DOTALL)
    whole = re.sub("[«»]", "", text)
    return Planted(kind, whole, whole if secret is None else secret[1])


def _drawn(alphabet: str, length: int, random: Random) -> str:
    if alphabet in "Cc":
        return _card(length, random, " " if alphabet == "c" else "")
    if alphabet in "Ii":
        return _iban(random, " " if alphabet == "i" else "")
    if alphabet == "B":
        clear = f"user:{_drawn('a', length * 3 // 4 - 5, random)}"
        return base64.b64encode(clear.encode()).decode()
    drawn = "".join(random.choices(ALPHABETS[alphabet], k=length))
    # As long as a key is, it has letters and digits; a short one might have none.
    return f"{drawn[:-2]}x7" if alphabet in "abw" and length > 8 else drawn


def _card(length: int, random: Random, between: str) -> str:
    digits = [4, *(random.randrange(10) for _ in range(length - 2))]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[::-2]]
    digits.append(-(sum(doubled) + sum(digits[-2::-2])) % 10)
    text = "".join(map(str, digits))
    return between.join(text[place : place + 4] for place in range(0, length, 4))


def _iban(random: Random, between: str) -> str:
    account = "".join(random.choices("0123456789", k=18))
    check = 98 - int(f"{account}131400") % 97
    text = f"DE{check:02}{account}"
    return between.join(text[place : place + 4] for place in range(0, len(text), 4))


def full_width(text: str) -> str:
    """Give the text in letters as wide as Chinese ones."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "zero-width": lambda text: "\u200b".join(text),
    "zero-width joiners": lambda text: "".join(f"{each}\u2060\u200d" for each in text),
    "full width": full_width,
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "percent where needed": lambda text: quote(text, safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 in base64 of more": lambda text: base64.b64encode(f"say {text} now".encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "capital hex": lambda text: text.encode().hex().upper(),
    "JSON": json.dumps,
    "JSON in JSON": lambda text: json.dumps(json.dumps({"a": text})),
    "escapes": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
}
"""The forms that a secret may be hidden in."""
