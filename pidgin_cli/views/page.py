"""The page around conversations: one file that needs nothing else, and in which nothing runs."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from importlib.resources import files

from pidgin_cli.views.hypertext import escaped


def page(articles: Iterable[str], title: str) -> Iterator[str]:
    """Give a whole document of HTML around articles, each as it comes.

    Its policy admits this one stylesheet, and no script, picture, frame, form or address at all,
    whatever the words of a log may ask for.
    """
    style = files("pidgin_cli.views").joinpath("page.css").read_text(encoding="utf-8")
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escaped(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{_themes()}<main>\n"
    )
    yield from articles
    yield "</main>\n</body>\n</html>\n"


def _themes() -> str:
    """Give the choice of colours; the stylesheet looks at what is checked."""
    choices = [
        f'<label><input type="radio" name="theme" class="t-{name}"{checked}>'
        f"<span>{name}</span></label>"
        for name, checked in (("auto", " checked"), ("light", ""), ("dark", ""))
    ]
    return f'<div class="theme" role="group" aria-label="colours">{"".join(choices)}</div>\n'


def _policy(style: str) -> str:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
