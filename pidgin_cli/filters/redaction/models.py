"""Names of models and services: which of them mean the same, and where prose holds one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from pidgin_cli.filters.redaction.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from pidgin_cli.config.catalogue import Catalogue
    from pidgin_cli.filters.redaction.expressions import Expression

SERVICES = frozenset({"anthropic", "exec", "google", "ollama", "openai", "sim", "xai"})
_PRETENDED = frozenset({"exec", "sim"})
"""What stands before the colon and is no service; the ids after it are everyday words."""

_DAY = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})\Z")
_PSEUDONYM = r"(?:model|provider)-[0-9a-f]{40}"
_SHORTEST, _LONGEST = 3, 200
"""Characters of a name that is looked for in prose; shorter ones are other words more often."""
_MOST = 2000
"""Names that one stream may teach."""


class ModelNames:
    """Gives the pseudonyms of models and services, and finds their names in prose.

    A name stands for the same model with its service before it or without, with a day behind it
    or without, and by its alias. Names that the stream holds are learned as they come.

    Args:
        catalogue: reads what is known of models; asked when it is first needed.
        services: names of services that are configured.
    """

    def __init__(
        self,
        pseudonyms: Pseudonyms,
        catalogue: Callable[[], Catalogue],
        services: frozenset[str] = frozenset(),
    ) -> None:
        self._pseudonyms = pseudonyms
        self._read = catalogue
        self._catalogue: Catalogue | None = None
        self._services = SERVICES | services
        self._models: dict[str, str] = {}
        self._providers: dict[str, str] = {}
        self._learned = 0
        self._expression: Expression | None = None

    def model(self, name: str) -> str:
        """Give the pseudonym of a model by any of its names."""
        if self._pseudonyms.made(name, "model"):
            return name
        pseudonym = self._pseudonyms("model", self._canonical(name))
        service, _, mere = name.partition(":")
        self._learn(self._models, name, pseudonym)
        if mere and service in self._services - _PRETENDED:
            self._learn(self._models, mere, pseudonym)
        return pseudonym

    def provider(self, name: str) -> str:
        """Give the pseudonym of a service."""
        if self._pseudonyms.made(name, "provider"):
            return name
        pseudonym = self._pseudonyms("provider", name)
        if name not in self._services:
            self._services |= {name}
        if name not in _PRETENDED:
            self._learn(self._providers, name, pseudonym)
        return pseudonym

    def in_prose(self, text: str) -> str:
        """Give the text with pseudonyms in the place of every name that is known."""
        data = text.encode(errors="surrogatepass")
        parts: list[bytes] = []
        place = 0
        for start, _, end in self._known_names().matches_in(data):
            found = data[start:end].decode(errors="surrogatepass")
            parts += (data[place:start], self._pseudonym_of(found).encode())
            place = end
        if not parts:
            return text
        return b"".join((*parts, data[place:])).decode(errors="surrogatepass")

    def whole(self, text: str, length: int) -> int:
        """Give how many characters up to that many end within no name."""
        data = text.encode(errors="surrogatepass")
        border = len(text[:length].encode(errors="surrogatepass"))
        for start, _, end in self._known_names().matches_in(data):
            if start < border < end:
                return len(data[:start].decode(errors="surrogatepass"))
        return length

    def _pseudonym_of(self, found: str) -> str:
        if self._pseudonyms.made(found, "model", "provider"):
            return found
        name = found.lower()
        known = self._providers.get(name) or self._models.get(name)
        return known or self.model(name)

    def _canonical(self, name: str) -> str:
        service, colon, mere = name.partition(":")
        if colon and service in self._services:
            return _DAY.sub("", mere).lower()
        known = self._known_catalogue().resolve(name)
        return _DAY.sub("", known.partition(":")[2] if known else name).lower()

    def _learn(self, names: dict[str, str], name: str, pseudonym: str) -> None:
        name = name.lower()
        if name in names or not _SHORTEST <= len(name) <= _LONGEST or self._learned >= _MOST:
            return
        names[name] = pseudonym
        self._learned += 1
        self._expression = None

    def _known_catalogue(self) -> Catalogue:
        if self._catalogue is None:
            self._catalogue = self._read()
        return self._catalogue

    def _known_names(self) -> Expression:
        if self._expression is None:
            from pidgin_cli.filters.redaction.expressions import Expression, quoted

            for alias in self._known_catalogue().names():
                self.model(alias)
            for service in self._services:
                self.provider(service)
            names = sorted({*self._models, *self._providers}, key=len, reverse=True)
            # What hangs on a name belongs to it: of a version that is not known nothing stays.
            more = r"(?:[-_:/][0-9A-Za-z]{1,40}|\.[0-9]{1,8}){0,6}"
            choice = "|".join(map(quoted, names))
            self._expression = Expression(rf"(?i)\b(?:{_PSEUDONYM}|(?:{choice}){more})\b")
        return self._expression


class Naming:
    """One text on its way through `in_prose`: what it gives, joined, is the same.

    It holds back what stands behind the last white space, at most a few hundred characters.
    """

    _WHITE = re.compile(r"\s(?=\S*\Z)")
    _REACH = 600
    """More characters than the longest name and what hangs on it."""

    def __init__(self, names: ModelNames) -> None:
        self._names = names
        self._held = ""
        self.named = 0

    def feed(self, piece: str) -> str:
        """Take in the next piece; give what may go."""
        self._held += piece
        white = self._WHITE.search(self._held, max(0, len(self._held) - self._REACH))
        if white is None:
            return "" if len(self._held) < 2 * self._REACH else self._all_but_reach()
        return self._let_go(white.end())

    def finish(self) -> str:
        """Give the rest."""
        return self._let_go(len(self._held))

    def _all_but_reach(self) -> str:
        # No white space for so long is no prose.
        return self._let_go(self._names.whole(self._held, len(self._held) - self._REACH))

    def _let_go(self, length: int) -> str:
        gone, self._held = self._held[:length], self._held[length:]
        if not gone:
            return ""
        named = self._names.in_prose(gone)
        self.named += named != gone
        return named
