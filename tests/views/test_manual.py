from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pidgin_cli.views.manual import readable

PAGES = sorted((Path(__file__).parent.parent.parent / "man").glob("*.[0-9]"))
PAGE = r""".TH PIDGIN\-X 1 2026-11-24 "pidgin 0.1.0" "User Commands"
.SH NAME
pidgin\-x \- show a page
.SH OPTIONS
Of which there are
.B many
.BR more (1)
.IR "than two" .
.TP
.B \-v
What is said of a short term stands beside it.
.TP
\fB\-\-longer\fR \fIVALUE\fR
Below a long one.
.PP
A paragraph.
.SS Verbatim
.nf
\&.yaml:  as
  it\ is \e
.fi
"""
SHOWN = """PIDGIN-X(1): User Commands, pidgin 0.1.0

NAME
       pidgin-x - show a page

OPTIONS
       Of which there are many
       more(1) than two.
       -v     What is said of a
              short term stands
              beside it.
       --longer VALUE
              Below a long one.

       A paragraph.

   Verbatim
       .yaml:  as
         it is \\
"""


def test_a_page_is_shown_as_wide_as_the_terminal() -> None:
    assert SHOWN.splitlines() == list(readable(PAGE, 34))


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_it_says_what_mandoc_says(page: Path) -> None:
    shown = subprocess.run(
        ["mandoc", "-T", "utf8", "-O", "width=500", page],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout
    plain = "".join(
        character
        for place, character in enumerate(shown)
        # A letter over another makes it bold, and a line under it.
        if character != "\b" and shown[place + 1 : place + 2] != "\b"
    )
    words = plain.split("\n", 1)[1].rpartition("\n" * 2)[0].split()
    lines = list(readable(page.read_text(encoding="utf-8"), 80))
    assert words == " ".join(lines[1:]).split()
