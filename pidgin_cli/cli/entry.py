"""Words of several lines as they are typed at a terminal, and what is echoed of them."""

from __future__ import annotations

from pidgin_cli.views.width import width

END_OF_TRANSMISSION, ERASE, BACKSPACE, ERASE_LINE, ESCAPE = "\x04", "\x7f", "\b", "\x15", "\x1b"
ENDS = "."
"""A line of this alone ends the words, as in mail(1)."""


class Entry:
    """The words so far. A line has no longest length, as the terminal's own lines have."""

    def __init__(self) -> None:
        self._lines = [""]
        self._escaping = False
        self.done = False

    @property
    def text(self) -> str:
        """The words, without the line that ended them."""
        lines = self._lines[:-1] if self._lines[-1] in ("", ENDS) else self._lines
        return "\n".join(lines)

    def feed(self, typed: str) -> str:
        """Take in what was typed, and give what is echoed of it; what is behind the end is lost."""
        return "".join(self._take(character) for character in typed if not self.done)

    def _take(self, character: str) -> str:
        if self._escaping:
            # Arrow keys and the like end with a letter or a tilde.
            self._escaping = not (character.isalpha() or character == "~") or character == "O"
            return ""
        if character == ESCAPE:
            self._escaping = True
        elif character == END_OF_TRANSMISSION:
            return self._end()
        elif character == "\n":
            if self._lines[-1] == ENDS:
                return self._end()
            self._lines.append("")
            return "\n"
        elif character in (ERASE, BACKSPACE):
            return self._erase(1)
        elif character == ERASE_LINE:
            return self._erase(len(self._lines[-1]))
        elif character == "\t" or character.isprintable():
            self._lines[-1] += character
            return character
        return ""

    def _end(self) -> str:
        self.done = True
        return "\n"

    def _erase(self, count: int) -> str:
        line = self._lines[-1]
        kept = line[: max(0, len(line) - count)]
        gone = line[len(kept) :]
        self._lines[-1] = kept
        return "\b \b" * width(gone)
