"""What somebody who mistyped a name most likely meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Give the choice that looks most like the word, None where none looks like it."""
    # Only a mistake pays for the import.
    from difflib import get_close_matches

    by_lower_case = {choice.lower(): choice for choice in choices}
    found = get_close_matches(word.lower(), by_lower_case, n=1)
    return by_lower_case[found[0]] if found else None


def suggestion(word: str, choices: Iterable[str]) -> str:
    """Give `; did you mean …?` for the end of a message, nothing where no choice looks like it."""
    near = nearest(word, choices)
    return f"; did you mean {near}?" if near else ""
