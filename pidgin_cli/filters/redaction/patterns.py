"""Patterns: what is looked for, compiled into one matcher that finds it in any text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import UsageError
from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.filters.redaction.characters import Characters, count_of
from pidgin_cli.filters.redaction.expressions import Expression, compile_expression, quoted
from pidgin_cli.filters.redaction.families import FAMILIES, kinds_of
from pidgin_cli.filters.redaction.growth import either, growth
from pidgin_cli.filters.redaction.runs import RUN, RUN_HINT, runs
from pidgin_cli.filters.redaction.spans import Span, beyond_markers, merged, replaced
from pidgin_cli.filters.redaction.views import (
    DISGUISED,
    View,
    is_as_it_looks,
    open_ends,
    undisguised,
    views,
)
from pidgin_cli.filters.redaction.wanted import PatternSettings

_ROUNDS = 16  # of looking again at what was redacted, before all of it goes


class _Rule(NamedTuple):
    """One thing that is looked for.

    Args:
        name: as a report names it; never what a person typed.
        source: its expression.
        hint: an expression that finds a place in every text in which it matches.
        words: in lower case; one of them stands in whatever matches, if there are any.
        holds: what else must be true of a match.
        typed: whether a person typed it, so that it is meant to the letter.
    """

    name: str
    source: str
    hint: str
    expression: Expression
    words: tuple[bytes, ...] = ()
    holds: Callable[[str], bool] | None = None
    typed: bool = False


class Matcher:
    """Finds what is to be redacted in a text, also where it is escaped, encoded or disguised.

    Takes time in proportion to the text.

    Raises:
        UsageError: a pattern is empty, matches nothing at all, or is refused by RE2.
    """

    def __init__(self, settings: PatternSettings) -> None:
        self._rules = [*_literals(settings), *_expressions(settings), *_families(settings)]
        self._fold = settings.ignore_case
        self._composes = not all(rule.source.isascii() for rule in self._rules if rule.typed)
        if self._rules:
            hints = either(*(rule.hint for rule in self._rules))
            self._hints = Expression(hints)
            self._hints_and_runs = Expression(either(hints, RUN_HINT))
            # RE2 folds no letter to two, as German does.
            beyond = r"[^\x00-\x7f]" if self._fold else ""
            self._screen = Expression(either(hints, RUN_HINT, DISGUISED, beyond)).compile()

    @cached_property
    def _begun(self) -> Expression:
        begun = [growth(rule.source, loose=not rule.typed).begun for rule in self._rules]
        known = (growth(source).begun for source in (RUN, quoted(REDACTED)))
        return Expression(either(*begun, *known) + r"\z")

    @property
    def nothing(self) -> bool:
        """Say whether there is nothing to look for."""
        return not self._rules

    def spans(self, text: str) -> list[Span]:
        """Give the places of a text that are to go: sorted, apart from each other.

        Of something escaped or encoded it is the whole that it stands in. What stands in a marker
        is no place.
        """
        if not self._rules or not self._screen.found_in(_encoded(text)):
            return []
        found = [span for view in self._views(text) for span in self._seen_in(view)]
        return beyond_markers(text, merged(found)) if found else []

    def redact(self, text: str) -> tuple[str, Counter[str]]:
        """Give the text without what was found, and how often each name found something.

        Looks again until nothing is found, so that to redact twice is to redact once.
        """
        redacted, _, counts = self.settle("", text, len(text))
        return redacted, counts

    def safe_prefix(self, text: str) -> int:
        """Give how many characters at the start of a growing text what comes cannot reach.

        Whatever is appended: each match that goes on past the end of `text` begins after these
        characters, also one of something escaped or encoded. It may be all of the text or none.
        A match that is whole may lie across that place; `settle` steps back from it.
        """
        if self.nothing:
            return len(text)
        if not self._composes and is_as_it_looks(text, self._fold):
            return self._begun_in(text)
        return min(
            view.origin(start, start + 1)[0] if start < len(view.text) else len(text)
            for view in self._views(text)
            for start in self._starts_in(view.text)
        )

    def settle(self, before: str, text: str, length: int) -> tuple[str, str, Counter[str]]:
        """Redact the first characters of a text; give them, the rest as it was, and the counts.

        Args:
            before: what stands before the text and is left alone.
            length: how many characters are redacted; less where a span goes on beyond them.
        """
        counts: Counter[str] = Counter()
        whole, start, stop = before + text, len(before), len(before) + length
        for _ in range(_ROUNDS):
            spans = self.spans(whole)
            if not spans:
                break
            for span in reversed(spans):
                stop = span.since if span.since < stop < span.end else stop
            spans = [
                replace(span, start=max(span.start, start))
                for span in spans
                if start < span.end <= stop
            ]
            if not spans:
                break
            counts.update(span.name for span in spans)
            longer = replaced(whole, spans)
            stop += len(longer) - len(whole)
            whole = longer
        else:
            return REDACTED, whole[stop:], counts
        return whole[start:stop], whole[max(start, stop) :], counts

    def _views(self, text: str) -> Iterable[View]:
        if is_as_it_looks(text, self._fold):
            return (View(text),)
        return views(text, self._fold)

    def _starts_in(self, text: str) -> Iterator[int]:
        """Give where something may have begun, also if the last characters become others."""
        yield self._begun_in(text)
        for end in open_ends(text):
            yield self._begun_in(text[:end])
        if self._composes and text:
            # The last letter may still get an accent.
            yield self._begun_in(text[:-1])

    def _begun_in(self, text: str) -> int:
        data = _encoded(text)
        start = self._begun.start_in(data)
        # What may have begun is at the end, and mostly short.
        return len(text) if start is None else len(text) - count_of(data[start:])

    def _seen_in(self, view: View) -> Iterator[Span]:
        text = view.text
        data = _encoded(text)
        if not self._hints_and_runs.found_in(data):
            return
        if self._hints.found_in(data):
            characters = Characters(data)
            for found in self._found_in(data):
                since, start, end = map(characters.before, found[:3])
                begin, _ = view.origin(since, end)
                yield Span(*view.origin(start, end), found[3], begin)
        for run in runs(text):
            if self._hints.found_in(run.decoded):
                for _, _, _, name in self._found_in(run.decoded):
                    yield Span(*view.origin(run.start, run.end), name)

    def _found_in(self, data: bytes) -> Iterator[tuple[int, int, int, str]]:
        lower = data.lower()
        for rule in self._rules:
            if rule.words and not _has_any(lower, rule.words):
                continue
            for since, start, end in rule.expression.matches_in(data, rule.holds):
                yield since, start, end, rule.name


def _has_any(data: bytes, words: tuple[bytes, ...]) -> bool:
    for word in words:  # noqa: SIM110 - many short words for each text: any() takes four times that
        if word in data:
            return True
    return False


def _literals(settings: PatternSettings) -> Iterator[_Rule]:
    for number, literal in enumerate(settings.literals, 1):
        name = f"pattern {number}"
        compile_expression(literal and quoted(literal), name)
        forms = (view.text for view in _disguises(literal, settings.ignore_case))
        source = either(*dict.fromkeys(map(quoted, forms)))
        if settings.ignore_case:
            source = f"(?i:{source})"
        yield _Rule(name, source, source, Expression(source), typed=True)


def _disguises(literal: str, fold: bool) -> Iterator[View]:
    """Give a literal as it was typed, and as it looks in a view without disguises."""
    typed = View(literal)
    yield typed
    for plain in (undisguised(typed), undisguised(typed, fold=True) if fold else None):
        if plain is not None and plain.text:
            yield plain


def _expressions(settings: PatternSettings) -> Iterator[_Rule]:
    for number, source in enumerate(settings.expressions, 1):
        name = f"regex {number}"
        expression = compile_expression(source, name)
        whole = growth(source).whole
        if not whole or Expression(f"^(?:{whole})$").found_in(b""):
            raise UsageError(
                f"{name} matches the empty text and would match everywhere; "
                "write + for *, or leave out what is optional"
            )
        yield _Rule(name, source, whole, expression, typed=True)


def _families(settings: PatternSettings) -> Iterator[_Rule]:
    unknown = sorted(settings.families - FAMILIES.keys())
    if unknown:
        near = nearest(unknown[0], FAMILIES)
        hint = f"did you mean {near}? The" if near else "the"
        raise UsageError(
            f"no family is called {unknown[0]!r}; {hint} families are {', '.join(FAMILIES)}"
        )
    for kind in kinds_of(settings.families):
        expression = Expression(kind.source, group="secret")
        words = tuple(word.encode() for word in kind.words)
        yield _Rule(kind.name, kind.source, kind.hint, expression, words, kind.holds)


def _encoded(text: str) -> bytes:
    return text.encode() if text.isascii() else text.encode(errors="surrogatepass")
