"""Rules: what becomes of a string, by what it is and by what was asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pidgin_cli.events.ids import EXPERIMENT_ID, RESERVED
from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.filters.redaction.hashes import Hashes
from pidgin_cli.filters.redaction.models import ModelNames
from pidgin_cli.filters.redaction.pseudonyms import Pseudonyms
from pidgin_cli.filters.redaction.shapes import Role
from pidgin_cli.filters.redaction.spans import Span
from pidgin_cli.filters.redaction.vocabulary import OWN_AGENT_ID, OWN_EVENT_ID
from pidgin_cli.filters.redaction.wanted import PatternSettings

if TYPE_CHECKING:
    from pidgin_cli.filters.redaction.patterns import Matcher

_OWN_EXPERIMENT_ID = re.compile("exp_[0-9a-f]{6,16}")
_MODEL = re.compile("[A-Za-z0-9][A-Za-z0-9._:/@,=+-]{0,127}")
_PROVIDER = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PROGRAM = ("exec:", "sim:script:")
"""Models that are a command or a file of somebody's machine."""
_HARMLESS = 8
"""Characters up to which a name can hold nothing of a well-known form."""


class Redacted(NamedTuple):
    """A string after redaction, and why it was redacted: nothing where it was not."""

    text: str
    reasons: Counter[str]


_KEPT: Counter[str] = Counter()
NOTHING_YET = ("", Redacted("", _KEPT))
"""What is remembered of an experiment before any of its responses has ended."""


class Rules:
    """What was asked for, applied to one string at a time.

    Args:
        content: whether every text goes.
        hash_models: whether models and services get pseudonyms.
        patterns: what is looked for in whatever stays.

    `remembered` is a text whose deltas went out, with what became of it: its content is the same.
    """

    def __init__(
        self,
        content: bool,
        hash_models: bool,
        patterns: PatternSettings,
        hashes: Hashes,
        names: Callable[[Pseudonyms], ModelNames],
    ) -> None:
        self.content = content
        self.hash_models = hash_models
        self.hashes = hashes
        self.pseudonyms = Pseudonyms(hashes)
        self.matcher: Matcher | NoMatcher = NoMatcher() if patterns.nothing else _matcher(patterns)
        self.models = names(self.pseudonyms)
        self.remembered = NOTHING_YET
        self._ways: dict[Role, Callable[[str], Redacted]] = {
            Role.TEXT: self.text,
            Role.MESSAGE: self.text,
            Role.DELTA: self.text,
            Role.MODEL: self._model,
            Role.PROVIDER: self._provider,
            Role.REQUEST: self._request,
            Role.EXPERIMENT: self._experiment,
            Role.AGENT: self._agent,
            Role.EVENT: self._event,
            Role.GROUP: self._group,
            Role.FINGERPRINT: self._fingerprint,
        }

    def string(self, role: Role, text: str) -> Redacted:
        """Give what stands in the place of a string of that role."""
        return self._ways[role](text)

    def text(self, text: str) -> Redacted:
        """Give what stands in the place of words."""
        if self.content:
            return _changed(text, REDACTED, "content")
        if text == self.remembered[0]:
            return self.remembered[1]
        redacted, reasons = self.matcher.redact(text)
        if not self.hash_models:
            return Redacted(redacted, reasons)
        named = self.models.in_prose(redacted)
        if named == redacted:
            return Redacted(redacted, reasons)
        reasons["model"] += 1
        # A pseudonym may be what a pattern is looking for.
        redacted, further = self.matcher.redact(named)
        return Redacted(redacted, reasons + further)

    def label(self, text: str) -> Redacted:
        """Give what stands in the place of a label's name or value."""
        return self._chosen("label", text)

    def _model(self, text: str) -> Redacted:
        if self.hash_models:
            return _changed(text, self.models.model(text), "model")
        return self._name(text, lambda name: bool(_MODEL.fullmatch(name)) and not _program(name))

    def _provider(self, text: str) -> Redacted:
        if self.hash_models:
            return _changed(text, self.models.provider(text), "provider")
        return self._name(text, lambda name: bool(_PROVIDER.fullmatch(name)))

    def _request(self, text: str) -> Redacted:
        if self.content or self.hash_models:
            return _changed(text, self.pseudonyms("request", text), "request")
        return self.text(text)

    def _experiment(self, text: str) -> Redacted:
        if self.content and _OWN_EXPERIMENT_ID.fullmatch(text) and self.matcher.nothing:
            return Redacted(text, _KEPT)
        fits = EXPERIMENT_ID.fullmatch(text) is not None and text not in RESERVED
        return self._identifier("exp", text, fits)

    def _agent(self, text: str) -> Redacted:
        if OWN_AGENT_ID.admits(text):
            return Redacted(text, _KEPT)
        return self._identifier("agent", text, fits=False)

    def _event(self, text: str) -> Redacted:
        if not text:
            return Redacted(text, _KEPT)
        # The counter says nothing; the digits before it may have been made to.
        told = text[:16] if OWN_EVENT_ID.admits(text) else text
        if self.content and self.matcher.nothing and told is not text:
            return Redacted(text, _KEPT)
        if told is text and (self.content or self.matcher.spans(text)):
            return _changed(text, self.pseudonyms("event", text), "event")
        if self.matcher.spans(told):
            return _changed(text, self.pseudonyms("event", text), "event")
        return Redacted(text, _KEPT)

    def _group(self, text: str) -> Redacted:
        return self._chosen("group", text)

    def _chosen(self, use: str, text: str) -> Redacted:
        if self.content:
            return _changed(text, self.pseudonyms(use, text) if text else text, use)
        if self.pseudonyms.made(text, use):
            return Redacted(text, _KEPT)
        return self.text(text)

    def _fingerprint(self, text: str) -> Redacted:
        return _changed(text, REDACTED, "fingerprint")

    def _identifier(self, use: str, text: str, fits: bool) -> Redacted:
        """Let an identifier through, or give its pseudonym, which keeps references whole."""
        if self.pseudonyms.made(text, use):
            return Redacted(text, _KEPT)
        fits = fits or not self.content
        passes = fits and not self._has_form(text)
        return Redacted(text, _KEPT) if passes else _changed(text, self.pseudonyms(use, text), use)

    def _name(self, text: str, fits: Callable[[str], bool]) -> Redacted:
        """Let a name through, or treat it like any other text."""
        if self.pseudonyms.made(text, "model", "provider"):
            return Redacted(text, _KEPT)
        if self.content and fits(text) and not self._has_form(text):
            return Redacted(text, _KEPT)
        return self.text(text)

    def _has_form(self, name: str) -> bool:
        """Say whether a name that could pass has the form of something that people hide."""
        if self.matcher.spans(name):
            return True
        return self.content and len(name) > _HARMLESS and bool(self._well_known.spans(name))

    @cached_property
    def _well_known(self) -> Matcher:
        from pidgin_cli.filters.redaction.families import FAMILIES

        return _matcher(PatternSettings(families=frozenset(FAMILIES)))


class NoMatcher:
    """Looks for nothing, without what looking would have to load."""

    nothing = True

    def spans(self, text: str) -> list[Span]:
        """Give no place."""
        return []

    def redact(self, text: str) -> tuple[str, Counter[str]]:
        """Give the text as it is."""
        return text, Counter()


@lru_cache(maxsize=8)
def _matcher(patterns: PatternSettings) -> Matcher:
    from pidgin_cli.filters.redaction.patterns import Matcher

    return Matcher(patterns)


def _program(name: str) -> bool:
    return name.startswith(_PROGRAM)


def _changed(before: str, after: str, reason: str) -> Redacted:
    return Redacted(after, _KEPT if before == after else _once(reason))


@cache
def _once(reason: str) -> Counter[str]:
    return Counter({reason: 1})
