"""From what was written to single settings: each key known, each value of its type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pidgin_cli.config.document import Entry, Section, Value
from pidgin_cli.config.faults import Faults
from pidgin_cli.config.kinds import settle
from pidgin_cli.config.nearest import nearest
from pidgin_cli.config.rules import RULES, UNSHOWN
from pidgin_cli.config.schema import (
    TOP,
    Key,
    elsewhere,
    hints_of,
    is_section,
    listed_kind,
    named_kind,
    required_in,
)
from pidgin_cli.config.settings import Settings
from pidgin_cli.config.wording import brief, shown
from pidgin_cli.errors import ConfigError


class Setting(NamedTuple):
    """One value that somebody set.

    Args:
        origin: `FILE:LINE`, the name of an environment variable, or a flag.
    """

    key: Key
    value: Any
    origin: str


def settings_in(document: Section, file: str, kind: Any = Settings) -> Iterator[Setting]:
    """Give what a file sets, in the file's order.

    Args:
        kind: the section that says which keys there are.

    Raises:
        ConfigError: a key is unknown or missing, or a value is not what its key wants; has all
            such faults, and is raised at the end.
    """
    interpreter = _Interpreter(file)
    yield from interpreter.section(kind, document, TOP)
    interpreter.faults.refuse()


def setting_of(dotted: str, value: object, origin: str) -> Setting:
    """Give the setting that an environment variable or a flag makes.

    Raises:
        ConfigError: there is no such single key, or the value is not what it wants.
    """
    key, hint = TOP, Settings
    for name in dotted.split("."):
        names = hints_of(hint) if is_section(hint) else {}
        if not names:
            raise ConfigError(f"{origin}: unknown key {brief(dotted)}: {key} has no keys in it")
        if name not in names:
            raise _unknown(origin, key.field(name), names)
        key, hint = key.field(name), names[name]
    if is_section(hint) or named_kind(hint):
        raise ConfigError(f"{origin}: {key} is a whole section: set the keys in it")
    try:
        return Setting(key, settle(key.rule, hint, value), origin)
    except ValueError as error:
        raise ConfigError(f"{origin}: {_said(key, value)} is not {error}") from None


class _Interpreter:
    """Walks a document beside the sections that it is meant for."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.faults = Faults()

    def section(self, kind: Any, section: Section, key: Key) -> Iterator[Setting]:
        hints = hints_of(kind)
        for name, entry in section.items():
            with self.faults.gathered():
                if name not in hints:
                    raise _unknown(self._at(entry), key.field(name), hints)
                yield from self._field(hints[name], entry, key.field(name))

    def _field(self, hint: Any, entry: Entry, key: Key) -> Iterator[Setting]:
        named, listed = named_kind(hint), listed_kind(hint)
        if is_section(hint):
            yield from self.section(hint, self._names(entry, key), key)
        elif listed:
            for place, item in enumerate(self._items(listed, entry, key)):
                with self.faults.gathered():
                    yield from self._thing(listed, item, key.item(place))
        elif named:
            for name, inner in self._names(entry, key).items():
                with self.faults.gathered():
                    self._check_name(inner, key.named(name))
                    yield from self._thing(named, inner, key.named(name))
        else:
            yield Setting(key, self._value(hint, entry, key), self._at(entry))

    def _check_name(self, entry: Entry, key: Key) -> None:
        rule = RULES.get(key.rule)
        if rule and not rule.holds(key.path[-1]):
            name = brief(str(key))
            raise ConfigError(
                f"{self._at(entry)}: {name}: {shown(key.path[-1])} is not {rule.wanted}"
            )

    def _thing(self, kind: Any, entry: Entry, key: Key) -> Iterator[Setting]:
        if not is_section(kind):
            yield from self._field(kind, entry, key)
            return
        section = self._names(entry, key)
        for name in required_in(kind):
            with self.faults.gathered():
                if name not in section:
                    raise ConfigError(f"{self._at(entry)}: {key} has no {name}: add one")
        yield from self.section(kind, section, key)

    def _value(self, hint: Any, entry: Entry, key: Key) -> Any:
        try:
            return settle(key.rule, hint, entry.value)
        except ValueError as error:
            raise self._wrong(entry, key, entry.value, str(error)) from None

    def _names(self, entry: Entry, key: Key) -> Section:
        if isinstance(entry.value, dict):
            return entry.value
        # A section whose keys are all commented out.
        if entry.value is None:
            return {}
        raise self._wrong(entry, key, entry.value, "a mapping: write its keys below it, indented")

    def _items(self, kind: Any, entry: Entry, key: Key) -> list[Entry]:
        if isinstance(entry.value, list) and entry.value:
            return entry.value
        if not isinstance(entry.value, dict | list) and isinstance(kind, type):
            # One value is a list of one.
            return [entry]
        raise self._wrong(
            entry,
            key,
            entry.value,
            "a list with something in it: write [A, B], or a line with - for each",
        )

    def _wrong(self, entry: Entry, key: Key, value: Value, wanted: str) -> ConfigError:
        name = brief(str(key))
        return ConfigError(f"{self._at(entry)}: {name}: {_said(key, value)} is not {wanted}")

    def _at(self, entry: Entry) -> str:
        return f"{self._file}:{entry.line}"


def _said(key: Key, value: object) -> str:
    return "the value" if key.path[:1] in UNSHOWN else shown(value)


def _unknown(where: str, key: Key, known: Any) -> ConfigError:
    name = key.path[-1]
    meant = nearest(name, known) or elsewhere(name)
    advice = f"did you mean {meant}?" if meant else f"here can stand {', '.join(known)}"
    # An empty name would not be seen.
    dotted = brief(str(key)) or shown("")
    return ConfigError(f"{where}: unknown key {dotted}: {advice}")
