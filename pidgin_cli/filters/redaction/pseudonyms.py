"""Pseudonyms: `model-3f9a…` in the place of a name, the same for the same name and key."""

from __future__ import annotations

from pidgin_cli.filters.redaction.hashes import Hashes

USES = ("agent", "event", "exp", "group", "label", "model", "provider", "request")
"""What pseudonyms are made for; each begins with the use, and fits the grammar of every name."""

_REMEMBERED = 10_000
"""Names whose pseudonyms are kept at hand."""


class Pseudonyms:
    """Gives names for names. One of its own making is its own pseudonym."""

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, use: str, name: str) -> str:
        """Give the pseudonym of a name.

        Args:
            use: one of `USES`.
        """
        known = self._known.get((use, name))
        if known is not None:
            return known
        pseudonym = name if self.made(name, use) else f"{use}-{self._hashes.tag(use, name)}"
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[use, name] = pseudonym
        return pseudonym

    def made(self, name: str, *uses: str) -> bool:
        """Say whether a name is a pseudonym of this key, made for one of these uses or for any."""
        use, _, tag = name.partition("-")
        return use in (uses or USES) and self._hashes.made(use, tag)
