"""The store as commands open it: as it is configured, and stdout after it."""

from __future__ import annotations

from pidgin_cli.cli.boundary import cleaned_up
from pidgin_cli.cli.rendering import Kept, Rendering
from pidgin_cli.cli.streams import STDOUT, is_terminal
from pidgin_cli.config.settings import Settings
from pidgin_cli.filters.privacy import store_filter
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder


def open_store(folder: Folder | None, settings: Settings) -> EventStore:
    """Give the store; where privacy is switched on, events are redacted before they are kept.

    Raises:
        ConfigError: what is configured of privacy cannot be done.
    """
    durability = settings.events.storage.durability
    with cleaned_up():
        through = store_filter(settings)
    return EventStore(folder, durability=durability, through=through)


def as_kept(rendering: Rendering, store: EventStore) -> Rendering:
    """Give the rendering as stdout may have it: of what the store has kept, if that is private.

    A person at a terminal is shown everything.
    """
    if not store.is_private or is_terminal(STDOUT):
        return rendering
    kept = Kept(rendering)
    store.tell_at_once(kept)
    return kept
