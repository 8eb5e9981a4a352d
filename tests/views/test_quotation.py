"""Foreign text in Markdown, read back by a Markdown parser."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pidgin_cli.views.quotation import inline, quoted
from pidgin_cli.views.visible import one_line

FORGED = {
    "heading_open",
    "hr",
    "html_block",
    "html_inline",
    "image",
    "link_open",
}
PIECES = st.sampled_from(
    [
        *"#>-=*_+~`[]()!|\\<&:;$. \n\t1aé",
        "\n\n",
        "```",
        "~~~",
        "    ",
        "- ",
        "1. ",
        "<b>",
        "<!--",
        "</p>",
        "![x](y)",
        "[x]: y",
        "[x]",
        "---",
        "===",
        "|-|-|",
        "<a@b.c>",
        "<http://x>",
        "&lt;",
        "\r\n",
        "\x0b",
        "\u2028",
    ]
)


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def kinds(tokens: list[Token]) -> set[str]:
    found = {token.type for token in tokens}
    return found.union(*(kinds(token.children) for token in tokens if token.children))


@given(st.lists(PIECES, max_size=30).map("".join))
@example("`a | b`\n|-|-|\n| `x | <img src=y>` |")
@example("a\n- ")
@example("- ```\n<b>\n```\n<i>")
@example("<`a`@b.c>")
@example("~~~ ````\n# a\n![x](y)")
@example("~~~ ````\n~~~\n```b\n`\n```\n# a")
def test_no_text_forges_anything(text: str) -> None:
    tokens = parsed(f"before\n\n{quoted(text)}\n# after\n")
    outside = [token.type for token in tokens if token.level == 0]
    quote_at = outside.index("blockquote_open")
    assert [t.type for t in tokens[:3]] == ["paragraph_open", "inline", "paragraph_close"]
    assert outside[quote_at + 1] == "blockquote_close"
    assert [t.type for t in tokens[-3:]] == ["heading_open", "inline", "heading_close"]
    inside = tokens[4:-4]
    assert set() == kinds(inside) & (FORGED | {"blockquote_open"})


@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_text_leaves_its_cell(text: str) -> None:
    tokens = parsed(f"| a | b |\n| --- | --- |\n| {inline(text)} | y |\n\nafter\n")
    cells = [token.type for token in tokens if token.type == "td_open"]
    assert cells == ["td_open", "td_open"]
    assert set() == kinds(tokens) & (FORGED | {"strong_open", "em_open", "code_inline"})


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=30))
def test_a_line_shows_just_its_characters(text: str) -> None:
    (_, line, _) = parsed(f"x{inline(text)}x")
    assert f"x{one_line(text)}x" == inline_text(line)


def inline_text(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "> plain\n"),
        ("", ">\n"),
        ("two\nlines", "> two  \n> lines\n"),
        ("a\n\nb", "> a\n>\n> b\n"),
        ("**bold** and `a < b`", "> **bold** and `a < b`\n"),
        ("- a\n- b", "> - a  \n> - b\n"),
        ("# no", "> \\# no\n"),
        ("a\n---", "> a  \n> \\---\n"),
        ("![x](http://y)", "> !\\[x](http://y)\n"),
        ("<img>", "> \\<img>\n"),
        ("```py\nx\n```", "> ```py\n> x\n> ```\n"),
        ("```\nopen", "> ```\n> open\n> ```\n"),
        ("```mermaid\nx", "> ```\n> mermaid\n> x\n> ```\n"),
        ("~~~\n```\n~~~\nx", "> ````\n> ```\n> ````\n>\n> x\n"),
        ("$5", "> \\$5\n"),
        ("C:\\new \\*", "> C:\\new \\\\*\n"),
    ],
)
def test_what_is_harmless_stays_readable(text: str, shown: str) -> None:
    assert shown == quoted(text)


@pytest.mark.parametrize("piece", ["`", "- ", "#", "`a ", "1. ", "\\", "- \t", "~", "<", "```\n"])
def test_a_long_text_is_quoted_in_linear_time(piece: str) -> None:
    text = piece * 200_000
    assert quoted(text).startswith("> ")
