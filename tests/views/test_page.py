"""The page: one file that needs nothing, in which nothing of a log can run, load or forge."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.views.hypertext import escaped, prose
from pidgin_cli.views.page import page
from pidgin_cli.views.timeline import TimelineView
from pidgin_cli.views.view import Choice, one_by_one
from tests.views.logs import LOGS, log
from tests.views.test_sound import EVENTS

VOID = {"meta", "input"}
ALONE = {"line", "polyline", "circle", "rect"}
WORDS_FOR_ELEMENTS = """
    html head title style body main article header section div span p b i code pre h1 h2 a ul li dl
    dt dd time details summary nav table tbody tr th td label figure figcaption svg text
"""
WORDS_FOR_ATTRIBUTES = """
    charset http-equiv content name lang class id href role aria-label type checked open viewbox
    x y x1 x2 y1 y2 cx cy r width height points
"""
ELEMENTS = {*WORDS_FOR_ELEMENTS.split(), *VOID, *ALONE}
ATTRIBUTES = {*WORDS_FOR_ATTRIBUTES.split()}


class Parsed(HTMLParser):
    """Reads a page strictly: each element must be closed by its own end."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALONE
        self.elements.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


def events_of(name: str) -> Iterator[Event]:
    return map(decode, log(name).split(b"\n")[:-1])


def shown(events: Iterator[Event] | list[Event], title: str = "a title") -> str:
    view = Choice(reasoning=True)
    return "".join(page(one_by_one(events, lambda: TimelineView(view), "\n"), title))


def is_harmless(text: str) -> Parsed:
    parsed = Parsed(text)
    assert parsed.elements <= ELEMENTS
    assert {name for name, _ in parsed.attributes} <= ATTRIBUTES
    for name, value in parsed.attributes:
        assert name != "href" or re.fullmatch(r"#[A-Za-z0-9._-]*", value)
    return parsed


@pytest.mark.parametrize("name", LOGS)
def test_a_page_is_well_formed_and_has_nothing_that_acts(name: str) -> None:
    is_harmless(shown(events_of(name), '</title><script>alert(1)</script>"'))


@settings(max_examples=60)
@given(st.lists(EVENTS, max_size=8))
def test_a_page_is_harmless_whatever_the_events_are(events: list[Event]) -> None:
    is_harmless(shown(events))


@given(st.text(st.sampled_from("<>&\"'`*~\n #-[](){}=/:abc\x00\x1b\u202e"), max_size=60))
def test_foreign_words_are_words_alone(text: str) -> None:
    parsed = Parsed(f'<div>{prose(text)}</div><div class="{escaped(text)}"></div>')
    assert parsed.elements <= {"div", "p", "pre", "code", "b", "i"}
    assert [name for name, _ in parsed.attributes if name != "class"] == []
    letters = re.sub(r"\\u\{[0-9a-f]+\}|[^abc]", "", parsed.text)
    assert letters == re.sub("[^abc]", "", text)


@pytest.mark.parametrize("piece", ["`", "*", "**a", "```\n", "~~~", "a*", "<", "*a ", "\n"])
def test_long_words_are_shown_in_linear_time(piece: str) -> None:
    assert prose(piece * 100_000) is not None


def test_words_keep_their_code_and_their_emphasis() -> None:
    text = "so **this** is *it*: `a < b`\n```python\nif a < b:\n```\nand 2 * 3 * 4"
    assert prose(text) == (
        "<p>so <b>this</b> is <i>it</i>: <code>a &lt; b</code></p>"
        '<div class="who">python</div><pre><code>if a &lt; b:</code></pre>'
        "<p>and 2 * 3 * 4</p>"
    )


def test_the_policy_admits_the_one_stylesheet_and_nothing_else() -> None:
    text = shown(events_of("complete"))
    style = text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]
    assert text.index("Content-Security-Policy") < text.index("<style>") < text.index("<body>")
    assert "url(" not in style
    assert "@import" not in style


def test_every_turn_has_an_address_that_links_lead_to() -> None:
    text = shown(events_of("complete"))
    parsed = Parsed(text)
    ids = [value for name, value in parsed.attributes if name == "id"]
    links = {value for name, value in parsed.attributes if name == "href"}
    assert ids == ["exp_complete", "exp_complete.t0", "exp_complete.t1"]
    assert links == {"#exp_complete.t0", "#exp_complete.t1"}


def test_every_kind_that_is_shown_can_be_hidden() -> None:
    text = shown(events_of("complete"))
    style = text.split("<style>")[1].split("</style>")[0]
    kinds = set(re.findall(r'class="[^"]*\bk-(\w+)', text))
    assert kinds == {"said", "noticed", "trouble", "steer"}
    for kind in kinds:
        assert f'class="f-{kind}"' in text
        assert f".f-{kind}:not(:checked)) .k-{kind}" in style


def test_several_conversations_are_articles_of_one_page() -> None:
    events = [*events_of("complete"), *events_of("crashed")]
    assert shown(events).count("<article id=") == 2


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Give a port, and what is asked of it."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    asked.append(connection.recv(4096))

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], asked
        done.set()
        thread.join()


def browsed(path: Path, folder: Path, *options: str) -> str:
    """Give what a browser makes of a page: its document after everything has run."""
    still = "--disable-gpu --disable-quic --no-first-run --disable-background-networking"
    still += " --disable-component-update --disable-sync --no-sandbox --headless"
    done = subprocess.run(
        [str(CHROMIUM), *still.split(), f"--user-data-dir={folder}", *options, path.as_uri()],
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode()


@in_a_browser
def test_in_a_browser_nothing_of_a_log_runs_or_loads(tmp_path: Path) -> None:
    with listening() as (port, asked):
        address = f"http://127.0.0.1:{port}/x"
        hostile = (
            "<script>document.title='ran'</script>"
            f"<img src={address}.png onerror=\"document.title='ran'\">"
            f"![x]({address}.gif) </p></div><style>@import url({address}.css)</style>"
            f"<link rel=stylesheet href={address}.css><iframe src={address}></iframe>\"'>"
            f"<svg onload=document.title='ran'><meta http-equiv=refresh content=0;url={address}>"
        )
        said = {
            "content": hostile,
            "reasoning": hostile,
            "model": hostile,
            "finish_reason": hostile,
        }
        events = [
            Event("turn.started", hostile, "i", 1.0, 0, None, {}),
            Event("response.completed", hostile, "i", 2.0, 0, hostile, said),
        ]
        path = tmp_path / "page.html"
        path.write_text(shown(events), encoding="utf-8")
        seen = browsed(path, tmp_path / "profile", "--dump-dom", "--virtual-time-budget=2000")
    assert asked == []
    assert "<title>a title</title>" in seen
    assert is_harmless(seen).text.count("document.title='ran'") > 4


@in_a_browser
def test_in_a_browser_the_stylesheet_is_admitted(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(shown(events_of("complete")), encoding="utf-8")
    picture = tmp_path / "page.png"
    options = (f"--screenshot={picture}", "--window-size=900,900", "--hide-scrollbars")
    browsed(path, tmp_path / "profile", *options)
    styled = picture.read_bytes()
    path.write_text(shown(events_of("complete")).replace("<style>", "<style> "), encoding="utf-8")
    browsed(path, tmp_path / "profile2", *options)
    assert picture.read_bytes() != styled
