"""The one owner of YAML: from the bytes of a file to a document, or an error with its place."""

from __future__ import annotations

import re
from typing import Any

import yaml

from pidgin_cli.config.document import Entry, Section, Value
from pidgin_cli.config.wording import brief, printable, shown
from pidgin_cli.errors import ConfigError

DEEPEST = 32
"""Levels of nesting; what is deeper is no configuration."""

LONGEST_NUMBER = 100
"""Characters; reading a longer one can take time with the square of its length."""

_STANDARD = "tag:yaml.org,2002:"
_READ_AS_TEXT = frozenset(_STANDARD + name for name in ("str", "timestamp", "value", "merge"))
_READ_AS_VALUE = frozenset(_STANDARD + name for name in ("null", "bool", "int", "float"))
_READ_AS_COLLECTION = frozenset({None, "!", _STANDARD + "map", _STANDARD + "seq"})
_SURROGATES = re.compile("[\ud800-\udfff]")

# The published types of PyYAML leave out what its loader does and what its events carry.
_Loader = Any
_Event = Any


def parse_yaml(data: bytes, file: str) -> Section:
    """Give what the file says; an empty one says nothing.

    Aliases share what they stand for, so that a bomb of them takes no more room than its text.

    Args:
        file: its name in messages.

    Raises:
        ConfigError: it is no YAML, not UTF-8, not a mapping, has a key twice, or has tags.
    """
    text = _decode(data, file)
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(f"{file}:{line}: a control character: take it out") from None
    return _Composer(loader, file).document()


def _decode(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Where a byte order mark was cut off, positions count from behind it.
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise ConfigError(
            f"{file}:{line}: byte 0x{byte:02x} is not UTF-8: save the file as UTF-8"
        ) from None


class _Composer:
    """Builds the document from the parser's events, which unlike its nodes need no recursion."""

    def __init__(self, loader: _Loader, file: str) -> None:
        self._loader = loader
        self._file = file
        self._anchors: dict[str, Value] = {}

    def document(self) -> Section:
        self._next()
        if isinstance(self._next(), yaml.StreamEndEvent):
            return {}
        root = self._next()
        value = self._value(root, ())
        self._next()
        more = self._next()
        if not isinstance(more, yaml.StreamEndEvent):
            raise self._error(more, "a second document: a configuration is only one")
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._error(root, f"{shown(value)} is not a mapping of keys to values")
        return value

    def _next(self) -> _Event:
        try:
            return self._loader.get_event()
        except yaml.MarkedYAMLError as error:
            raise self._bad_yaml(error.problem_mark, error.problem) from None
        except (ValueError, OverflowError):
            # PyYAML lets these through, for "\U99999999" among others.
            problem = "a number or a character that cannot be"
            raise self._bad_yaml(self._loader.get_mark(), problem) from None

    def _value(self, event: _Event, path: tuple[str, ...]) -> Value:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if len(path) > DEEPEST:
            raise self._error(event, f"nested more than {DEEPEST} levels deep")
        # Until it is whole, an alias to it would be a circle.
        self._anchors.pop(event.anchor, None)
        value = self._whole(event, path)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _whole(self, event: _Event, path: tuple[str, ...]) -> Value:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if event.tag not in _READ_AS_COLLECTION:
            raise self._foreign_tag(event, event.tag)
        if isinstance(event, yaml.MappingStartEvent):
            return self._section(path)
        return self._items(path)

    def _alias(self, event: _Event) -> Value:
        if event.anchor not in self._anchors:
            name = brief(event.anchor)
            raise self._error(event, f"*{name} stands for nothing whole above it")
        return self._anchors[event.anchor]

    def _section(self, path: tuple[str, ...]) -> Section:
        section: Section = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            name = self._name(event)
            here = (*path, name)
            if name in section:
                twice = f"{brief('.'.join(here))} is given twice"
                raise self._error(event, f"{twice}, first on line {section[name].line}")
            section[name] = Entry(event.start_mark.line + 1, self._value(self._next(), here))
        return section

    def _items(self, path: tuple[str, ...]) -> list[Entry]:
        items: list[Entry] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(Entry(event.start_mark.line + 1, self._value(event, (*path, "[]"))))
        return items

    def _name(self, event: _Event) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._error(event, "a key must be text")
        if self._tag(event) == f"{_STANDARD}merge":
            raise self._error(event, "<< is not understood: write the keys out")
        self._scalar(event)
        name: str = event.value
        return name

    def _scalar(self, event: _Event) -> Value:
        text: str = event.value
        tag = self._tag(event)
        if _SURROGATES.search(text):
            raise self._error(event, "half of a surrogate pair: write the whole character")
        if tag in _READ_AS_VALUE:
            return self._read(event, tag)
        if tag not in _READ_AS_TEXT:
            raise self._foreign_tag(event, tag)
        return text

    def _read(self, event: _Event, tag: str) -> Value:
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        try:
            if len(event.value) > LONGEST_NUMBER:
                raise ValueError
            value: Value = self._loader.construct_object(node)
        except (ValueError, LookupError, OverflowError, yaml.YAMLError):
            kind = tag.removeprefix(_STANDARD)
            raise self._error(event, f"{shown(event.value)} cannot be read as {kind}") from None
        return value

    def _tag(self, event: _Event) -> str:
        if event.tag not in (None, "!"):
            return str(event.tag)
        return str(self._loader.resolve(yaml.ScalarNode, event.value, event.implicit))

    def _foreign_tag(self, event: _Event, tag: str) -> ConfigError:
        written = tag.replace(_STANDARD, "!!", 1) if tag.startswith(_STANDARD) else tag
        return self._error(event, f"the tag {brief(written)} is not allowed: take it out")

    def _error(self, event: _Event, problem: str) -> ConfigError:
        return ConfigError(f"{self._file}:{event.start_mark.line + 1}: {problem}")

    def _bad_yaml(self, mark: yaml.Mark | None, problem: str | None) -> ConfigError:
        where = f"{self._file}:{mark.line + 1}:{mark.column + 1}" if mark else self._file
        if problem and "'\\t'" in problem:
            problem = "a tab where only spaces may stand"
        return ConfigError(f"{where}: bad YAML: {printable(problem or 'it cannot be read')}")
