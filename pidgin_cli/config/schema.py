"""Which keys there are: read from the type hints of the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from pidgin_cli.config.settings import Settings


class Key(NamedTuple):
    """A place in the configuration.

    Args:
        path: the names that lead there.
        pattern: the same, with `*` where the name is one that the user chose, and `[]` for the
            place in a list.
    """

    path: tuple[str, ...] = ()
    pattern: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join(self.path)

    @property
    def rule(self) -> str:
        """The pattern as tables of keys have it."""
        return ".".join(self.pattern)

    @property
    def owner(self) -> tuple[str, ...] | None:
        """The path of what is replaced whole: a thing with a name, or a list; else None."""
        for place, name in enumerate(self.pattern):
            if name in ("*", "[]"):
                return self.path[: place + (name == "*")]
        return None

    def field(self, name: str) -> Key:
        """Give the key of a field under this one."""
        return Key((*self.path, name), (*self.pattern, name))

    def named(self, name: str) -> Key:
        """Give the key of a thing under this one that the user named."""
        return Key((*self.path, name), (*self.pattern, "*"))

    def item(self, place: int) -> Key:
        """Give the key of that place in the list under this one."""
        return Key((*self.path, str(place)), (*self.pattern, "[]"))


TOP = Key()


@cache
def hints_of(kind: Any) -> Mapping[str, Any]:
    """Give the fields of a section with their types."""
    return get_type_hints(kind)


def required_in(kind: Any) -> list[str]:
    """Give the fields of a section that have no default."""
    return [name for name in kind._fields if name not in kind._field_defaults]


def is_section(hint: Any) -> bool:
    """Say whether a field holds further fields."""
    return hasattr(hint, "_fields")


def named_kind(hint: Any) -> type | None:
    """Give what a mapping has behind each name, a section or a type; None where it is none."""
    kind: type | None = get_args(hint)[1] if get_origin(hint) is Mapping else None
    return kind


def listed_kind(hint: Any) -> Any:
    """Give what a list has in each place, a section, a list or a type; None where it is none."""
    return get_args(hint)[0] if get_origin(hint) is tuple else None


def keys_of_values(settings: Any, key: Key = TOP) -> Iterator[tuple[Key, Any]]:
    """Give each single value with its key, in the order of the fields."""
    for name, hint in hints_of(settings.__class__).items():
        here, value = key.field(name), getattr(settings, name)
        if is_section(hint):
            yield from keys_of_values(value, here)
        elif is_section(listed_kind(hint)):
            for place, thing in enumerate(value):
                yield from keys_of_values(thing, here.item(place))
        elif named_kind(hint):
            for chosen, thing in value.items():
                if is_section(named_kind(hint)):
                    yield from keys_of_values(thing, here.named(chosen))
                else:
                    yield here.named(chosen), thing
        else:
            yield here, value


def elsewhere(name: str) -> str | None:
    """Give the dotted key of the only setting of this name, wherever it is; else None."""
    found = [str(key) for key, _ in keys_of_values(Settings()) if key.path[-1] == name]
    return found[0] if len(found) == 1 else None
