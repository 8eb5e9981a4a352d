"""How wide a text is on a terminal: most characters take one column, CJK and emoji take two."""

from __future__ import annotations


def width(text: str) -> int:
    """Give the columns that a text takes which has neither tabs nor controls in it."""
    if text.isascii():
        return len(text)
    # Only what is not ASCII pays for the tables of Unicode.
    from rich.cells import cell_len

    return cell_len(text)


def chopped(text: str, columns: int) -> list[str]:
    """Give a text in pieces of at most so many columns, each as wide as can be."""
    if text.isascii():
        return [text[at : at + columns] for at in range(0, len(text), columns)]
    from rich.cells import chop_cells

    return chop_cells(text, columns)


def padded(text: str, columns: int) -> str:
    """Give a text with spaces behind it, up to so many columns."""
    return text + " " * (columns - width(text))


def cut(text: str, columns: int) -> str:
    """Give as much of a text as so many columns have room for; an ellipsis is where more was."""
    if width(text) <= columns:
        return text
    return f"{chopped(text, columns - 1)[0]}…" if columns > 1 else "…"
